import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createVault } from '@/lib/vault/vault'
import { chunksOf } from '../formats/byte-source'
import { FileError } from '../formats/file-error'
import { keepUpload, openSealedUpload } from './sealed-upload'

const block = 65_536
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealed-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const vault = createVault(new Map([[1, randomBytes(32)]]))
const made = (length: number) => Buffer.alloc(length, Buffer.from(Array.from({ length: 251 }, (_, n) => n * 31)))

async function* inPieces(octets: Buffer, size: number): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size)
}

let number = 0
async function kept(octets: Buffer, size = 10_007): Promise<{ path: string; file: string }> {
  const file = `upload-${number++}`
  const path = join(folder, file)
  const upload = await keepUpload(path, inPieces(octets, size))
  expect(upload.bytes).toBe(octets.length)
  await upload.sealKey(vault, file, 1)
  await upload.close()
  return { path, file }
}

async function contents(path: string, file: string): Promise<Buffer> {
  const source = await openSealedUpload(path, file, vault)
  const parts: Buffer[] = []
  for await (const chunk of chunksOf(source)) parts.push(chunk)
  await source.close()
  return Buffer.concat(parts)
}

describe('an upload on disk', () => {
  test.each([0, 1, 1_000, block - 1, block, block + 1, 3 * block, 5 * block + 77])(
    'of %d octets is given back as it came',
    async length => {
      const octets = made(length)
      const { path, file } = await kept(octets)
      expect((await contents(path, file)).equals(octets)).toBe(true)
    },
  )

  test('is read from any place', async () => {
    const octets = made(4 * block + 5)
    const { path, file } = await kept(octets)
    const source = await openSealedUpload(path, file, vault)
    for (const [at, length] of [
      [0, 10],
      [block - 3, 6],
      [2 * block, 1],
      [block + 1, 2 * block],
      [4 * block, 100],
      [4 * block + 5, 10],
      [9 * block, 10],
    ] as const) {
      const found = Buffer.alloc(length)
      const count = await source.read(found, at)
      expect(found.subarray(0, count)).toEqual(octets.subarray(at, at + length))
    }
    await source.close()
  })

  test('shows nothing of what it holds, and can be read by its holder before it is sealed', async () => {
    const octets = Buffer.from('8999912000000000001,001010000000001,00112233445566778899AABBCCDDEEFF\n'.repeat(2_000))
    const path = join(folder, 'open')
    const upload = await keepUpload(path, inPieces(octets, 4_096))
    const found = Buffer.alloc(200)
    await upload.source.read(found, block - 100)
    expect(found).toEqual(octets.subarray(block - 100, block + 100))
    expect(readFileSync(path).includes('00112233')).toBe(false)
    await upload.close()
    await expect(openSealedUpload(path, 'open', vault)).rejects.toThrow(FileError)
  })

  test('does not open when anything of it was changed, moved or cut off', async () => {
    const octets = made(3 * block + 10)
    const { path, file } = await kept(octets)
    const good = readFileSync(path)
    const sealed = block + 16
    const changed = (at: number) => {
      const copy = Buffer.from(good)
      copy[at] = (copy[at] ?? 0) ^ 1
      return copy
    }
    const swapped = Buffer.concat([
      good.subarray(0, 512),
      good.subarray(512 + sealed, 512 + 2 * sealed),
      good.subarray(512, 512 + sealed),
      good.subarray(512 + 2 * sealed),
    ])
    for (const bad of [changed(512), changed(512 + 2 * sealed - 1), changed(good.length - 1), changed(3), swapped]) {
      writeFileSync(path, bad)
      await expect(contents(path, file)).rejects.toThrow(FileError)
    }
    for (const length of [100, 512 + sealed, 512 + 3 * sealed, good.length - 1]) {
      writeFileSync(path, good)
      truncateSync(path, length)
      await expect(contents(path, file)).rejects.toThrow(FileError)
    }
    writeFileSync(path, good)
    await expect(contents(path, 'another name')).rejects.toThrow('another row')
    await expect(contents(join(folder, 'absent'), 'absent')).rejects.toThrow('Upload it again')
  })
})

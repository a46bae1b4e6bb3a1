import { readdir } from 'node:fs/promises'
import { createMessage, encrypt, generateKey, readKey, readPrivateKey, sign } from 'openpgp'
import { describe, expect, test } from 'vitest'
import { FileError } from './file-error'
import { decryptPgp, makePgpKey, publicKeyArmored } from './pgp'
import { allRows, rowsOf, tableLines, withUpload } from './testing/upload-file'

const key = await makePgpKey('Portal of an operator')
const other = await makePgpKey('Somebody else')
const table = tableLines(3000).join('\n')

async function sealed(text: string | Buffer, to = key.publicKeyArmored): Promise<Buffer> {
  const encryptionKeys = await readKey({ armoredKey: to })
  const message = await createMessage({ binary: new Uint8Array(Buffer.from(text)) })
  return Buffer.from((await encrypt({ message, encryptionKeys, format: 'binary' })) as Uint8Array)
}

const armoured = (message: Buffer) => {
  const base64 = message.toString('base64').replace(/.{64}/g, '$&\r\n')
  return `-----BEGIN PGP MESSAGE-----\r\nComment: for the portal\r\n\r\n${base64}\r\n=abcd\r\n-----END PGP MESSAGE-----\r\n`
}

const opened = (message: Buffer | string) => rowsOf(message, { pgpPrivateKey: key.privateKeyArmored })

describe('a key of the portal', () => {
  test('has a public half to show and a private one for the vault', async () => {
    expect(key.publicKeyArmored).toContain('BEGIN PGP PUBLIC KEY BLOCK')
    expect(key.fingerprint).toMatch(/^[0-9A-F]{40}$/)
    expect(await publicKeyArmored(key.privateKeyArmored)).toBe(key.publicKeyArmored)
    await expect(publicKeyArmored('nothing')).rejects.toThrow(FileError)
  })
})

describe('a PGP message', () => {
  test('is read like the file in it, and leaves nothing on disk', async () => {
    const plain = await rowsOf(table)
    await withUpload(await sealed(table), { pgpPrivateKey: key.privateKeyArmored }, async (upload, folder) => {
      expect(upload.facts).toMatchObject({ pgp: true, plainBytes: Buffer.byteLength(table) })
      expect(await allRows(upload)).toEqual(plain)
      expect(await allRows(upload)).toEqual(plain)
      expect(await readdir(folder)).toEqual(['upload'])
    })
  })

  test('may be armoured', async () => expect(await opened(armoured(await sealed(table)))).toHaveLength(3000))

  test('may be of the newer kind (RFC 9580, AEAD)', async () => {
    const { privateKey, publicKey } = await generateKey({ type: 'ecc', userIDs: [{ name: 'x' }], config: { aeadProtect: true } })
    expect(await rowsOf(await sealed(table, publicKey), { pgpPrivateKey: privateKey })).toHaveLength(3000)
  })

  test('that was changed gives a sentence and no row', async () => {
    const message = await sealed(table)
    for (const at of [600, message.length >> 1, message.length - 3]) {
      const changed = Buffer.from(message)
      changed[at] = (changed[at] ?? 0) ^ 1
      await expect(opened(changed)).rejects.toThrow('check sum does not hold')
    }
  })

  test('that was cut off gives a sentence and no row', async () => {
    const message = await sealed(table)
    await expect(opened(message.subarray(0, -100))).rejects.toThrow('check sum does not hold')
    await expect(opened(armoured(message).slice(0, -300))).rejects.toThrow('cut off')
  })

  test('to somebody else gives a sentence', async () =>
    expect(opened(await sealed(table, other.publicKeyArmored))).rejects.toThrow('encrypted to another key'))

  test('with a password gives a sentence', async () => {
    const message = await createMessage({ text: table })
    const locked = (await encrypt({ message, passwords: 'x', format: 'binary' })) as Uint8Array
    await expect(opened(Buffer.from(locked))).rejects.toThrow(/password|not encrypted to a key/)
  })

  test('that is only signed gives a sentence', async () => {
    const message = await createMessage({ text: table })
    const signingKeys = await readPrivateKey({ armoredKey: key.privateKeyArmored })
    await expect(opened((await sign({ message, signingKeys })) as string)).rejects.toThrow('not encrypted to a key')
  })

  test('within a PGP message gives a sentence', async () =>
    expect(opened(await sealed(await sealed(table)))).rejects.toThrow('holds another PGP message'))

  test('with nothing in it gives a sentence', async () => expect(opened(await sealed(''))).rejects.toThrow('The file is empty'))

  test('gives a sentence where the portal has no key', async () =>
    expect(rowsOf(await sealed(table))).rejects.toThrow('there is no PGP key'))

  test('stops at the most that it may unpack to', async () => {
    const read = async () => {
      for await (const _ of decryptPgp(chunks(await sealed(table)), {
        privateKey: key.privateKeyArmored,
        armoured: false,
        maxBytes: 1000,
      }));
    }
    await expect(read()).rejects.toThrow('unpacks to far more')
  })
})

async function* chunks(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000)
}

import { expect, test } from 'vitest'
import { fromBufferPromise } from 'yauzl'
import { type ZipEntry, zipped } from './zip-writer'

const at = new Date(2026, 4, 3, 9, 30, 12)

async function archive(entries: Iterable<ZipEntry>): Promise<Buffer> {
  const all: Buffer[] = []
  const source = async function* () {
    yield* entries
  }
  for await (const some of zipped(source(), at)) all.push(some)
  return Buffer.concat(all)
}

async function read(octets: Buffer): Promise<[name: string, content: string, modified: Date][]> {
  const zip = await fromBufferPromise(octets, { lazyEntries: true, validateEntrySizes: true, strictFileNames: true })
  const files: [string, string, Date][] = []
  for await (const entry of zip.eachEntry()) {
    const content: Buffer[] = []
    for await (const some of await zip.openReadStreamPromise(entry)) content.push(some)
    files.push([entry.fileName, Buffer.concat(content).toString(), entry.getLastModDate()])
  }
  return files
}

test('stored, compressed and streamed files come back as they were', async () => {
  const text = 'one and the same '.repeat(10_000)
  const halves = async function* () {
    yield Buffer.from(text)
    yield Buffer.from(text)
  }
  const octets = await archive([
    { name: 'stored.txt', content: Buffer.from('as it is') },
    { name: 'compressed.txt', content: Buffer.from(text), compress: true },
    { name: 'streamed.txt', content: halves() },
    { name: 'empty.txt', content: Buffer.alloc(0) },
  ])
  expect(octets.length).toBeLessThan(5_000)
  expect(await read(octets)).toEqual([
    ['stored.txt', 'as it is', at],
    ['compressed.txt', text, at],
    ['streamed.txt', text + text, at],
    ['empty.txt', '', at],
  ])
})

test('an archive of nothing, and one of more files than the small directory can count', async () => {
  expect(await read(await archive([]))).toEqual([])
  const content = Buffer.from('x')
  const many = function* (): Generator<ZipEntry> {
    for (let n = 0; n < 70_000; n++) yield { name: `${n}.txt`, content }
  }
  const files = await read(await archive(many()))
  expect(files).toHaveLength(70_000)
  expect(files.at(-1)?.slice(0, 2)).toEqual(['69999.txt', 'x'])
})

test('what fails while a file is streamed in breaks the archive off', async () => {
  const broken = async function* () {
    yield Buffer.from('half')
    throw new Error('the source is gone')
  }
  await expect(archive([{ name: 'a.txt', content: broken() }])).rejects.toThrow('the source is gone')
})

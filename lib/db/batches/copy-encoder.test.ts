import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database'
import { isUniqueViolation } from '../failures'
import { type Database, openDatabase, transaction } from '../pool'
import { CopyEncoder, copyOctets, encodedFields, textArrayField, timestampField, uuidField } from './copy-encoder'

let server: TestDatabase
let db: Database
beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url, { maxConnections: 2 })
  await db.query({
    text: 'CREATE TABLE copied (n int PRIMARY KEY, big bigint, word text, octets bytea, yes boolean, at timestamptz, id uuid, words text[])',
  })
})
afterAll(async () => {
  await db.close()
  await server.close()
})

interface Row {
  n: number
  big: string
  word: string | null
  octets: Buffer
  yes: boolean
  at: Date
  id: string
  words: string[]
}

const write = (encoder: CopyEncoder, row: Row) => {
  encoder.row(8)
  encoder.int4(row.n)
  encoder.int8(BigInt(row.big))
  encoder.text(row.word)
  encoder.bytes(row.octets)
  encoder.boolean(row.yes)
  timestampField(encoder, row.at)
  uuidField(encoder, row.id)
  textArrayField(encoder, row.words)
}
const copy = (rows: Iterable<Row>) => transaction(db, tx => tx.copy('COPY copied FROM STDIN (FORMAT binary)', copyOctets(rows, write)))
const row = (n: number, changes: Partial<Row> = {}): Row => ({
  n,
  big: String(2n ** 62n - BigInt(n)),
  word: `Wort ${n} “–” 🧳`,
  octets: Buffer.from([n & 255, 0, 255]),
  yes: n % 2 === 0,
  at: new Date(Date.UTC(1999, 11, 31, 23, 59, 59, n % 1000)),
  id: randomUUID(),
  words: ['usim', '"quoted", {braced}', ''].slice(0, n % 4),
  ...changes,
})

test('PostgreSQL reads back what was written, whatever the lengths', async () => {
  const rows = [
    ...Array.from({ length: 3_000 }, (_, n) => row(n)),
    row(4_000, { word: null, octets: Buffer.alloc(0) }),
    row(4_001, { word: 'ü'.repeat(70_000), octets: Buffer.alloc(300_000, 7) }),
    row(4_002, { word: '', words: [] }),
    row(4_003, { octets: Buffer.alloc(65_536, 1) }),
  ]
  await copy(rows)
  const { rows: found } = await db.query<Row & Record<string, unknown>>({ text: 'SELECT * FROM copied ORDER BY n' })
  expect(found).toEqual(rows)
})

test('a copy that is refused in its middle leaves the connection fit for use', async () => {
  for (let round = 0; round < 3; round++) {
    const rows = Array.from({ length: 5_000 }, (_, n) => row(10_000 + n, n === 100 ? { n: 5 } : {}))
    const refused = await copy(rows).catch((error: unknown) => error)
    expect(isUniqueViolation(refused, 'copied_pkey')).toBe(true)
    expect((await db.query({ text: 'SELECT 1 FROM copied WHERE n >= 10000' })).rows).toEqual([])
  }
})

test('a copy whose rows throw leaves nothing and a connection fit for use', async () => {
  function* broken() {
    for (let n = 0; n < 2_000; n++) yield row(20_000 + n)
    throw new Error('No more rows.')
  }
  await expect(copy(broken())).rejects.toThrow('No more rows.')
  expect((await db.query({ text: 'SELECT 1 FROM copied WHERE n >= 20000' })).rows).toEqual([])
})

test('fields that are the same in every row are the same octets', () => {
  const once = encodedFields(encoder => encoder.text('Available'))
  expect(once).toEqual(Buffer.concat([Buffer.from([0, 0, 0, 9]), Buffer.from('Available')]))
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '@/lib/accounts/actor'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { type Brand, defaultBrand, pageBrand, readBrand, writeBrand } from './brand'

let server: TestDatabase
let db: Database
const ann: Actor = { kind: 'account', name: 'ann@example.com', role: 'administrator' }

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
})
afterAll(async () => {
  await db?.close()
  await server?.close()
})

/** A whole PNG of one pixel. */
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64')

const brand: Brand = {
  name: 'Nordlicht Mobil',
  colour: '#AA3300',
  logo: { type: 'png', bytes: png },
  helpUrl: 'https://example.com/esim',
  helpText: 'Call 0800 1.\nEvery day.',
}

test('an operator without a brand has the default one; one that was set is read as it was written, and audited', async () => {
  expect(await readBrand(db)).toEqual(defaultBrand)
  await writeBrand(db, ann, brand)
  expect(await readBrand(db)).toEqual({ ...brand, colour: '#aa3300' })
  await writeBrand(db, ann, { name: '', colour: '#000000', helpUrl: 'tel:+49301234' })
  expect(await readBrand(db)).toEqual({ name: '', colour: '#000000', helpUrl: 'tel:+49301234' })
  const { rows } = await db.query({ text: `SELECT actor, detail FROM audit WHERE action = 'settings:write' ORDER BY id` })
  expect(rows[0]).toMatchObject({ actor: 'ann@example.com', detail: { name: 'Nordlicht Mobil', logo: `png, ${png.length} bytes` } })
})

const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')

test.each<[string, Partial<Brand>]>([
  ['a logo that is no picture', { logo: { type: 'png', bytes: svg } }],
  ['a logo that is something else than it says', { logo: { type: 'jpg', bytes: png } }],
  ['a logo over 16 kB', { logo: { type: 'png', bytes: Buffer.concat([png, Buffer.alloc(16_384)]) } }],
  ['a help address that runs a script', { helpUrl: 'javascript:alert(1)' }],
  ['a colour that is none', { colour: 'red;}' }],
  ['a name of two lines', { name: 'a\nb' }],
])('%s is refused', async (_, change) => {
  await expect(writeBrand(db, ann, { ...brand, ...change })).rejects.toThrow()
})

test('only administrators set it', async () => {
  await expect(writeBrand(db, { ...ann, role: 'operator' }, brand)).rejects.toThrow(/does not allow/)
})

test('pages look as they did while the database is away', async () => {
  await writeBrand(db, ann, brand)
  expect((await pageBrand(db, 1_000)).name).toBe('Nordlicht Mobil')
  const away = openDatabase('postgresql://nobody:secret@127.0.0.1:1/none')
  expect((await pageBrand(away, 1_000_000)).name).toBe('Nordlicht Mobil')
  await away.close()
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from './embedded/test-database'
import { type Database, openDatabase } from './pool'
import { prepared, preparedShapes } from './prepared'

let db: Database
let drop: () => Promise<void>
beforeAll(async () => {
  const { url, close } = await createTestDatabase()
  db = openDatabase(url, { maxConnections: 1 })
  drop = close
})
afterAll(async () => {
  await db.close()
  await drop()
})

describe('prepared statements with named parameters', () => {
  test('each parameter is numbered where it stands first and cast to its type; casts of the text stay', () => {
    const statement = prepared('any', { a: 'int', b: 'text' }, 'SELECT :b, :a, :b, 1::text')({ a: 1, b: 'x', c: 2 })
    expect(statement).toMatchObject({ text: 'SELECT $1::text, $2::int, $1::text, 1::text', values: ['x', 1] })
    expect(() => prepared('any', {}, 'SELECT :b')).toThrow('b of any')
  })

  test('a shape is put together once', () => {
    let made = 0
    const shapes = preparedShapes({ a: 'int' })
    const text = () => `SELECT :a + ${++made}`
    expect(shapes('any', 'one', text)({ a: 1 }).name).toBe(shapes('any', 'one', text)({ a: 2 }).name)
    expect(shapes('any', 'two', text)({ a: 1 }).name).not.toBe(shapes('any', 'one', text)({ a: 1 }).name)
    expect(made).toBe(2)
  })

  const types = { text: 'text', bytes: 'bytea', at: 'timestamptz', list: 'text[]', number: 'int', data: 'jsonb', nothing: 'uuid' }
  const everything = prepared('everything', types, 'SELECT :text, :bytes, :at, :list, :number, :data, :nothing, true')

  test('values come back as they went, the first time and later', async () => {
    const values = {
      text: 'Grüße "\\',
      bytes: Buffer.from([0, 1, 0xff, 0x5c]),
      at: new Date('2026-02-03T04:05:06.789Z'),
      list: ['a"b', 'c\\d', 'e,{f}', ''],
      number: -7,
      data: '{"a": [1, null]}',
      nothing: null,
    }
    for (let i = 0; i < 3; i++) {
      const { rows, rowCount } = await db.query(everything(values))
      expect(rows).toEqual([[values.text, values.bytes, values.at, values.list, -7, { a: [1, null] }, null, true]])
      expect(rowCount).toBe(1)
    }
  })

  test('a statement that fails says why, and the connection works on', async () => {
    const divide = prepared('divide', { by: 'int' }, 'SELECT 1 / :by')
    const broken = prepared('broken', {}, 'SELECT * FROM nowhere')
    for (let i = 0; i < 2; i++) {
      await expect(db.query(divide({ by: 0 }))).rejects.toMatchObject({ code: '22012' })
      await expect(db.query(broken({}))).rejects.toMatchObject({ code: '42P01' })
      await expect(db.query(divide({ by: 'x' }))).rejects.toMatchObject({ code: '22P02' })
      expect((await db.query(divide({ by: 1 }))).rows).toEqual([[1]])
    }
  })

  test('rows that are only written are counted', async () => {
    const insert = prepared('insert', { name: 'text' }, `INSERT INTO vendor (name, updated_by) VALUES (:name, 'x') ON CONFLICT DO NOTHING`)
    for (const rowCount of [1, 0, 0]) expect(await db.query(insert({ name: 'A' }))).toMatchObject({ rowCount, rows: [] })
  })

  test('a database that is silent for too long counts as away', async () => {
    const sleep = prepared('sleep', {}, 'SELECT pg_sleep(30)')
    await expect(db.query({ ...sleep({}), query_timeout: 50 })).rejects.toThrow('Query read timeout')
    expect((await db.query(everything({ text: 'again' }))).rows[0]?.[0]).toBe('again')
  })
})

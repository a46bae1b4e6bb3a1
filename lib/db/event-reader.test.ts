import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './embedded/test-database'
import { followEvents, readerPlace } from './event-reader'
import { type Database, openDatabase, type Queryable, transaction } from './pool'

let testDatabase: TestDatabase
let db: Database
beforeAll(async () => {
  testDatabase = await createTestDatabase()
  db = openDatabase(testDatabase.url)
})
afterAll(async () => {
  await db.close()
  await testDatabase.close()
})
beforeEach(() => db.query({ text: 'TRUNCATE profile_event, event_reader RESTART IDENTITY' }))

const add = async (on: Queryable, count: number) => {
  await on.query({
    text: `INSERT INTO profile_event (at, actor, kind, outcome) SELECT now(), 'device', 'notification', 'ok' FROM generate_series(1, $1)`,
    values: [count],
  })
}

/** Reads and remembers what it was given. */
function reader() {
  const given: number[] = []
  const ranges: string[] = []
  const follow = (options = {}) =>
    followEvents(
      db,
      'attempts',
      async (tx, { after, upTo }) => {
        const { rows } = await tx.query<{ id: number }>({
          text: 'SELECT id::int AS id FROM profile_event WHERE id > $1::bigint AND id <= $2::bigint ORDER BY id',
          values: [after, upTo],
        })
        given.push(...rows.map(({ id }) => id))
        ranges.push(`${after}-${upTo}`)
      },
      options,
    )
  return { given, ranges, follow }
}

test('each event is given once, in order, in steps', async () => {
  const { given, ranges, follow } = reader()
  await add(db, 7)
  expect(await follow({ perStep: 3 })).toEqual({ passed: 7 })
  expect(ranges).toEqual(['0-3', '3-6', '6-7'])
  await add(db, 1)
  await follow()
  expect(given).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(await follow()).toEqual({ passed: 0 })
  expect(await readerPlace(db, 'attempts')).toBe('8')
})

test('an event with a lower number that is committed late is not passed over', async () => {
  const { given, follow } = reader()
  const late = await db.pool.connect()
  await late.query('BEGIN')
  await add(late, 1)
  await add(db, 2)
  expect(await follow({ waitMs: 120 })).toEqual({ passed: 0, left: 'writers' })
  expect(given).toEqual([])
  const following = follow({ waitMs: 20_000 })
  await late.query('COMMIT')
  late.release()
  await following
  expect(given).toEqual([1, 2, 3])
})

test('numbers that were rolled back hold up nobody', async () => {
  const { given, follow } = reader()
  await transaction(db, async tx => {
    await add(tx, 2)
    throw new Error('rolled back')
  }).catch(() => undefined)
  await add(db, 1)
  await follow()
  expect(given).toEqual([3])
})

test('what fails is given again, with everything that its step wrote undone', async () => {
  await add(db, 4)
  let calls = 0
  const failing = followEvents(
    db,
    'attempts',
    async tx => {
      if (++calls === 2) throw new Error('no room')
      await tx.query({ text: `INSERT INTO event_reader (name) VALUES ('x' || $1)`, values: [String(calls)] })
    },
    { perStep: 2 },
  )
  await expect(failing).rejects.toThrow('no room')
  expect(await readerPlace(db, 'attempts')).toBe('2')
  const { given, follow } = reader()
  await follow()
  expect(given).toEqual([3, 4])
})

test('of two who read under one name, one works', async () => {
  await add(db, 3)
  const { given, follow } = reader()
  const other = reader()
  await followEvents(db, 'attempts', async () => {
    expect(await other.follow()).toMatchObject({ left: 'busy' })
  })
  expect(other.given).toEqual([])
  expect(await follow()).toEqual({ passed: 0 })
  expect(given).toEqual([])
})

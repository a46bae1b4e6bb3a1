import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from './embedded/test-database'
import { isDatabaseAway } from './failures'
import { type LaneStatement, Lanes } from './lanes'
import { answeringWithin, type Database, openDatabase, transaction } from './pool'
import { prepared } from './prepared'

let db: Database
let drop: () => Promise<void>
beforeAll(async () => {
  const { url, close } = await createTestDatabase()
  db = openDatabase(url, { maxConnections: 3 })
  drop = close
})
afterAll(async () => {
  await db.close()
  await drop()
})

const twice = prepared('twice', { number: 'int' }, 'SELECT :number * 2, pg_backend_pid()')
const divide = prepared('divide', { by: 'int' }, 'SELECT 12 / :by')
const sleep = prepared('sleep', {}, 'SELECT pg_sleep(30)')
const short = prepared('short', {}, 'SELECT pg_sleep(0.1)')
const slow = prepared('slow', {}, 'SELECT true FROM pg_sleep(1.2)')
const sign = prepared('sign', { name: 'text', by: 'text' }, 'UPDATE vendor SET updated_by = :by WHERE name = :name RETURNING updated_by')

const firstOf = async (statement: ReturnType<typeof twice>) => (await db.lanes.query(statement)).rows[0] as unknown as unknown[]
const backends = async () =>
  new Set((await Promise.all(Array.from({ length: 32 }, (_, i) => firstOf(twice({ number: i }))))).map(row => row[1]))

describe('statements in lanes', () => {
  test('each of many at once gets its own answer, over four connections', async () => {
    const rows = await Promise.all(Array.from({ length: 200 }, (_, i) => firstOf(twice({ number: i }))))
    expect(rows.map(([number]) => number)).toEqual(rows.map((_, i) => i * 2))
    expect(new Set(rows.map(([, pid]) => pid)).size).toBe(4)
  })

  test('one that fails disturbs none beside it', async () => {
    const found = await Promise.allSettled(Array.from({ length: 60 }, (_, i) => firstOf(divide({ by: i % 3 }))))
    found.forEach((result, i) => {
      if (i % 3 === 0) expect(result).toMatchObject({ status: 'rejected', reason: { code: '22012' } })
      else expect(result).toEqual({ status: 'fulfilled', value: [12 / (i % 3)] })
    })
  })

  test('one that cannot be prepared is said so each time, and does not spoil its connection', async () => {
    const broken = prepared('broken', {}, 'SELECT * FROM nowhere')
    const found = await Promise.allSettled(Array.from({ length: 12 }, () => firstOf(broken({}))))
    expect(found.every(result => result.status === 'rejected' && result.reason.code === '42P01')).toBe(true)
    expect(await firstOf(divide({ by: 4 }))).toEqual([3])
  })

  test('one that waits for a lock lets the others pass, and is done when the lock is gone', async () => {
    await db.query({ text: `INSERT INTO vendor (name, updated_by) VALUES ('locked', 'nobody')` })
    let release = () => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    let locked = () => {}
    const isLocked = new Promise<void>(resolve => {
      locked = resolve
    })
    const holder = transaction(db, async tx => {
      await tx.query({ text: `SELECT FROM vendor WHERE name = 'locked' FOR UPDATE` })
      locked()
      await held
    })
    await isLocked
    let done = false
    const waiting = firstOf(sign({ name: 'locked', by: 'somebody' })).finally(() => {
      done = true
    })
    expect((await backends()).size).toBe(4)
    expect(done).toBe(false)
    release()
    await holder
    expect(await waiting).toEqual(['somebody'])
  })

  test('connections that break fail what is under way as a database that is away, and are made anew', async () => {
    const before = await backends()
    const under = Promise.allSettled(Array.from({ length: 4 }, () => firstOf(sleep({}))))
    await db.query({ text: 'SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid', values: [[...before]] })
    for (const result of await under) expect(result.status === 'rejected' && isDatabaseAway(result.reason)).toBe(true)
    const after = await backends()
    expect([...after].filter(pid => before.has(pid))).toEqual([])
  })

  test('a database that is silent for too long counts as away, and the next one is answered', async () => {
    const silent = await answeringWithin(db, 50)
      .lanes.query(sleep({}))
      .catch((error: unknown) => error)
    expect(isDatabaseAway(silent)).toBe(true)
    expect((await backends()).size).toBe(4)
  })

  test('one that is slow does not take its neighbours with it, and has its time', async () => {
    let done = false
    const slowOnes = Promise.all(Array.from({ length: 4 }, () => firstOf(slow({})))).finally(() => {
      done = true
    })
    expect((await backends()).size).toBe(4)
    expect(done).toBe(false)
    expect(await slowOnes).toEqual(Array.from({ length: 4 }, () => [true]))
  })

  test('a disk that is full leaves no connection behind', async () => {
    await db.query({
      text: `CREATE FUNCTION full_disk() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$`,
    })
    const fill = prepared('fill', {}, 'SELECT full_disk()')
    for (let i = 0; i < 20; i++) expect(isDatabaseAway(await firstOf(fill({})).catch((error: unknown) => error))).toBe(true)
    const open = `SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database()`
    await expect
      .poll(async () => (await db.query<{ open: number }>({ text: open })).rows[0]?.open, { timeout: 10_000 })
      .toBeLessThanOrEqual(4 + 3)
  })

  test('a table that is locked while statements are prepared refuses none of them', async () => {
    const count = prepared('count', { number: 'int' }, 'SELECT :number + count(*)::int FROM vendor')
    let [release, locked] = [() => {}, () => {}]
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    const isLocked = new Promise<void>(resolve => {
      locked = resolve
    })
    const holder = transaction(db, async tx => {
      await tx.query({ text: 'LOCK TABLE vendor IN ACCESS EXCLUSIVE MODE' })
      locked()
      await held
    })
    await isLocked
    const waiting = Promise.all(Array.from({ length: 30 }, (_, number) => firstOf(count({ number }))))
    expect(await firstOf(divide({ by: 4 }))).toEqual([3])
    release()
    await holder
    const [first = [0]] = await waiting
    expect((await waiting).map(([number]) => number)).toEqual(Array.from({ length: 30 }, (_, number) => Number(first[0]) + number))
  })

  test('a value that cannot be sent is refused, and its connection works on', async () => {
    const at = prepared('at', { at: 'timestamptz' }, 'SELECT :at, pg_backend_pid()')
    await expect(firstOf(at({ at: new Date(Number.NaN) }))).rejects.toThrow(RangeError)
    expect((await firstOf(at({ at: new Date(0) })))[0]).toEqual(new Date(0))
  })

  test('what is no prepared statement goes the ordinary way', async () => {
    expect((await db.lanes.query({ text: 'SELECT 1 AS one' })).rows).toEqual([{ one: 1 }])
  })
})

test('after the end nothing is taken', async () => {
  const { url, close } = await createTestDatabase()
  const own = openDatabase(url)
  expect((await own.lanes.query(divide({ by: 4 }))).rows).toEqual([[3]])
  await own.close()
  const refused = await Promise.allSettled(Array.from({ length: 40 }, () => own.lanes.query(divide({ by: 4 }))))
  for (const result of refused) expect(result).toMatchObject({ status: 'rejected', reason: { message: /after calling end/ } })
  await close()
})

test('who would wait too long for a place is told so', async () => {
  const { url, close } = await createTestDatabase()
  const crowded = new Lanes({ connectionString: url }, db.query, 20)
  const all = Promise.all(Array.from({ length: 32 }, () => crowded.run(short({}) as LaneStatement)))
  const late = await crowded.run(divide({ by: 4 }) as LaneStatement).catch((error: unknown) => error)
  expect(isDatabaseAway(late)).toBe(true)
  await all
  expect((await crowded.run(divide({ by: 4 }) as LaneStatement)).rows).toEqual([[3]])
  await crowded.close()
  await close()
})

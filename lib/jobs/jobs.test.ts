import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { ensureAppRole } from '@/lib/db/embedded'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { addJob, deadJobs, replayJob } from '@/lib/db/jobs'
import { type Database, one, openDatabase, transaction } from '@/lib/db/pool'
import { cancelTaskRow } from '@/lib/db/task-rows'
import { FormError } from '@/lib/form-error'
import { TryAgain } from './failure'
import { defineJob, type Job } from './job'
import { addTask, makeTask, type Report, type RunnableTask } from './task'
import { runJobs } from './worker'

interface Context {
  db: Database
}

let testDatabase: TestDatabase
let db: Database
let stops: (() => Promise<void>)[]

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  db = openDatabase((await ensureAppRole(testDatabase.url)).url)
  stops = []
})

afterEach(async () => {
  vi.restoreAllMocks()
  for (const stop of stops) await stop()
  await db.close()
  await testDatabase.close()
})

const timing = { pollMs: 50, lookMs: 50, silentMs: 200 }

function work(given: { jobs?: Job<Context>[]; tasks?: RunnableTask<Context & { startedBy: string }>[] }, on = db) {
  const stop = runJobs({
    db: on,
    jobs: given.jobs ?? [],
    tasks: given.tasks ?? [],
    jobContext: { db: on },
    taskContext: async startedBy => ({ db: on, startedBy }),
    timing,
  })
  let stopping: Promise<void> | undefined
  const once = () => {
    stopping ??= stop()
    return stopping
  }
  stops.push(once)
  return once
}

const start = <Input>(task: Parameters<typeof addTask<Input, never>>[2], input: Input) =>
  transaction(db, tx => addTask(tx, 'agent@example.com', task, input))

interface TaskRow extends Record<string, unknown> {
  state: string
  title: string
  total: number | null
  done: number
  failed: number
  result: unknown
  failure: string | null
}

const taskRow = (id: string) => one<TaskRow>(db, { text: 'SELECT * FROM task WHERE id = $1', values: [id] })
const inState = (id: string, state: string) =>
  vi.waitFor(async () => {
    const row = await taskRow(id)
    expect(row?.state).toBe(state)
    return row
  }, 20_000)

function gate() {
  let open = () => undefined as unknown
  const passed = new Promise<void>(resolve => {
    open = resolve
  })
  return { open: () => open(), passed }
}

const Nothing = z.object({})

function taskOf(run: (context: Context & { startedBy: string }, input: { to: number }, report: Report) => Promise<void>) {
  return makeTask({ kind: 'count', schema: z.object({ to: z.int() }), title: ({ to }) => `Count to ${to}`, run })
}

test('a job is there with the commit of its transaction, runs once, and leaves nothing behind', async () => {
  const seen: number[] = []
  const job = defineJob({ name: 'note', schema: z.object({ n: z.int() }), run: async (_: Context, { n }) => void seen.push(n) })
  work({ jobs: [job] })
  await transaction(db, async tx => {
    await addJob(tx, 'note', { n: 1 })
    throw new Error('no')
  }).catch(() => undefined)
  await transaction(db, tx => addJob(tx, 'note', { n: 2 }))
  await vi.waitFor(() => expect(seen).toEqual([2]), 10_000)
  await vi.waitFor(async () => expect((await db.query({ text: 'SELECT FROM graphile_worker.jobs' })).rowCount).toBe(0), 10_000)
})

test('of jobs with one key the last one runs', async () => {
  const seen: number[] = []
  const runAt = new Date(Date.now() + 300)
  for (const n of [1, 2, 3]) await addJob(db, 'note', { n }, { jobKey: 'k', runAt })
  work({ jobs: [defineJob({ name: 'note', schema: z.object({ n: z.int() }), run: async (_: Context, { n }) => void seen.push(n) })] })
  await vi.waitFor(() => expect(seen).toEqual([3]), 20_000)
})

test('a job that cannot be done now is tried again, and its sentence is kept without its payload', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  const attempts: number[] = []
  const job = defineJob({
    name: 'call',
    schema: Nothing,
    run: async (_: Context, __, { attempt }) => {
      attempts.push(attempt)
      if (attempt === 1) throw new TryAgain('The other side did not answer.')
    },
  })
  await addJob(db, 'call', { secret: 'canary' })
  work({ jobs: [job] })
  const failed = await vi.waitFor(async () => {
    const row = await one<{ error: string | null }>(db, { text: 'SELECT last_error AS error FROM graphile_worker.jobs' })
    expect(row?.error).toBe('The other side did not answer.')
    return row
  }, 10_000)
  expect(failed).toBeDefined()
  await vi.waitFor(() => expect(attempts).toEqual([1, 2]), 20_000)
  expect(warn.mock.calls.join()).toMatch(/job call \(attempt 1 of 25\): The other side did not answer\.$/)
  expect(warn.mock.calls.join()).not.toContain('canary')
})

test('a job whose attempts are used up is a dead letter, and can be replayed by hand', async () => {
  const log = vi.spyOn(console, 'error').mockReturnValue()
  let broken = true
  const run = async () => {
    if (broken) throw new Error('boom')
  }
  await addJob(db, 'call', { secret: 'canary' }, { maxAttempts: 1 })
  work({ jobs: [defineJob({ name: 'call', schema: Nothing, run })] })
  const [dead] = await vi.waitFor(async () => {
    const found = await deadJobs(db, { limit: 10 })
    expect(found).toMatchObject([
      { name: 'call', attempts: 1, lastError: expect.stringMatching(/^Something went wrong .* [0-9a-f]{8}\.$/) },
    ])
    return found
  }, 10_000)
  expect(log.mock.calls.join()).toMatch(/incident [0-9a-f]{8} \(job call\):.*boom/)
  expect(log.mock.calls.join()).not.toContain('canary')
  broken = false
  expect(await replayJob(db, dead?.id ?? '')).toBe(true)
  await vi.waitFor(async () => expect((await db.query({ text: 'SELECT FROM graphile_worker.jobs' })).rowCount).toBe(0), 10_000)
  expect(await replayJob(db, dead?.id ?? '')).toBe(false)
})

test('what repeats runs again and again, once of all servers, and a failure does not end it', async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  let runs = 0
  const job = defineJob({
    name: 'look',
    schema: Nothing,
    everyMs: 100,
    run: async () => {
      if (++runs === 1) throw new Error('boom')
    },
  })
  work({ jobs: [job] })
  work({ jobs: [job] })
  await vi.waitFor(() => expect(runs).toBeGreaterThan(1), 20_000)
  expect((await db.query({ text: "SELECT FROM graphile_worker.jobs WHERE key = 'every:look'" })).rowCount).toBe(1)
})

test('a task tells how far it is, at most twice a second, and what came of it', async () => {
  const going = gate()
  const task = taskOf(async ({ startedBy }, { to }, report) => {
    report.total(to)
    for (let n = 0; n < 5_000; n++) report.done()
    report.failed(2)
    await going.passed
    report.result({ sentence: `Counted for ${startedBy}.` })
  })
  const query = vi.spyOn(db, 'query')
  const id = await start(task, { to: 5_002 })
  work({ tasks: [task] })
  await vi.waitFor(async () => expect(await taskRow(id)).toMatchObject({ state: 'running', total: 5_002, done: 5_000, failed: 2 }), 10_000)
  going.open()
  expect(await inState(id, 'done')).toMatchObject({
    title: 'Count to 5002',
    done: 5_000,
    failed: 2,
    failure: null,
    result: { sentence: 'Counted for agent@example.com.' },
  })
  expect(query.mock.calls.filter(([statement]) => statement.name === 'task-counts').length).toBeLessThanOrEqual(3)
})

test('a task that fails keeps the sentence, or the number of the incident', async () => {
  const log = vi.spyOn(console, 'error').mockReturnValue()
  const task = taskOf(async (_, { to }) => {
    throw to === 1 ? new FormError('One is too few.') : new Error('boom')
  })
  work({ tasks: [task] })
  const [foreseen, unforeseen] = await Promise.all([start(task, { to: 1 }), start(task, { to: 2 })])
  expect((await inState(foreseen, 'failed'))?.failure).toBe('One is too few.')
  const { failure } = (await inState(unforeseen, 'failed')) ?? {}
  const [, number] = /the number ([0-9a-f]{8})\.$/.exec(failure ?? '') ?? []
  expect(log.mock.calls.join()).toContain(`incident ${number} (task count)`)
})

test('a task is cancelled while it waits and while it runs', async () => {
  let steps = 0
  const task = taskOf(async (_, __, report) => {
    for (; !(await report.cancelled()); await new Promise(resolve => setTimeout(resolve, 20))) {
      steps++
      report.done()
    }
  })
  const waiting = await start(task, { to: 1 })
  expect(await transaction(db, tx => cancelTaskRow(tx, waiting))).toBe('cancelled')
  expect((await taskRow(waiting))?.state).toBe('cancelled')
  const running = await start(task, { to: 2 })
  work({ tasks: [task] })
  await vi.waitFor(() => expect(steps).toBeGreaterThan(2), 10_000)
  expect(await transaction(db, tx => cancelTaskRow(tx, running))).toBe('running')
  expect((await inState(running, 'cancelled'))?.done).toBe(steps)
  expect(await transaction(db, tx => cancelTaskRow(tx, running))).toBeUndefined()
  expect((await taskRow(waiting))?.started_at).toBeNull()
})

test('a task that the server’s stop cuts short is run again by the next', async () => {
  let begun = 0
  const task = taskOf(async (_, { to }, report) => {
    begun++
    while (begun === 1) {
      report.done()
      await report.cancelled()
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    report.done(to)
  })
  const id = await start(task, { to: 7 })
  const stop = work({ tasks: [task] })
  await inState(id, 'running')
  await stop()
  expect((await taskRow(id))?.state).toBe('waiting')
  work({ tasks: [task] })
  expect((await inState(id, 'done'))?.done).toBe(7)
  expect(begun).toBe(2)
})

test('a task of a server that died is run again; one that nobody can bring to its end is given up', async () => {
  const task = taskOf(async (_, { to }, report) => report.done(to))
  const [lost, hopeless] = [await start(task, { to: 3 }), await start(task, { to: 4 })]
  // As a killed process leaves them.
  await db.query({ text: "UPDATE task SET state = 'running', done = 1" })
  await db.query({ text: "UPDATE graphile_worker._private_jobs SET locked_by = 'pool-dead', locked_at = now(), attempts = 1" })
  await db.query({ text: 'UPDATE graphile_worker._private_jobs SET attempts = max_attempts WHERE key = $1', values: [`task:${hopeless}`] })
  work({ tasks: [task] })
  expect((await inState(lost, 'done'))?.done).toBe(3)
  expect((await inState(hopeless, 'failed'))?.failure).toMatch(/begun several times/)
})

test('a living worker’s jobs are left alone', async () => {
  const going = gate()
  let begun = 0
  const task = taskOf(async () => {
    begun++
    await going.passed
  })
  const id = await start(task, { to: 1 })
  work({ tasks: [task] })
  work({ tasks: [task] })
  await inState(id, 'running')
  const query = vi.spyOn(db, 'query')
  const looks = () => query.mock.calls.filter(([{ text }]) => text.includes('pg_try_advisory_xact_lock')).length
  await vi.waitFor(() => expect(looks()).toBeGreaterThan(20), 20_000)
  going.open()
  await inState(id, 'done')
  expect(begun).toBe(1)
})

test('the worker goes on after the database was away', async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  const seen: number[] = []
  work({ jobs: [defineJob({ name: 'note', schema: z.object({ n: z.int() }), run: async (_: Context, { n }) => void seen.push(n) })] })
  await addJob(db, 'note', { n: 1 })
  await vi.waitFor(() => expect(seen).toEqual([1]), 10_000)
  const owner = openDatabase(testDatabase.url)
  await owner.query({
    text: 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  })
  await owner.close()
  await vi.waitFor(() => addJob(db, 'note', { n: 2 }), 10_000)
  await vi.waitFor(() => expect(seen).toEqual([1, 2]), 20_000)
})

test('the server’s role runs jobs and changes nothing of the queue’s schema', async () => {
  await expect(db.query({ text: 'DELETE FROM graphile_worker.migrations' })).rejects.toMatchObject({ code: '42501' })
  await expect(db.query({ text: 'DROP TABLE graphile_worker._private_jobs' })).rejects.toMatchObject({ code: '42501' })
  await expect(db.query({ text: 'CREATE TABLE graphile_worker.mine (n int)' })).rejects.toMatchObject({ code: '42501' })
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { ensureAppRole } from '@/lib/db/embedded'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase, transaction } from '@/lib/db/pool'
import { readTask } from '@/lib/db/portal/tasks'
import { runJobs } from '@/lib/jobs/worker'
import type { Vault } from '@/lib/vault/vault'
import type { Actor } from './actor'
import { actorNamed, cancelTask, defineTask, startTask } from './tasks'

let testDatabase: TestDatabase
let db: Database
let stop = async () => undefined as unknown

const agent: Actor = { kind: 'account', name: 'agent@example.com', role: 'operator' }
const administrator: Actor = { kind: 'account', name: 'boss@example.com', role: 'administrator' }

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  db = openDatabase((await ensureAppRole(testDatabase.url)).url)
  await db.query({ text: "INSERT INTO account (email, role, created_by) VALUES ('agent@example.com', 'operator', 'x')" })
})

afterEach(async () => {
  await stop()
  await db.close()
  await testDatabase.close()
})

const seen: unknown[] = []
const greet = defineTask({
  kind: 'greet',
  verb: 'profile:retire',
  schema: z.object({ whom: z.string() }),
  title: ({ whom }) => `Greet ${whom}`,
  run: async ({ actor }, { whom }) => void seen.push([actor.name, actor.role, whom]),
})

function work(): void {
  // This task opens nothing.
  const services = { db, vault: undefined as unknown as Vault, dataDir: '/', now: () => new Date() }
  stop = runJobs({
    db,
    jobs: [],
    tasks: [greet],
    jobContext: services,
    taskContext: async startedBy => ({ ...services, actor: await actorNamed(db, startedBy) }),
  })
}

const ended = (id: string) =>
  vi.waitFor(async () => {
    const task = await readTask(db, id)
    expect(task?.endedAt).not.toBeNull()
    return task
  }, 20_000)

test('a task is started by who may, audited, and run on their behalf', async () => {
  const id = await transaction(db, tx => startTask(tx, agent, greet, { whom: 'everybody' }))
  work()
  expect(await ended(id)).toMatchObject({ state: 'done', title: 'Greet everybody', createdBy: 'agent@example.com' })
  expect(seen).toEqual([['agent@example.com', 'operator', 'everybody']])
  const { rows } = await db.query({ text: 'SELECT actor, action, target, result, detail FROM audit' })
  expect(rows).toEqual([
    { actor: 'agent@example.com', action: 'profile:retire', target: 'Greet everybody', result: 'begun', detail: { task: id } },
  ])
})

test('a task of somebody who cannot sign in any more is not done', async () => {
  const id = await transaction(db, tx => startTask(tx, agent, greet, { whom: 'nobody' }))
  await db.query({ text: 'UPDATE account SET disabled_at = now()' })
  work()
  expect(await ended(id)).toMatchObject({
    state: 'failed',
    failure: expect.stringMatching(/agent@example\.com, which began this, cannot sign in/),
  })
})

test('one’s own tasks are cancelled by oneself, those of others by who may do the same', async () => {
  const id = await transaction(db, tx => startTask(tx, agent, greet, { whom: 'x' }))
  const task = { id, title: 'Greet x', startedBy: agent.name, verb: 'account:write' as const }
  const other: Actor = { ...agent, name: 'other@example.com' }
  await expect(cancelTask(db, other, task)).rejects.toMatchObject({ name: 'NotAllowed' })
  await cancelTask(db, administrator, task)
  expect(await readTask(db, id)).toMatchObject({ state: 'cancelled' })
  await expect(cancelTask(db, agent, task)).rejects.toThrow('This has ended meanwhile.')
})

import { Client } from 'pg'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ensureAppRole } from '@/lib/db/embedded'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase, transaction } from '@/lib/db/pool'
import { readTask } from '@/lib/db/portal/tasks'
import { runJobs } from '@/lib/jobs/worker'
import { createVault } from '@/lib/vault/vault'
import { type Actor, NotAllowed } from '../actor'
import { audit } from '../audit'
import { actorNamed, type JobContext, startTask } from '../tasks'
import { sealAuditRows, verifyAuditChain } from './background'
import { chainState } from './chain-state'

const auditor: Actor = { kind: 'account', name: 'eva@example.com', role: 'auditor' }

let testDatabase: TestDatabase
let db: Database
let owner: Client
let stop = async () => undefined as unknown

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  db = openDatabase((await ensureAppRole(testDatabase.url)).url)
  owner = new Client({ connectionString: testDatabase.url })
  owner.on('error', () => undefined)
  await owner.connect()
  await owner.query("INSERT INTO account (email, role, created_by) VALUES ('eva@example.com', 'auditor', 'x')")
  const services: JobContext = {
    db,
    vault: createVault(new Map([[1, Buffer.alloc(32, 7)]])),
    dataDir: '/',
    addresses: { smdpAddress: 'localhost', customerUrl: 'https://localhost' },
    now: () => new Date(),
  }
  stop = runJobs({
    db,
    jobs: [sealAuditRows],
    tasks: [verifyAuditChain],
    jobContext: services,
    taskContext: async startedBy => ({ ...services, actor: await actorNamed(db, startedBy) }),
    timing: { pollMs: 100, lookMs: 5_000, silentMs: 10_000 },
  })
})

afterEach(async () => {
  await stop()
  await owner.end()
  await db.close()
  await testDatabase.close()
})

const sealedUpTo = (rows: number) =>
  vi.waitFor(async () => expect(await chainState(db)).toMatchObject({ sealed: rows, unsealed: 0 }), 20_000)

async function verified() {
  const id = await transaction(db, tx => startTask(tx, auditor, verifyAuditChain, {}))
  return vi.waitFor(async () => {
    const task = await readTask(db, id)
    expect(task?.endedAt).not.toBeNull()
    return task
  }, 20_000)
}

test('a server seals what is written by itself, and an auditor has it verified', async () => {
  for (const target of ['a', 'b', 'c']) await audit(db, auditor, 'audit:read', { target })
  await sealedUpTo(3)
  await audit(db, auditor, 'audit:read', { target: 'd' })
  await sealedUpTo(4)
  expect(await verified()).toMatchObject({ state: 'done', result: { sentence: expect.stringMatching(/^The chain holds: [45] rows/) } })
  expect((await chainState(db)).verified).toMatchObject({ by: 'eva@example.com', firstBroken: undefined })
  await owner.query(`UPDATE audit SET target = 'x' WHERE target = 'b'`)
  expect(await verified()).toMatchObject({
    state: 'done',
    result: { sentence: expect.stringMatching(/^The chain breaks at row 2, place 2 of the chain\./) },
  })
  expect((await chainState(db)).verified).toMatchObject({ rows: 1, firstBroken: { id: '2', why: 'changed' } })
})

test('who may not read the audit does not have it verified', async () => {
  await expect(transaction(db, tx => startTask(tx, { ...auditor, role: 'operator' }, verifyAuditChain, {}))).rejects.toBeInstanceOf(
    NotAllowed,
  )
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FormError } from '@/lib/form-error'
import { Iccid } from '@/lib/rsp/identifiers'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { issue } from './issue'
import { releaseMany, releaseRunTask, startReleasing } from './release-many'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

const issued = async (release: boolean) => {
  const iccid = Iccid.parse((await lab.addProfile()).iccid)
  await issue(lab.db, await lab.orderContext(), { iccids: [iccid], release })
  return iccid
}
const state = async (iccid: string) => (await lab.profile(iccid))?.state

test('§5.3.4 what is confirmed is released, with its timeline; others stay as they are', async () => {
  const [waits, released, free] = [await issued(false), await issued(true), Iccid.parse((await lab.addProfile()).iccid)]
  const ctx = await lab.orderContext()
  expect(await releaseMany(lab.db, ctx, { iccids: [waits, released, free] })).toEqual({ released: 1, left: 2 })
  expect([await state(waits), await state(released), await state(free)]).toEqual(['Released', 'Released', 'Available'])
  expect((await lab.events(waits)).map(({ kind }) => kind)).toContain('releaseProfile')
  await expect(releaseMany(lab.db, ctx, { iccids: [waits, free] })).rejects.toBeInstanceOf(FormError)
})

test('what waits of a run is released in the background, and nothing else', async () => {
  const runId = randomUUID()
  const [ofRun, other] = [await issued(false), await issued(false)]
  await lab.sql(`INSERT INTO issue_run (id, title, wanted, created_by) VALUES ($1, 'run', 1, 'test')`, [runId])
  await lab.sql('UPDATE download_order SET run_id = $1 WHERE iccid = $2', [runId, ofRun])
  const ctx = await lab.orderContext()
  expect(await startReleasing(lab.db, ctx, runId)).toMatch(/^[0-9a-f-]{36}$/)
  const report = { total: () => {}, done: () => {}, failed: () => {}, result: () => {}, cancelled: async () => false }
  const task = {
    db: lab.db,
    vault: lab.vault,
    dataDir: '/',
    now: () => lab.now,
    actor: ctx.actor,
    addresses: { smdpAddress: '', customerUrl: '' },
  }
  await releaseRunTask.perform(task, { runId, title: 'run', count: 1 }, report)
  expect([await state(ofRun), await state(other)]).toEqual(['Released', 'Confirmed'])
  await expect(startReleasing(lab.db, ctx, runId)).rejects.toBeInstanceOf(FormError)
})

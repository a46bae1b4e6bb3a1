import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NotAllowed } from '@/lib/accounts/actor'
import { openApproval } from '@/lib/accounts/approvals/approvals'
import { requireApproval } from '@/lib/accounts/approvals/settings'
import { FormError } from '@/lib/form-error'
import { cancel } from '@/lib/orders/cancel'
import { issue } from '@/lib/orders/issue'
import { Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import { tableCells, tableHeader } from '../formats/testing/upload-file'
import { approveBatch, decideBatchApproval } from './approve-batch'
import { batchChecker } from './batch-checker'
import { discardBatch } from './discard-batch'
import { rollbackBatch } from './rollback-batch'
import { startCheck } from './start-check'
import { ann, BatchSite, bob, templateType, terminal } from './testing/batch-site'

let site: BatchSite
beforeAll(async () => {
  site = await BatchSite.open()
})
afterAll(() => site.close())

let next = 0
async function draft(count = 3, weak = 0): Promise<string> {
  const rows = Array.from({ length: count }, (_, n) =>
    tableCells(next++)
      .map((cell, at) => (at === 2 && n < weak ? '0'.repeat(32) : cell))
      .join(','),
  )
  return site.checked([tableHeader, ...rows].join('\n'))
}
async function approved(count = 3): Promise<string> {
  const id = await draft(count)
  await approveBatch(site.db, site.ctx(), id, 'all')
  return id
}
const orders = () => ({
  actor: ann,
  now: new Date(),
  random: (n: number) => randomBytes(n),
  vault: site.vault,
  smdpAddress: 'smdp.example.com',
  links: { key: randomBytes(32), baseUrl: 'https://esim.example.com' },
})
const iccids = async (id: string) =>
  (await site.sql('SELECT iccid FROM profile WHERE batch_id = $1 ORDER BY iccid', [id])).map(row => Iccid.parse(row.iccid))
const stateOf = async (id: string) => (await site.batch(id)).state
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof FormError || error instanceof RspError ? 'refused' : Promise.reject(error)),
  )

describe('what is no stock', () => {
  test('is not ordered, neither by its ICCID nor by its type, while it is a draft', async () => {
    const id = await draft()
    const [iccid] = await iccids(id)
    await expect(issue(site.db, orders(), { iccids: [iccid ?? Iccid.parse('')] })).rejects.toMatchObject({ status: 'iccidUnknown' })
    await expect(issue(site.db, orders(), { type: templateType, count: 1 })).rejects.toMatchObject({ status: 'profileTypeExhausted' })
    await approveBatch(site.db, site.ctx(), id, 'all')
    expect((await issue(site.db, orders(), { type: templateType, count: 1 }))[0]?.iccid).toBe(iccid)
    await issue(site.db, orders(), { type: templateType, count: 2 })
  })

  test('the oldest batch in stock is sold first, drafts between them are passed over', async () => {
    const [first, between, second] = [await draft(2), await draft(2), await draft(2)]
    await approveBatch(site.db, site.ctx(), second, 'all')
    await approveBatch(site.db, site.ctx(), first, 'all')
    const taken = (await issue(site.db, orders(), { type: templateType, count: 3 })).map(({ iccid }) => iccid)
    expect(taken).toEqual([...(await iccids(first)), (await iccids(second))[0]])
    await issue(site.db, orders(), { type: templateType, count: 1 })
    await discardBatch(site.db, site.ctx(), between)
  })
})

describe('of two who decide at once', () => {
  test.each(Array.from({ length: 6 }, (_, n) => n))('one wins: approve against discard, round %d', async () => {
    const id = await draft()
    const told = await Promise.all([
      outcome(approveBatch(site.db, site.ctx(), id, 'all')),
      outcome(discardBatch(site.db, site.ctx(bob), id)),
    ])
    expect(told.sort()).toEqual(['done', 'refused'])
    const rows = await site.rowsOf(id)
    expect(rows.profiles).toBe((await stateOf(id)) === 'approved' ? 3 : 0)
    if (rows.profiles) await rollbackBatch(site.db, site.ctx(), id)
  })

  test('two approvals, of all and of the good ones', async () => {
    const id = await draft(4, 2)
    const told = await Promise.all([
      outcome(approveBatch(site.db, site.ctx(), id, 'all')),
      outcome(approveBatch(site.db, site.ctx(bob), id, 'good')),
    ])
    expect(told.sort()).toEqual(['done', 'refused'])
    expect((await site.rowsOf(id)).profiles).toBe((await site.batch(id)).kept)
    await rollbackBatch(site.db, site.ctx(), id)
  })

  test('two roll-backs, two discards', async () => {
    const [stocked, thrown] = [await approved(), await draft()]
    const told = await Promise.all([
      ...[1, 2].map(() => outcome(rollbackBatch(site.db, site.ctx(), stocked))),
      ...[1, 2].map(() => outcome(discardBatch(site.db, site.ctx(), thrown))),
    ])
    expect(told.filter(each => each === 'done')).toHaveLength(2)
  })

  test.each(Array.from({ length: 12 }, (_, n) => n))('a roll-back and an order: round %d leaves the batch whole or gone', async () => {
    const id = await approved(5)
    const [, , iccid] = await iccids(id)
    const ordering = iccid ? () => issue(site.db, orders(), { iccids: [iccid] }) : () => Promise.reject(new Error('nothing'))
    const byType = () => issue(site.db, orders(), { type: templateType, count: 1 })
    const [rolledBack, ordered] = await Promise.all([
      outcome(rollbackBatch(site.db, site.ctx(), id)),
      outcome(Math.random() < 0.5 ? ordering() : byType()),
    ])
    expect([rolledBack, ordered].sort()).toEqual(['done', 'refused'])
    const { profiles, packages } = await site.rowsOf(id)
    expect([profiles, packages]).toEqual(rolledBack === 'done' ? [0, 0] : [5, 5])
    expect(await stateOf(id)).toBe(rolledBack === 'done' ? 'rolledBack' : 'approved')
    const open = await site.sql(
      'SELECT 1 FROM download_order o LEFT JOIN profile p USING (iccid) WHERE o.closed_at IS NULL AND p.iccid IS NULL',
    )
    expect(open).toEqual([])
    if (profiles) await site.sql(`UPDATE profile SET state = 'Unavailable' WHERE batch_id = $1 AND state = 'Available'`, [id])
  })

  test('a profile that was ordered once keeps its batch, even when the order was cancelled', async () => {
    const id = await approved()
    const [iccid] = await iccids(id)
    if (!iccid) throw new Error('no profile')
    await issue(site.db, orders(), { iccids: [iccid] })
    await expect(rollbackBatch(site.db, site.ctx(), id)).rejects.toThrow(`The profile ${iccid} is Released.`)
    await cancel(site.db, orders(), { iccid, finalProfileStatusIndicator: 'Available' })
    await expect(rollbackBatch(site.db, site.ctx(), id)).rejects.toThrow(`The profile ${iccid} was ordered before.`)
    expect((await site.rowsOf(id)).profiles).toBe(3)
    await issue(site.db, orders(), { iccids: await iccids(id) })
  })

  test('profiles that were retired without an order go with their batch', async () => {
    const id = await approved()
    await site.sql(`UPDATE profile SET state = 'Unavailable' WHERE batch_id = $1`, [id])
    await rollbackBatch(site.db, site.ctx(), id)
    expect((await site.rowsOf(id)).profiles).toBe(0)
  })
})

describe('where a second person approves', () => {
  beforeAll(async () => {
    for (const { name } of [ann, bob])
      await site.sql(`INSERT INTO account (email, role, password_hash, created_by) VALUES ($1, 'administrator', 'x', 'test')`, [name])
    expect(await requireApproval(site.db, ann, 'batch:approve', true)).toEqual({ state: 'on' })
  })

  test('the first one asks, and only another one approves: with it the batch is stock', async () => {
    const id = await draft()
    const asked = await approveBatch(site.db, site.ctx(ann), id, 'all')
    expect(asked).toMatchObject({ state: 'waiting' })
    expect(await approveBatch(site.db, site.ctx(ann), id, 'all')).toEqual(asked)
    expect(await site.batch(id)).toMatchObject({
      state: 'draft',
      waiting: true,
      request: { requestedBy: ann.name, detail: { how: 'all' } },
    })
    if (asked.state !== 'waiting') throw new Error('not waiting')
    await expect(decideBatchApproval(site.db, site.ctx(ann), asked.approvalId, 'approved')).rejects.toThrow('takes a second person')
    await expect(approveBatch(site.db, site.ctx(bob), id, 'good')).rejects.toThrow('ann@example.com asked to approve all rows')
    expect(await approveBatch(site.db, site.ctx(bob), id, 'all')).toEqual({ state: 'approved' })
    expect(await site.batch(id)).toMatchObject({ state: 'approved', decidedBy: bob.name, waiting: false })
  })

  test('the command line may ask, and never approve', async () => {
    const id = await draft()
    expect(await approveBatch(site.db, site.ctx(terminal), id, 'good')).toMatchObject({ state: 'waiting' })
    await decideBatchApproval(site.db, site.ctx(ann), (await openApproval(site.db, 'batch:approve', id))?.id ?? '', 'approved')
    expect(await stateOf(id)).toBe('approved')
    const other = await draft()
    await approveBatch(site.db, site.ctx(ann), other, 'good')
    await expect(approveBatch(site.db, site.ctx(terminal), other, 'good')).rejects.toThrow('not from the command line')
    expect(await stateOf(other)).toBe('draft')
  })

  test('a declined batch stays a draft; to decide again is no more than once', async () => {
    const id = await draft()
    const asked = await approveBatch(site.db, site.ctx(ann), id, 'all')
    if (asked.state !== 'waiting') throw new Error('not waiting')
    await decideBatchApproval(site.db, site.ctx(bob), asked.approvalId, 'declined')
    expect(await site.batch(id)).toMatchObject({ state: 'draft', waiting: false })
    await expect(decideBatchApproval(site.db, site.ctx(bob), asked.approvalId, 'approved')).rejects.toThrow('declined this already')
  })

  test('a request is void once the batch is checked again or discarded', async () => {
    const id = await draft()
    await approveBatch(site.db, site.ctx(ann), id, 'all')
    await startCheck(site.db, site.ctx(ann), id)
    await batchChecker().idle()
    expect(await openApproval(site.db, 'batch:approve', id)).toBeUndefined()
    await approveBatch(site.db, site.ctx(ann), id, 'all')
    await discardBatch(site.db, site.ctx(ann), id)
    expect(await openApproval(site.db, 'batch:approve', id)).toBeUndefined()
  })

  test('of several second persons at once one approves', async () => {
    const id = await draft()
    const asked = await approveBatch(site.db, site.ctx(ann), id, 'all')
    if (asked.state !== 'waiting') throw new Error('not waiting')
    const told = await Promise.all([
      outcome(approveBatch(site.db, site.ctx(bob), id, 'all')),
      outcome(decideBatchApproval(site.db, site.ctx(bob), asked.approvalId, 'approved')),
      outcome(decideBatchApproval(site.db, site.ctx(bob), asked.approvalId, 'declined')),
    ])
    expect(told.filter(each => each === 'done')).toHaveLength(1)
    expect(['approved', 'draft']).toContain(await stateOf(id))
  })

  test('whoever may not decide about batches may not be the second person', async () => {
    const id = await draft()
    const asked = await approveBatch(site.db, site.ctx(ann), id, 'all')
    if (asked.state !== 'waiting') throw new Error('not waiting')
    await expect(
      decideBatchApproval(site.db, site.ctx({ ...bob, role: 'nobody' as 'operator' }), asked.approvalId, 'approved'),
    ).rejects.toThrow(NotAllowed)
  })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { Iccid } from '@/lib/rsp/identifiers'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { BindManyInput, bindRows } from './bind-many'
import { issue } from './issue'

const eids = ['89049032123451234512345678901235', '89049032123451234512345678901332']

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

test('pairs are bound one by one: stock is reserved, open orders become the device’s, what cannot be is told; twice is as good as once', async () => {
  const [free, open] = [Iccid.parse((await lab.addProfile()).iccid), Iccid.parse((await lab.addProfile()).iccid)]
  const ctx = await lab.orderContext()
  await issue(lab.db, ctx, { iccids: [open] })
  const { rows } = BindManyInput.parse({
    rows: [
      { iccid: free, eid: eids[0], reference: 'CRM 1' },
      { iccid: open, eid: eids[1] },
      { iccid: '8999999999999999999', eid: eids[0] },
    ],
  })
  const told = { done: 0, failed: 0, failures: [] as unknown }
  const report = {
    total: () => {},
    done: () => void told.done++,
    failed: () => void told.failed++,
    result: (result: object) => void Object.assign(told, result),
    cancelled: async () => false,
  }
  const context = {
    db: lab.db,
    vault: lab.vault,
    dataDir: '/',
    now: () => lab.now,
    actor: ctx.actor,
    addresses: { smdpAddress: '', customerUrl: '' },
  }
  await bindRows.perform(context, { rows }, report)
  await bindRows.perform(context, { rows }, report)
  expect(told).toMatchObject({ done: 4, failed: 2, failures: ['8999999999999999999 is not in stock.'] })
  expect(await lab.profile(free)).toMatchObject({ state: 'Linked' })
  expect(await lab.profile(open)).toMatchObject({ state: 'Released' })
  const orders = await lab.sql('SELECT eid, reference FROM download_order WHERE iccid = ANY ($1) ORDER BY created_at, iccid', [
    [free, open],
  ])
  expect(orders).toHaveLength(2)
  expect(orders).toEqual(
    expect.arrayContaining([
      { eid: eids[0], reference: 'CRM 1' },
      { eid: eids[1], reference: null },
    ]),
  )
})

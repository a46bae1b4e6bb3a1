import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { transaction } from '@/lib/db/pool'
import { confirmOrder } from '@/lib/orders/confirm-order'
import type { OrderContext } from '@/lib/orders/context'
import { downloadOrder } from '@/lib/orders/download-order'
import { startMessenger } from '@/lib/partners/messages/messenger'
import { addPartner } from '@/lib/partners/partner'
import { type Receiver, startReceiver } from '@/lib/partners/testing/receiver'
import { addWebhook } from '@/lib/partners/webhooks/webhook'
import { actor, address, Laboratory } from '@/lib/smdp/testing/laboratory'

vi.setConfig({ testTimeout: 60_000 })

const soon = 20_000
let lab: Laboratory
let receiver: Receiver
let stop: () => Promise<void>
let ordering: OrderContext
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())
beforeEach(async () => {
  lab.now = new Date()
  receiver = await startReceiver()
  const ctx = { actor, now: lab.now, vault: lab.vault }
  const input = { name: 'bss', identifier: 'bss', allTypes: true, callback: { url: receiver.url } }
  const { id } = await addPartner(lab.db, ctx, input, [{ fingerprint: randomBytes(32).toString('hex') }])
  ordering = { ...lab.orderContext(), partner: { id, allTypes: true, typeIds: [] } }
  const identity = async () => ({ tls: undefined, requester: '2.999.10' })
  stop = startMessenger({ db: lab.db, vault: lab.vault, identity, timing: { lookMs: 20, graceMs: 500 } })
})
afterEach(async () => {
  await stop()
  await receiver.close()
  await lab.sql('TRUNCATE endpoint, partner CASCADE')
})

/** A profile that the partner has ordered and released. */
async function ordered(confirmationCode?: string) {
  const { iccid } = await lab.addProfile()
  const confirmed = await transaction(lab.db, async tx => {
    await downloadOrder(tx, ordering, { iccid })
    return confirmOrder(tx, ordering, { iccid, releaseFlag: true, ...(confirmationCode ? { confirmationCode } : {}) })
  })
  return { iccid, activationCode: `LPA:1$${address}$${confirmed.matchingId}${confirmationCode ? '$$1' : ''}` }
}

const told = () =>
  receiver
    .taken()
    .map(({ json }) => [json.notificationPointId, (json.notificationPointStatus as { status: string }).status.replace('Executed-', '')])
const isTold = (expected: unknown[]) => vi.waitFor(() => expect(told()).toEqual(expected), soon)

test('a clean download tells points 1, 3, 4, in order, at a receiver that fails its first calls', async () => {
  let calls = 0
  receiver.answer = () => (++calls <= 2 ? 500 : 204)
  const { iccid, activationCode } = await ordered()
  await lab.phone().download({ activationCode })
  await isTold([
    [1, 'Success'],
    [3, 'Success'],
    [4, 'Success'],
  ])
  const { json } = receiver.taken()[2] ?? {}
  expect(json).toMatchObject({
    iccid,
    profileType: 'test',
    eid: expect.stringMatching(/^[0-9]{32}$/),
    timestamp: expect.stringMatching(/Z$/),
  })
  // §5.3.5: the whole ProfileInstallationResult.
  expect(Buffer.from(String(json?.resultData), 'base64').subarray(0, 2).toString('hex')).toBe('bf37')
})

test('a wrong code is told by point 2, within one session or with another one before the download', async () => {
  const typed = await ordered('12345678')
  await lab.phone().download({ activationCode: typed.activationCode, confirmationCode: attempt => (attempt === 1 ? '0000' : '12345678') })
  await isTold([
    [1, 'Success'],
    [2, 'Failed'],
    [3, 'Success'],
    [4, 'Success'],
  ])
  receiver.requests.length = 0
  const again = await ordered('12345678')
  await expect(lab.phone().download({ activationCode: again.activationCode, confirmationCode: '0000' })).rejects.toThrow()
  await lab.phone().download({ activationCode: again.activationCode, confirmationCode: '12345678' })
  await vi.waitFor(() => expect(told().at(-1)).toEqual([4, 'Success']), soon)
  expect(told().map(([point]) => point)).toEqual([1, 2, 1, 3, 4])
})

test('what the phone does with the profile later is told to its partner, and nothing of what staff issued', async () => {
  const { iccid, activationCode } = await ordered()
  const phone = lab.phone()
  await phone.download({ activationCode })
  const staff = await lab.issued()
  await lab.phone().download({ activationCode: staff.activationCode })
  phone.enable(iccid)
  phone.disable(iccid)
  phone.deleteProfile(iccid)
  await phone.sendNotifications()
  await vi.waitFor(() => expect(told().map(([point]) => point)).toEqual([1, 3, 4, 101, 102, 5]), soon)
  expect(new Set(receiver.requests.map(({ json }) => json.iccid))).toEqual(new Set([iccid]))
})

test('a webhook is told of the whole life of an order, staff’s too', async () => {
  await addWebhook(lab.db, { actor, now: lab.now, vault: lab.vault }, { url: `http://127.0.0.1:${receiver.port}/shop` })
  const staff = await lab.issued()
  await lab.phone().download({ activationCode: staff.activationCode })
  const other = await lab.issued()
  await lab.cancelled(other.iccid, 'Available')
  const events = (iccid: string) =>
    receiver.taken().flatMap(({ path, json }) => {
      const data = json.data as { iccid: string } | null
      return path === '/shop' && data?.iccid === iccid ? [json.event] : []
    })
  await vi.waitFor(() => expect(events(other.iccid)).toContain('order.cancelled'), soon)
  expect(events(other.iccid)).toEqual(['order.created', 'order.confirmed', 'order.released', 'order.cancelled'])
  await vi.waitFor(() => expect(events(staff.iccid)).toContain('profile.installed'), soon)
  expect(events(staff.iccid)).toEqual([
    'order.created',
    'order.confirmed',
    'order.released',
    'profile.eligibility',
    'profile.downloaded',
    'profile.installed',
  ])
  expect(JSON.stringify(receiver.requests)).not.toContain(staff.matchingId)
})

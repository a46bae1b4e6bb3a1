import { afterAll, beforeAll, expect, test } from 'vitest'
import { FormError } from '@/lib/form-error'
import { Iccid } from '@/lib/rsp/identifiers'
import { Device } from '@/lib/smdp/testing/device'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { deletedOnPhone, goodLinks, moved, onPhone, ordersOf } from '@/lib/smdp/testing/moved-profiles'
import { EVENT, installationResult, otherNotification } from '@/lib/smdp/testing/notifications'
import { moveVerdict } from './move'
import { replaceProfile } from './replace'
import { returnToStock, returnVerdict } from './return-to-stock'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addType({ name: 'returns', returnsToStock: 'afterDeletion' })
})
afterAll(() => lab.close())

const goBack = (iccid: string) => returnToStock(lab.db, lab.orderContext(), { iccid: Iccid.parse(iccid) })
const refused = (iccid: string) =>
  goBack(iccid).then(
    () => 'back',
    error => (error instanceof FormError ? error.message : Promise.reject(error)),
  )

test('a profile that its eUICC has deleted becomes stock again, for anybody, where its type says so', async () => {
  const { iccid, card } = await deletedOnPhone(lab, { type: 'returns' })
  expect(await returnVerdict(lab.db, iccid)).toMatchObject({ allowed: true })
  await goBack(iccid)
  expect(await lab.profile(iccid)).toMatchObject({ state: 'Available', eid: null, binding_id: null, order_id: null, runtime_state: null })
  expect(await goodLinks(lab, iccid)).toEqual([])
  expect((await lab.events(iccid)).at(-1)).toMatchObject({ kind: 'returnToStock', data: { eid: card.eid } })
  const [next] = await lab.issueAgain(iccid)
  const second = lab.phone()
  expect(await second.download({ activationCode: next?.activationCode ?? '' })).toMatchObject({ outcome: 'installed' })
  expect(await ordersOf(lab, iccid)).toMatchObject([{ reason: 'new' }, { reason: 'new' }])
})

test('never where its type does not, nor while it is on a phone or on its way there', async () => {
  expect(await refused((await deletedOnPhone(lab)).iccid)).toContain('never goes back to stock')
  expect(await refused((await onPhone(lab, { type: 'returns' })).iccid)).toContain('has not reported')
  expect(await refused((await lab.issued({ type: 'returns' })).iccid)).toContain('Only a profile that was installed')
  expect(await refused((await lab.addProfile({ type: 'returns' })).iccid)).toContain('Only a profile that was installed')
})

test('a deletion of another eUICC does not count', async () => {
  const { iccid } = await onPhone(lab, { type: 'returns' })
  const stranger = new Device(lab)
  await stranger.notify(otherNotification(stranger, { sequenceNumber: 99, event: EVENT.delete, iccid }))
  expect(await refused(iccid)).toContain('has not reported')
})

test('one that took another’s place stays that customer’s', async () => {
  const { iccid } = await onPhone(lab, { type: 'returns' })
  await lab.addProfile({ type: 'returns' })
  const issued = await replaceProfile(lab.db, lab.orderContext(), { iccid, reason: 'lost' })
  const phone = lab.phone()
  await phone.download({ activationCode: issued.activationCode })
  phone.deleteProfile(issued.iccid)
  await phone.sendNotifications()
  expect(await refused(issued.iccid)).toContain('as that customer’s')
})

test('the next customer’s moves are counted from the beginning', async () => {
  const { iccid } = await deletedOnPhone(lab, { type: 'returns' })
  const next = await moved(lab, iccid)
  const phone = lab.phone()
  await phone.download({ activationCode: next.activationCode })
  phone.deleteProfile(iccid)
  await phone.sendNotifications()
  expect((await moveVerdict(lab.db, iccid, lab.now)).facts.reissues).toBe(1)
  await goBack(iccid)
  lab.now = new Date(lab.now.getTime() + 1_000)
  await lab.issueAgain(iccid)
  expect((await moveVerdict(lab.db, iccid, lab.now)).facts).toMatchObject({ reissues: 0, installedEid: null })
  expect(await lab.cancelled(iccid, 'Available')).toBe('Available')
})

test('at once with a move: one of them', async () => {
  for (let round = 0; round < 4; round++) {
    const { iccid } = await deletedOnPhone(lab, { type: 'returns' })
    const results = await Promise.allSettled([goBack(iccid), moved(lab, iccid)])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(['Available', 'Released']).toContain((await lab.profile(iccid))?.state)
  }
})

test('the phone that had it tells nothing that counts for the next customer', async () => {
  const { iccid, matchingId } = await lab.issued({ type: 'returns' })
  const device = new Device(lab)
  await device.downloaded(matchingId)
  await device.notify(installationResult(device, { iccid, sequenceNumber: 1 }))
  await device.notify(otherNotification(device, { sequenceNumber: 2, event: EVENT.delete, iccid }))
  await goBack(iccid)
  const [next] = await lab.issueAgain(iccid)
  const second = lab.phone()
  await second.download({ activationCode: next?.activationCode ?? '' })
  await device.notify(otherNotification(device, { sequenceNumber: 3, event: EVENT.delete, iccid }))
  expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', eid: second.euicc.card.eid, runtime_state: null })
})

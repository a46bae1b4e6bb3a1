import { afterAll, beforeAll, expect, test } from 'vitest'
import { FormError } from '@/lib/form-error'
import { moveVerdict } from '@/lib/orders/reuse/move'
import { Device, verdictOf } from '@/lib/smdp/testing/device'
import { actor, Laboratory } from '@/lib/smdp/testing/laboratory'
import { deletedOnPhone, move, moved, verdictsOf } from '@/lib/smdp/testing/moved-profiles'
import { EVENT, installationResult, otherNotification } from '@/lib/smdp/testing/notifications'
import { eraseSubscriber } from './erase-subscriber'

let lab: Laboratory

beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addType({ name: 'same', reuseDevice: 'same' })
})
afterAll(() => lab.close())

const erase = (iccid: string) => eraseSubscriber(lab.db, actor, { by: 'iccid', value: iccid })

/** A code for the next phone, or the sentence that says why there is none; a fault of ours is neither. */
const asked = (iccid: string) =>
  move(lab, iccid).then(
    () => 'a code',
    error => (error instanceof FormError ? error.message : Promise.reject(error)),
  )

test('what an erased device still sends is taken and changes nothing; its old code is refused as any other that is used', async () => {
  const { iccid, matchingId } = await lab.issued()
  const device = new Device(lab)
  await device.downloaded(matchingId)
  const installed = installationResult(device, { sequenceNumber: 1, iccid })
  const deleted = otherNotification(device, { sequenceNumber: 2, event: EVENT.delete, iccid })
  for (const notification of [installed, deleted]) await device.notify(notification)
  await erase(iccid)
  const before = await lab.profile(iccid)
  const count = await lab.count('notification')
  for (const notification of [installed, deleted]) expect((await device.notify(notification)).status).toBe(204)
  expect(await lab.count('notification')).toBe(count)
  const late = otherNotification(device, { sequenceNumber: 3, event: EVENT.enable, iccid })
  expect((await device.notify(late)).status).toBe(204)
  expect(await lab.profile(iccid)).toEqual(before)
  expect((await verdictsOf(lab, iccid)).at(-1)).toBe('the profile is not on this eUICC')
  expect(verdictOf(await device.authenticate(matchingId))).toBe('8.2.6/3.8')
})

test('a profile that any device may have moves on to the next phone', async () => {
  const { iccid } = await deletedOnPhone(lab)
  await erase(iccid)
  const next = await moved(lab, iccid)
  expect(await lab.phone().download({ activationCode: next.activationCode })).toMatchObject({ outcome: 'installed' })
})

test('a profile that only the same device may have is answered in words, though nobody knows any more which that was', async () => {
  const { iccid, phone } = await deletedOnPhone(lab, { type: 'same' })
  lab.now = new Date(lab.now.getTime() + 1_000)
  const again = await moved(lab, iccid)
  await phone.download({ activationCode: again.activationCode })
  phone.deleteProfile(iccid)
  await phone.sendNotifications()
  await erase(iccid)
  expect(JSON.stringify(await moveVerdict(lab.db, iccid, lab.now))).not.toContain('erased:')
  expect(await asked(iccid)).toContain('which that was has been erased')
})

test('a profile that only the same device may have is answered in words when that device was its first', async () => {
  const { iccid } = await deletedOnPhone(lab, { type: 'same' })
  await erase(iccid)
  expect(await asked(iccid)).toContain('which that was has been erased')
  const next = await moved(lab, iccid, { pastPolicy: { reason: 'The customer came back.' } })
  expect(await lab.phone().download({ activationCode: next.activationCode })).toMatchObject({ outcome: 'installed' })
})

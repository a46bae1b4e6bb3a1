import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NotAllowed } from '@/lib/accounts/actor'
import { FormError } from '@/lib/form-error'
import { Eid, Iccid } from '@/lib/rsp/identifiers'
import { Device, verdictOf } from '@/lib/smdp/testing/device'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { changeType, deletedOnPhone, goodLinks, move, moved, onPhone, ordersOf, verdictsOf } from '@/lib/smdp/testing/moved-profiles'
import { EVENT, installationResult, otherNotification } from '@/lib/smdp/testing/notifications'
import { bind, unbind } from '../bind'
import { issue } from '../issue'
import { moveToNewPhone, moveVerdict } from './move'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addType({ name: 'same', reuseDevice: 'same' })
  await lab.addType({ name: 'once', reuseDevice: 'none' })
  await lab.addType({ name: 'free', reuseAfterDeletion: false, reuseLimit: null })
  await lab.addType({ name: 'twice', reuseLimit: 2 })
  await lab.addType({ name: 'slow', reuseWaitHours: 24 })
})
afterAll(() => lab.close())

const hourMs = 3_600_000
const refused = (iccid: string, more: Parameters<typeof move>[2] = {}) =>
  move(lab, iccid, more).then(
    () => 'moved',
    error => (error instanceof FormError ? error.message : Promise.reject(error)),
  )
/** Installs on a device of which each message can be sent by hand. */
async function installed(type = 'free') {
  const { iccid, matchingId, orderId } = await lab.issued({ type })
  const device = new Device(lab)
  const bound = await device.downloaded(matchingId)
  const result = installationResult(device, { sequenceNumber: 10, iccid })
  await device.notify(result)
  return { iccid, matchingId, orderId, device, bound, result }
}

describe('a profile that its phone has deleted', () => {
  test('gets a code for the next phone, and goes there', async () => {
    const { iccid, page, orderId, matchingId, card } = await deletedOnPhone(lab)
    const next = await moved(lab, iccid)
    expect(next).toMatchObject({ iccid, state: 'Released', activationCode: expect.stringContaining(next.matchingId) })
    expect(next.matchingId).not.toBe(matchingId)
    expect(next.page).not.toBe(page)
    expect(await goodLinks(lab, iccid)).toEqual([next.orderId])
    expect(next.orderId).not.toBe(orderId)
    const second = lab.phone()
    expect(await second.download({ activationCode: next.activationCode })).toMatchObject({ outcome: 'installed' })
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', eid: second.euicc.card.eid, runtime_state: null })
    expect(await ordersOf(lab, iccid)).toMatchObject([
      { reason: 'new', outcome: 'installed' },
      { reason: 'reissue', outcome: 'installed', eid: null },
    ])
    expect((await lab.events(iccid)).find(({ kind }) => kind === 'reissue')).toMatchObject({
      data: { eid: card.eid, from: 'Installed', deletedAt: lab.now.toISOString() },
    })
  })

  test('the next order is the same customer’s: e-mail, reference and language go with it, unless said otherwise', async () => {
    const { iccid } = await lab.addProfile()
    const customer = { customerEmail: 'kim@example.com', reference: 'A-17', language: 'de' } as const
    const [first] = await issue(lab.db, lab.orderContext(), { iccids: [iccid], ...customer })
    const phone = lab.phone()
    await phone.download({ activationCode: first?.activationCode ?? '' })
    phone.deleteProfile(iccid)
    await phone.sendNotifications()
    await moved(lab, iccid)
    expect((await ordersOf(lab, iccid))[1]).toMatchObject({ customer_email: 'kim@example.com', reference: 'A-17', language: 'de' })
  })

  test('is not seen in stock in between, and its audit row says who moved it', async () => {
    const { iccid, card } = await deletedOnPhone(lab)
    const next = await moved(lab, iccid)
    const [row] = await lab.sql(`SELECT actor, detail FROM audit WHERE target = $1 AND action = 'order:reissue'`, [iccid])
    expect(row).toMatchObject({ actor: 'cli:test', detail: { orderId: next.orderId, fromEid: { digest: expect.any(String) } } })
    expect(JSON.stringify(row)).not.toContain(card.eid)
    expect(JSON.stringify(row)).not.toContain(next.matchingId)
    expect(await lab.sql('SELECT 1 FROM audit WHERE target = $1 AND action = $2', [iccid, 'order:issue'])).toHaveLength(1)
  })

  test('who may not, does not', async () => {
    const nobody = { ...lab.orderContext(), actor: { kind: 'account' as const, name: 'x@example.com', role: 'nobody' as 'operator' } }
    expect(() => moveToNewPhone(lab.db, nobody, { iccid: Iccid.parse('8999991200000000019') })).toThrow(NotAllowed)
  })
})

describe('the policy of its type', () => {
  test('deletion must have been reported', async () => {
    const { iccid, phone } = await onPhone(lab)
    const before = await lab.fingerprint()
    expect(await refused(iccid)).toContain('has not reported that it deleted the profile')
    expect(await lab.fingerprint()).toEqual(before)
    expect(await moveVerdict(lab.db, iccid, lab.now)).toMatchObject({ verdict: { allowed: false }, facts: { deletedAt: null } })
    phone.deleteProfile(iccid)
    await phone.sendNotifications()
    expect((await moveVerdict(lab.db, iccid, lab.now)).verdict.allowed).toBe(true)
    expect(await refused(iccid)).toBe('moved')
  })

  test('the deletion counts only from the eUICC on which the profile is', async () => {
    const { iccid } = await installed('test')
    const stranger = new Device(lab)
    expect((await stranger.notify(otherNotification(stranger, { sequenceNumber: 99, event: EVENT.delete, iccid }))).status).toBe(204)
    expect(await refused(iccid)).toContain('has not reported that it deleted the profile')
    expect(await verdictsOf(lab, iccid)).toEqual(['applied', 'the profile is not on this eUICC'])
  })

  test('the same eUICC: the order is for it alone, and another one is turned away', async () => {
    const { iccid, card, phone } = await deletedOnPhone(lab, { type: 'same' })
    const next = await moved(lab, iccid)
    expect((await ordersOf(lab, iccid))[1]).toMatchObject({ eid: card.eid })
    await expect(lab.phone().download({ activationCode: next.activationCode })).rejects.toThrow()
    expect(await phone.download({ activationCode: next.activationCode })).toMatchObject({ outcome: 'installed' })
  })

  test('the same eUICC: another EID is refused', async () => {
    const { iccid } = await deletedOnPhone(lab, { type: 'same' })
    expect(await refused(iccid, { eid: Eid.parse(lab.card().eid) })).toContain('another EID was given')
  })

  test('the same eUICC: binding the order does not make it another one’s, unless it was moved past the policy', async () => {
    const { iccid, card } = await deletedOnPhone(lab, { type: 'same' })
    const next = await moved(lab, iccid)
    const other = Eid.parse(lab.card().eid)
    await expect(bind(lab.db, lab.orderContext(), { iccid, eid: other })).rejects.toThrow('only the eUICC that had this profile')
    await expect(unbind(lab.db, lab.orderContext(), { iccid })).rejects.toThrow('only the eUICC that had this profile')
    await moved(lab, iccid, { insteadOf: next.orderId, pastPolicy: { reason: 'Another machine takes its place.' } })
    await bind(lab.db, lab.orderContext(), { iccid, eid: other })
    await bind(lab.db, lab.orderContext(), { iccid, eid: Eid.parse(card.eid) })
    expect((await ordersOf(lab, iccid)).at(-1)).toMatchObject({ eid: card.eid })
  })

  test('any eUICC, tied to one that was named', async () => {
    const { iccid } = await deletedOnPhone(lab)
    const second = lab.phone()
    const next = await moved(lab, iccid, { eid: Eid.parse(second.euicc.card.eid) })
    await expect(lab.phone().download({ activationCode: next.activationCode })).rejects.toThrow()
    expect(await second.download({ activationCode: next.activationCode })).toMatchObject({ outcome: 'installed' })
  })

  test('no eUICC', async () => {
    const { iccid } = await deletedOnPhone(lab, { type: 'once' })
    expect(await refused(iccid)).toContain('downloaded once')
  })

  test('so many times and no more, whatever was cancelled in between', async () => {
    const { iccid } = await deletedOnPhone(lab, { type: 'twice' })
    for (const time of [1, 2]) {
      const unused = await moved(lab, iccid)
      const next = await moved(lab, iccid, { insteadOf: unused.orderId })
      const phone = lab.phone()
      await phone.download({ activationCode: next.activationCode })
      phone.deleteProfile(iccid)
      await phone.sendNotifications()
      expect((await moveVerdict(lab.db, iccid, lab.now)).facts.reissues).toBe(time)
    }
    expect(await refused(iccid)).toContain('has moved 2 times')
  })

  test('so long after the order before', async () => {
    const { iccid } = await deletedOnPhone(lab, { type: 'slow' })
    expect(await refused(iccid)).toContain('24 hours are left')
    const today = lab.now
    lab.now = new Date(today.getTime() + 24 * hourMs)
    expect(await refused(iccid)).toBe('moved')
    lab.now = today
  })

  test('what the type says now counts, not what it said when the profile was issued', async () => {
    await lab.addType({ name: 'changing' })
    const { iccid } = await onPhone(lab, { type: 'changing' })
    expect((await moveVerdict(lab.db, iccid, lab.now)).verdict.allowed).toBe(false)
    await changeType(lab, 'changing', { reuseAfterDeletion: false })
    expect((await moveVerdict(lab.db, iccid, lab.now)).verdict.allowed).toBe(true)
  })
})

describe('states', () => {
  test('in stock, issued, downloaded or out of use, nothing moves, past the policy neither', async () => {
    const { iccid: inStock } = await lab.addProfile()
    const { iccid: issued } = await lab.issued()
    const { iccid: downloaded, matchingId } = await lab.issued()
    await new Device(lab).downloaded(matchingId)
    const { iccid: gone } = await lab.issued()
    await lab.cancelled(gone, 'Unavailable')
    const pastPolicy = { reason: 'the customer says so' }
    expect(await refused(inStock, { pastPolicy })).toContain('in stock')
    expect(await refused(issued, { pastPolicy })).toContain('no phone has used')
    expect(await refused(downloaded, { pastPolicy })).toContain('has taken the package')
    expect(await refused(gone, { pastPolicy })).toContain('out of use')
  })

  test('Error, the package had left the server and the eUICC said that it failed: nothing to delete, it moves', async () => {
    const { iccid, matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.downloaded(matchingId)
    await device.notify(installationResult(device, { errorReason: 1, iccid }))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error', eid: device.euicc.card.eid })
    await expect(lab.cancelled(iccid, 'Available')).rejects.toMatchObject({ status: 'iccidInUse' })
    const next = await moved(lab, iccid)
    expect(await lab.phone().download({ activationCode: next.activationCode })).toMatchObject({ outcome: 'installed' })
  })

  test('Error, the order ended after the package had left and nobody knows what became of it: a deletion is missing', async () => {
    await lab.addType({ name: 'one try', downloadLimit: 1 })
    const { iccid, matchingId } = await lab.issued({ type: 'one try' })
    const device = new Device(lab)
    await device.downloaded(matchingId)
    await device.authenticate(matchingId)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error' })
    expect(await refused(iccid)).toContain('has not reported that it deleted the profile')
  })

  test('Error of a move that no phone got through: the policy looks at the phone before', async () => {
    await lab.addType({ name: 'mistyped', reuseDevice: 'same', confirmationLimit: 1 })
    const { iccid, card } = await deletedOnPhone(lab, { type: 'mistyped' })
    const next = await moved(lab, iccid, { confirmationCode: '4711' })
    const device = new Device(lab, card)
    await device.authenticate(next.matchingId)
    await device.fetch({ confirmationCode: 'wrong' })
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error' })
    expect((await moveVerdict(lab.db, iccid, lab.now)).facts).toMatchObject({ installedEid: card.eid, deletedAt: lab.now })
    await moved(lab, iccid)
    expect((await ordersOf(lab, iccid)).at(-1)).toMatchObject({ eid: card.eid })
  })
})

describe('the first phone, after the move', () => {
  test('cannot use the old code again (8.2.6/3.8)', async () => {
    const { iccid, matchingId, device } = await installed()
    await moved(lab, iccid)
    expect(verdictOf(await device.authenticate(matchingId))).toBe('8.2.6/3.8')
    const phone = lab.phone(device.card)
    await expect(phone.download({ smdpAddress: 'smdp.example.com', matchingId })).rejects.toThrow()
  })

  test('does not get the package again in the session that it had (the same request, and a new one)', async () => {
    const { iccid, matchingId } = await lab.issued({ type: 'free' })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const request = device.prepare()
    expect(verdictOf(await device.sendPrepared(request))).toBe('Executed-Success')
    await device.notify(installationResult(device, { iccid }))
    const next = await moved(lab, iccid)
    for (let tries = 0; tries < 2; tries++) expect(verdictOf(await device.sendPrepared(request))).not.toBe('Executed-Success')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released', eid: null, binding_id: null, order_id: next.orderId })
  })

  test('in a session that was authenticated and not yet served, of a download that failed, gets nothing', async () => {
    const { iccid, matchingId } = await lab.issued({ type: 'free' })
    const device = new Device(lab)
    await device.downloaded(matchingId)
    const failure = installationResult(device, { errorReason: 1, iccid })
    await device.authenticate(matchingId)
    const request = device.prepare()
    await device.notify(failure)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error' })
    await moved(lab, iccid)
    expect(verdictOf(await device.sendPrepared(request))).not.toBe('Executed-Success')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released', eid: null })
  })

  test('its late installation result and notifications are kept and change nothing of the new order', async () => {
    const { iccid, matchingId } = await lab.issued({ type: 'free' })
    const device = new Device(lab)
    await device.downloaded(matchingId)
    await device.notify(installationResult(device, { errorReason: 1, iccid, sequenceNumber: 4 }))
    const next = await moved(lab, iccid)
    const before = await lab.profile(iccid)
    const late = [
      installationResult(device, { iccid, sequenceNumber: 5 }),
      otherNotification(device, { sequenceNumber: 6, event: EVENT.enable, iccid }),
      otherNotification(device, { sequenceNumber: 7, event: EVENT.delete, iccid }),
    ]
    for (const notification of late) expect((await device.notify(notification)).status).toBe(204)
    expect(await lab.profile(iccid)).toEqual(before)
    const second = new Device(lab)
    await second.downloaded(next.matchingId)
    const taken = await lab.profile(iccid)
    for (const notification of [
      otherNotification(device, { sequenceNumber: 8, event: EVENT.delete, iccid }),
      installationResult(device, { iccid, sequenceNumber: 9, errorReason: 1 }),
    ])
      expect((await device.notify(notification)).status).toBe(204)
    expect(await lab.profile(iccid)).toEqual(taken)
    await second.notify(installationResult(second, { iccid }))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', eid: second.euicc.card.eid, runtime_state: null })
    expect(await lab.order(next.orderId)).toMatchObject({ outcome: 'installed' })
    expect((await verdictsOf(lab, iccid)).filter(verdict => verdict !== 'applied')).toEqual([
      'order closed',
      'the profile is not on this eUICC',
      'the profile is not on this eUICC',
      'the profile is not on this eUICC',
      'order closed',
    ])
  })

  test('its deletion of the first installation, arriving after it took the profile again, says nothing of the second', async () => {
    const { iccid, device } = await installed()
    const late = otherNotification(device, { sequenceNumber: 11, event: EVENT.delete, iccid })
    const next = await moved(lab, iccid)
    await device.downloaded(next.matchingId)
    await device.notify(late)
    await device.notify(installationResult(device, { sequenceNumber: 12, iccid }))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', runtime_state: null })
    await device.notify(otherNotification(device, { sequenceNumber: 13, event: EVENT.delete, iccid }))
    expect(await lab.profile(iccid)).toMatchObject({ runtime_state: 'Deleted' })
  })
})

describe('the code of a move that no phone has used', () => {
  test('stays the one: a second move is told of it, and makes another only in its place', async () => {
    const { iccid } = await deletedOnPhone(lab)
    const first = await moved(lab, iccid)
    expect(await refused(iccid)).toContain('no phone has used')
    expect((await moveVerdict(lab.db, iccid, lab.now)).openMove).toMatchObject({ orderId: first.orderId, verdict: { allowed: true } })
    const second = await moved(lab, iccid, { insteadOf: first.orderId })
    expect(await lab.order(first.orderId)).toMatchObject({ outcome: 'cancelled' })
    expect(await goodLinks(lab, iccid)).toEqual([second.orderId])
    await expect(lab.phone().download({ activationCode: first.activationCode })).rejects.toThrow()
    expect(await refused(iccid, { insteadOf: first.orderId })).toContain('used or cancelled')
    expect(await lab.phone().download({ activationCode: second.activationCode })).toMatchObject({ outcome: 'installed' })
  })

  test('is not made anew once a phone has taken the package', async () => {
    const { iccid } = await deletedOnPhone(lab)
    const next = await moved(lab, iccid)
    await new Device(lab).downloaded(next.matchingId)
    expect(await refused(iccid, { insteadOf: next.orderId })).toContain('used or cancelled')
  })

  test('the first order of a customer is none of these', async () => {
    const { iccid, orderId } = await lab.issued()
    expect(await refused(iccid, { insteadOf: orderId })).toContain('used or cancelled')
    expect((await moveVerdict(lab.db, iccid, lab.now)).openMove).toBeUndefined()
  })

  test('cancelled, its profile does not become somebody else’s: out of use only (8.2.1/3.3)', async () => {
    const { iccid } = await deletedOnPhone(lab)
    await moved(lab, iccid)
    await expect(lab.cancelled(iccid, 'Available')).rejects.toMatchObject({ status: 'iccidInUse' })
    expect(await lab.cancelled(iccid, 'Unavailable')).toBe('Unavailable')
  })
})

describe('at once', () => {
  test('two agents: one moves it, the other hears of the code', async () => {
    const { iccid } = await deletedOnPhone(lab)
    const answers = await Promise.all([refused(iccid), refused(iccid), refused(iccid)])
    expect(answers.filter(answer => answer === 'moved')).toHaveLength(1)
    expect(answers.filter(answer => answer.includes('no phone has used'))).toHaveLength(2)
    expect((await ordersOf(lab, iccid)).filter(({ reason }) => reason === 'reissue')).toHaveLength(1)
  })

  test('a move against the deletion: whichever comes first, the next phone gets the profile once and nothing is Deleted', async () => {
    for (let round = 0; round < 5; round++) {
      const { iccid, device } = await installed('free')
      const deletion = otherNotification(device, { sequenceNumber: 11, event: EVENT.delete, iccid })
      const [next, answer] = await Promise.all([moved(lab, iccid), device.notify(deletion)])
      expect(answer.status).toBe(204)
      expect(await lab.profile(iccid)).toMatchObject({ state: 'Released', runtime_state: null, eid: null, order_id: next.orderId })
      expect(await verdictsOf(lab, iccid)).toHaveLength(2)
    }
  })

  test('a move against the failure that frees it: it moves or says why not, and the new order stands', async () => {
    for (let round = 0; round < 5; round++) {
      const { iccid, matchingId } = await lab.issued({ type: 'free' })
      const device = new Device(lab)
      await device.downloaded(matchingId)
      const failure = installationResult(device, { errorReason: 1, iccid })
      const [answer] = await Promise.all([refused(iccid), device.notify(failure)])
      const state = (await lab.profile(iccid))?.state
      expect(answer === 'moved' ? state === 'Released' : state === 'Error').toBe(true)
    }
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RADAR_KINDS, type RadarKind, radarCounts, radarLines } from '@/lib/db/portal/radar'
import { Iccid } from '@/lib/rsp/identifiers'
import { Device } from '@/lib/smdp/testing/device'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { changeType, deletedOnPhone, moved, onPhone } from '@/lib/smdp/testing/moved-profiles'
import { EVENT, installationResult, otherNotification } from '@/lib/smdp/testing/notifications'
import { replaceProfile } from './replace'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addType({ name: 'free', reuseAfterDeletion: false, reuseLimit: null })
  await lab.addType({ name: 'silent', notifications: [{ events: ['install'] }], reuseAfterDeletion: false })
})
afterAll(() => lab.close())

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** What the radar shows of one profile after some time. */
async function seenAfter(ms: number, iccid: string, kinds: readonly RadarKind[] = RADAR_KINDS) {
  const now = new Date(lab.now.getTime() + ms)
  const pages = await Promise.all(kinds.map(kind => radarLines(lab.db, kind, { now, limit: 1_000 })))
  return pages.flatMap(({ lines }) => lines).filter(line => line.iccid === iccid)
}
const kindsAfter = async (ms: number, iccid: string) => (await seenAfter(ms, iccid)).map(({ kind }) => kind)

const replaced = (iccid: string) =>
  replaceProfile(lab.db, lab.orderContext(), { iccid: Iccid.parse(iccid), reason: 'The phone is broken.' })

/** Installs on a device of which each message can be sent by hand. */
async function installed(type = 'free') {
  const { iccid, matchingId } = await lab.issued({ type })
  const device = new Device(lab)
  await device.downloaded(matchingId)
  await device.notify(installationResult(device, { sequenceNumber: 10, iccid }))
  return { iccid, device }
}

describe('taken, and no word since', () => {
  test('from an hour on until the result comes', async () => {
    const { iccid, matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.downloaded(matchingId)
    expect(await kindsAfter(hourMs - 1, iccid)).toEqual([])
    expect(await seenAfter(hourMs, iccid)).toMatchObject([{ kind: 'noResult', at: lab.now, eid: device.card.eid, type: 'test' }])
    expect(await kindsAfter(31 * dayMs, iccid)).toEqual([])
    await device.notify(installationResult(device, { sequenceNumber: 1, iccid }))
    expect(await kindsAfter(hourMs, iccid)).toEqual([])
  })
})

describe('a confirmation code that is nearly used up', () => {
  test('from the last try but one on, with the phone and the time of the last wrong one', async () => {
    const { iccid, matchingId } = await lab.issued({ confirmationCode: '2468' })
    const device = new Device(lab)
    const type = async (confirmationCode: string) => {
      await device.authenticate(matchingId)
      return device.fetch({ confirmationCode })
    }
    await type('1111')
    expect(await kindsAfter(0, iccid)).toEqual([])
    await type('1112')
    expect(await seenAfter(0, iccid)).toMatchObject([{ kind: 'nearlyUsedUp', left: 1, limit: 3, at: lab.now, eid: device.card.eid }])
    await type('2468')
    expect(await kindsAfter(0, iccid)).toEqual([])
  })
})

describe('installed, and never switched on', () => {
  /** As the one who follows the timeline keeps it. */
  const followed = (iccid: string) =>
    lab.sql(
      `INSERT INTO download_attempt (transaction_id, at, iccid, order_id, type_id, result, ended_at)
        SELECT e.transaction_id, e.at, e.iccid, e.order_id, p.type_id, 'installed', e.at FROM profile_event e JOIN profile p ON p.iccid = e.iccid
        WHERE e.iccid = $1 AND e.kind = 'installationResult'`,
      [iccid],
    )

  test('from a day on until its phone says so', async () => {
    const { iccid, device } = await installed()
    await followed(iccid)
    expect(await kindsAfter(dayMs - 1, iccid)).toEqual([])
    expect(await seenAfter(dayMs, iccid)).toMatchObject([{ kind: 'notEnabled', at: lab.now, eid: device.card.eid, type: 'free' }])
    expect(await kindsAfter(31 * dayMs, iccid)).toEqual([])
    await device.notify(otherNotification(device, { sequenceNumber: 11, event: EVENT.enable, iccid }))
    expect(await kindsAfter(dayMs, iccid)).toEqual([])
  })

  test('not where phones do not report it, nor on the phone before', async () => {
    const silent = await installed('silent')
    await followed(silent.iccid)
    expect(await kindsAfter(dayMs, silent.iccid)).toEqual([])
    const { iccid } = await installed()
    await followed(iccid)
    await moved(lab, iccid)
    expect(await kindsAfter(dayMs, iccid)).toEqual([])
  })
})

describe('an order about to expire', () => {
  test('within three days, in the last quarter of its time, soonest first', async () => {
    const [long, short] = [await lab.issued({ expiresAt: later(30) }), await lab.issued({ expiresAt: later(2) })]
    expect(await kindsAfter(26 * dayMs, long.iccid)).toEqual([])
    expect(await seenAfter(28 * dayMs, long.iccid)).toMatchObject([{ kind: 'expiring', at: later(30), eid: null }])
    expect(await kindsAfter(30 * dayMs, long.iccid)).toEqual([])
    expect(await kindsAfter(dayMs, short.iccid)).toEqual([])
    expect(await kindsAfter(1.5 * dayMs, short.iccid)).toEqual(['expiring'])
  })
  const later = (days: number) => new Date(lab.now.getTime() + days * dayMs)
})

describe('a deletion that is expected and not seen', () => {
  test('moved while the old phone had it: from a day after the new one installed it, until the old one deletes it', async () => {
    const { iccid, device } = await installed()
    const { matchingId } = await moved(lab, iccid)
    expect(await kindsAfter(3 * dayMs, iccid)).toEqual([])
    const next = new Device(lab)
    await next.downloaded(matchingId)
    await next.notify(installationResult(next, { sequenceNumber: 20, iccid }))
    expect(await kindsAfter(dayMs - 1, iccid)).toEqual([])
    expect(await seenAfter(dayMs, iccid)).toMatchObject([{ kind: 'notDeleted', eid: device.card.eid, newIccid: null, at: lab.now }])
    await next.notify(otherNotification(next, { sequenceNumber: 21, event: EVENT.enable, iccid }))
    expect(await kindsAfter(dayMs, iccid)).toEqual(['notDeleted'])
    await device.notify(otherNotification(device, { sequenceNumber: 11, event: EVENT.delete, iccid }))
    expect(await kindsAfter(dayMs, iccid)).toEqual([])
  })

  test('deleted before it moved, or moved to the very same eUICC: nothing is expected', async () => {
    const { iccid } = await deletedOnPhone(lab)
    await lab.phone().download({ activationCode: (await moved(lab, iccid)).activationCode })
    expect(await kindsAfter(2 * dayMs, iccid)).toEqual([])
    const same = await onPhone(lab, { type: 'free' })
    const next = await moved(lab, same.iccid)
    same.phone.deleteProfile(same.iccid)
    await same.phone.download({ activationCode: next.activationCode })
    expect(await kindsAfter(2 * dayMs, same.iccid)).toEqual([])
  })

  test('replaced while it was installed: the old one is shown with what took its place, until its phone deletes it', async () => {
    await lab.addProfile({ type: 'free' })
    const { iccid, device } = await installed()
    const fresh = await replaced(iccid)
    expect(await kindsAfter(dayMs - 1, iccid)).toEqual([])
    expect(await seenAfter(dayMs, iccid)).toMatchObject([{ kind: 'notDeleted', eid: device.card.eid, newIccid: fresh.iccid, at: lab.now }])
    expect(await kindsAfter(31 * dayMs, iccid)).toEqual([])
    await device.notify(otherNotification(device, { sequenceNumber: 11, event: EVENT.delete, iccid }))
    expect(await kindsAfter(dayMs, iccid)).toEqual([])
  })

  test('replaced before any phone had it, or where phones do not report deletions: nothing is expected', async () => {
    await lab.addProfile()
    const { iccid } = await lab.issued()
    await replaced(iccid)
    expect(await kindsAfter(2 * dayMs, iccid)).toEqual([])
    await lab.addProfile({ type: 'silent' })
    const silent = await installed('silent')
    await replaced(silent.iccid)
    expect(await kindsAfter(2 * dayMs, silent.iccid)).toEqual([])
    await changeType(lab, 'silent', { notifications: [{ events: ['delete'] }] })
    expect(await kindsAfter(2 * dayMs, silent.iccid)).toEqual(['notDeleted'])
  })
})

test('the counts are those of the lists', async () => {
  const now = new Date(lab.now.getTime() + dayMs)
  const counts = await radarCounts(lab.db, now)
  for (const kind of RADAR_KINDS) expect((await radarLines(lab.db, kind, { now, limit: 1_000 })).lines).toHaveLength(counts[kind])
})

test('pages lie end to end: line by line the same as all at once', async () => {
  const now = new Date(lab.now.getTime() + dayMs)
  for (const kind of RADAR_KINDS) {
    const { lines } = await radarLines(lab.db, kind, { now, limit: 1_000 })
    const walked = []
    let page = await radarLines(lab.db, kind, { now, limit: 1 })
    while (page.next) {
      walked.push(...page.lines)
      page = await radarLines(lab.db, kind, { now, limit: 1, after: page.next })
    }
    expect([...walked, ...page.lines]).toEqual(lines)
  }
})

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { cancel } from '@/lib/orders/cancel'
import { confirmReserved } from '@/lib/orders/confirm-reserved'
import { issue } from '@/lib/orders/issue'
import { noMatchingId } from '@/lib/orders/matching-id'
import { release } from '@/lib/orders/release'
import { releaseMany } from '@/lib/orders/release-many'
import { REGISTER_EVENT_JOB } from '@/lib/orders/smds-event'
import { Euicc } from '@/lib/phone/euicc'
import { HttpsTransport } from '@/lib/phone/https-transport'
import { Lpa } from '@/lib/phone/lpa'
import { Eid, Iccid } from '@/lib/rsp/identifiers'
import { createCredentialStore } from '../credentials'
import { Office, partnerNamed } from '../es2/testing/office'
import { Device } from '../testing/device'
import { address, Laboratory } from '../testing/laboratory'
import { SmDs } from '../testing/sm-ds'
import { createEventRegistrar, type Es12Client } from './client'
import { endedEvents } from './delete-ended'
import { registerWaiting } from './register-waiting'

const partner = partnerNamed('bss.example.com')
let lab: Laboratory
let office: Office
let smds: SmDs
let registrar: Es12Client
const signal = new AbortController().signal

beforeAll(async () => {
  lab = await Laboratory.open()
  const pki = lab.pki.get('P-256')
  if (!pki) throw new Error('no PKI')
  smds = await SmDs.open(pki)
  const store = createCredentialStore(lab.db, lab.vault)
  registrar = createEventRegistrar({
    credentials: () => store.current(),
    smdpAddress: address,
    smds: { servers: {}, forwarding: false },
    warn: () => undefined,
  })
  office = new Office(lab)
  office.registrar = registrar
})
afterEach(async () => {
  smds.recover()
  smds.events.clear()
  smds.calls.length = 0
  await lab.sql(`UPDATE download_order SET smds_event = 'deleted' WHERE smds_event = 'registered'`)
})
afterAll(async () => {
  registrar?.close()
  await smds?.close()
  await lab?.close()
})

/** A phone that asks this SM-DS over TLS, and SM-DP+ in process. */
function phone(): Lpa {
  const card = lab.card()
  const connect = (asked: string) => (asked === smds.address ? new HttpsTransport(card, asked) : lab.transport())
  return new Lpa(new Euicc(card, { now: () => lab.now }), connect)
}

const eventOf = async (iccid: string) =>
  (await lab.sql('SELECT smds_event FROM download_order WHERE iccid = $1 ORDER BY created_at DESC LIMIT 1', [iccid]))[0]?.smds_event

const stateOf = async (iccid: string) => (await lab.profile(iccid))?.state

/** Orders a profile for this device by ES2+. */
async function linked(eid: string): Promise<string> {
  const { iccid } = await lab.addProfile()
  expect((await office.call(partner, 'downloadOrder', { iccid, eid })).verdict).toBe('ok')
  return iccid
}

const confirm = (iccid: string, more: Record<string, unknown> = {}) =>
  office.call(partner, 'confirmOrder', { iccid, smdsAddress: smds.address, releaseFlag: true, ...more })

const idsAt = () => [...smds.events.values()].map(({ eventId }) => eventId)

describe('orders by ES2+ with an smdsAddress', () => {
  test('confirmOrder with release registers the event; the phone finds it by itself, and installing deletes it', async () => {
    const device = phone()
    const iccid = await linked(device.euicc.eid)
    const { json } = await confirm(iccid)
    expect(idsAt()).toEqual([json.matchingId])
    expect(await eventOf(iccid)).toBe('registered')

    const found = await device.findEvents(smds.address)
    expect(found).toEqual([{ eventId: json.matchingId, rspServerAddress: address }])
    expect(await phone().findEvents(smds.address)).toEqual([])
    const [{ eventId, rspServerAddress } = { eventId: '', rspServerAddress: '' }] = found
    const { outcome } = await device.download({ smdpAddress: rspServerAddress, matchingId: eventId })
    expect([outcome, await stateOf(iccid)]).toEqual(['installed', 'Installed'])

    await endedEvents()(lab.db, { registrar: () => registrar, now: () => lab.now, signal })
    expect(idsAt()).toEqual([])
    expect(await eventOf(iccid)).toBe('deleted')
  })

  test('without release, the event waits for releaseProfile', async () => {
    const iccid = await linked(phone().euicc.eid)
    const { json } = await confirm(iccid, { releaseFlag: false })
    expect([idsAt(), await eventOf(iccid)]).toEqual([[], 'waiting'])
    expect((await office.call(partner, 'releaseProfile', { iccid })).verdict).toBe('ok')
    expect([idsAt(), await eventOf(iccid)]).toEqual([[json.matchingId], 'registered'])
    const { verdict } = await office.call(partner, 'cancelOrder', {
      iccid,
      eid: (await lab.sql('SELECT eid FROM download_order WHERE iccid = $1', [iccid]))[0]?.eid,
      matchingId: json.matchingId,
      finalProfileStatusIndicator: 'Available',
    })
    expect([verdict, idsAt(), await eventOf(iccid)]).toEqual(['ok', [], 'deleted'])
  })

  test.each([
    ['8.9/5.1', { kind: 'hangs up' }],
    ['8.9/4.2', { kind: 'refuses', subjectCode: '8.8.1', reasonCode: '3.8' }],
  ] as const)('where the SM-DS fails (%s), each function leaves the order as it was, and can be called again', async (verdict, mood) => {
    const eid = phone().euicc.eid
    const iccid = await linked(eid)
    const header = office.header(partner)
    smds.mood = mood
    expect((await confirm(iccid, { header })).verdict).toBe(verdict)
    expect([await stateOf(iccid), await eventOf(iccid)]).toEqual(['Linked', null])
    smds.recover()
    expect((await confirm(iccid, { header, releaseFlag: false })).verdict).toBe('ok')

    smds.mood = mood
    const releasing = { header: office.header(partner), iccid }
    expect((await office.call(partner, 'releaseProfile', releasing)).verdict).toBe(verdict)
    expect([await stateOf(iccid), await eventOf(iccid)]).toEqual(['Confirmed', 'waiting'])
    smds.recover()
    expect((await office.call(partner, 'releaseProfile', releasing)).verdict).toBe('ok')

    const [order] = await lab.sql('SELECT matching_id FROM download_order WHERE iccid = $1', [iccid])
    const cancelling = { iccid, eid, matchingId: order?.matching_id, finalProfileStatusIndicator: 'Unavailable' }
    smds.mood = mood
    expect((await office.call(partner, 'cancelOrder', cancelling)).verdict).toBe(verdict)
    expect([await stateOf(iccid), await eventOf(iccid)]).toEqual(['Released', 'registered'])
    smds.recover()
    expect((await office.call(partner, 'cancelOrder', cancelling)).verdict).toBe('ok')
    expect([await stateOf(iccid), idsAt()]).toEqual(['Unavailable', []])
  })

  test('the event of a call that was never committed does not stand against the same call again', async () => {
    const eid = phone().euicc.eid
    const iccid = await linked(eid)
    await registrar.register({ smdsAddress: smds.address, eid, eventId: 'LEFT-BEHIND' })
    expect((await confirm(iccid, { matchingId: 'LEFT-BEHIND' })).verdict).toBe('ok')
    expect(idsAt()).toEqual(['LEFT-BEHIND'])
  })
})

describe('the event goes when the order ends', () => {
  const released = async (device = phone()) => {
    const iccid = await linked(device.euicc.eid)
    const matchingId = String((await confirm(iccid)).json.matchingId)
    return { iccid, matchingId, device }
  }

  test('given up by the device, cancelled by staff', async () => {
    const run = endedEvents()
    const { euicc } = new Device(lab)
    const failed = await linked(euicc.eid)
    const device = new Device(lab, euicc.card)
    await device.authenticate(String((await confirm(failed)).json.matchingId))
    await device.cancel('undefinedReason')
    expect(await stateOf(failed)).toBe('Error')
    const cancelled = await released()
    await cancel(lab.db, lab.orderContext(), { iccid: Iccid.parse(cancelled.iccid), finalProfileStatusIndicator: 'Unavailable' })
    expect(idsAt()).toHaveLength(2)
    await run(lab.db, { registrar: () => registrar, now: () => lab.now, signal })
    expect(idsAt()).toEqual([])
  })

  test('a device that waits before it installs keeps its event', async () => {
    const { matchingId, device } = await released()
    await device.download({ smdpAddress: address, matchingId, accept: () => 'postpone' })
    await endedEvents()(lab.db, { registrar: () => registrar, now: () => lab.now, signal })
    expect(idsAt()).toEqual([matchingId])
  })

  test('one event that the SM-DS refuses to delete does not hold up the others', async () => {
    const run = endedEvents()
    const [held, free] = [await released(), await released()]
    for (const { iccid } of [held, free])
      await cancel(lab.db, lab.orderContext(), { iccid: Iccid.parse(iccid), finalProfileStatusIndicator: 'Unavailable' })
    for (const event of smds.events.values()) if (event.eventId === held.matchingId) event.owner = 'somebody else'
    await run(lab.db, { registrar: () => registrar, now: () => lab.now, signal })
    expect(idsAt()).toEqual([held.matchingId])
    expect(await Promise.all([held, free].map(({ iccid }) => eventOf(iccid)))).toEqual(['registered', 'deleted'])
  })
})

describe('orders of staff', () => {
  const waiting = async () =>
    (
      await lab.sql(
        `SELECT j.payload->>'order' AS "order" FROM graphile_worker._private_jobs j
      JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier = $1 ORDER BY j.id`,
        [REGISTER_EVENT_JOB],
      )
    ).map(row => String(row.order))
  const registerAll = async (orders: string[], again = false) => {
    for (const orderId of orders) await registerWaiting(lab.db, registrar, { orderId, again })
  }
  const own = (eid: string) => ({ eid: Eid.parse(eid), smdsAddress: smds.address })
  afterEach(async () => {
    await lab.sql('DELETE FROM graphile_worker._private_jobs')
  })

  test('issue with an SM-DS has a server register the event; the phone finds it', async () => {
    const device = phone()
    const { iccid } = await lab.addProfile()
    const [issued] = await issue(lab.db, lab.orderContext(), { iccids: [iccid], ...own(device.euicc.eid) })
    expect([await waiting(), await eventOf(iccid)]).toEqual([[issued?.orderId], 'waiting'])
    await registerAll(await waiting())
    expect(await eventOf(iccid)).toBe('registered')
    expect(await device.findEvents(smds.address)).toEqual([{ eventId: issued?.matchingId, rspServerAddress: address }])
  })

  test('release and confirm do the same, of one and of many', async () => {
    const { eid } = phone().euicc
    const { orders } = { orders: lab.orderContext() }
    const iccids = [await lab.addProfile(), await lab.addProfile(), await lab.addProfile()].map(({ iccid }) => iccid)
    const [one, two, three] = iccids
    if (!one || !two || !three) throw new Error('no profiles')
    await issue(lab.db, orders, { iccids, ...own(eid), release: false })
    expect(await waiting()).toEqual([])
    await release(lab.db, orders, { iccid: one })
    await releaseMany(lab.db, orders, { iccids: [two, three] })
    expect(await waiting()).toHaveLength(3)
    await registerAll(await waiting())
    expect(smds.events.size).toBe(3)
    const reserved = Iccid.parse(await linked(eid))
    await confirmReserved(lab.db, orders, { iccid: reserved, ...own(eid), release: true })
    expect(await waiting()).toHaveLength(4)
  })

  test('an order that has ended meanwhile is not registered; what a run before may have registered is deleted', async () => {
    const { iccid } = await lab.addProfile()
    const [issued] = await issue(lab.db, lab.orderContext(), { iccids: [iccid], ...own(phone().euicc.eid) })
    await lab.cancelled(iccid, 'Unavailable')
    await registerAll([issued?.orderId ?? ''])
    expect([smds.events.size, await eventOf(iccid)]).toEqual([0, 'waiting'])
    await registerAll([issued?.orderId ?? ''], true)
    smds.calls.length = 0
    await endedEvents()(lab.db, { registrar: () => registrar, now: () => lab.now, signal })
    expect([smds.called, await eventOf(iccid)]).toEqual([['deleteEvent'], 'deleted'])
  })

  test('it needs the EID, and a matching ID', async () => {
    const { iccid } = await lab.addProfile()
    const smdsAddress = 'ds.example.com'
    const refused = /EID and matching ID/
    await expect(issue(lab.db, lab.orderContext(), { iccids: [iccid], smdsAddress })).rejects.toThrow(refused)
    const eid = Eid.parse(phone().euicc.eid)
    await expect(issue(lab.db, lab.orderContext(), { iccids: [iccid], smdsAddress, eid, matchingId: noMatchingId })).rejects.toThrow(
      refused,
    )
  })
})

describe('default SM-DP+ orders (§3.1.3: EID, empty matchingId)', () => {
  test('a phone without a code gets the profile that was ordered for it by ES2+, another phone does not', async () => {
    const device = phone()
    const iccid = await linked(device.euicc.eid)
    const { verdict, json } = await office.call(partner, 'confirmOrder', { iccid, matchingId: '', releaseFlag: true })
    expect([verdict, json.matchingId, json.eid]).toEqual(['ok', '', device.euicc.eid])
    await expect(phone().download({ smdpAddress: address })).rejects.toMatchObject({ subjectCode: '8.1.1', reasonCode: '3.8' })
    const { outcome } = await device.download({ smdpAddress: address })
    expect([outcome, await stateOf(iccid)]).toEqual(['installed', 'Installed'])
  })

  test('so does one that sends an empty matchingId', async () => {
    const device = new Device(lab)
    const iccid = await linked(device.euicc.eid)
    await office.call(partner, 'confirmOrder', { iccid, matchingId: '', releaseFlag: true })
    await device.downloaded('')
    expect(await stateOf(iccid)).toBe('Downloaded')
  })
})

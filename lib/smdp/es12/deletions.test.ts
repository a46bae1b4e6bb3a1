import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Database } from '@/lib/db/pool'
import { profileOrders } from '@/lib/db/portal/profile-detail'
import { runJobs } from '@/lib/jobs/worker'
import { cancel } from '@/lib/orders/cancel'
import { issue } from '@/lib/orders/issue'
import { Eid, Iccid } from '@/lib/rsp/identifiers'
import { createCredentialStore } from '../credentials'
import { Office, partnerNamed } from '../es2/testing/office'
import { address, Laboratory } from '../testing/laboratory'
import { SmDs } from '../testing/sm-ds'
import { createEventRegistrar, type Es12Client } from './client'
import { deleteEndedEvent, endedEvents } from './delete-ended'
import { deleteLeftEvent, remembering } from './left-events'
import { registerWaiting } from './register-waiting'

const partner = partnerNamed('bss.example.com')
const timing = { pollMs: 50, lookMs: 1_000, silentMs: 10_000 }
const secondMs = 1_000
const hourMs = 3_600_000

let lab: Laboratory
let office: Office
let smds: SmDs
let registrar: Es12Client
let passedMs: number
let stops: (() => Promise<void>)[]
let clients: Es12Client[]

const now = () => new Date(lab.now.getTime() + passedMs)

beforeAll(async () => {
  lab = await Laboratory.open()
  const pki = lab.pki.get('P-256')
  if (!pki) throw new Error('no PKI')
  smds = await SmDs.open(pki)
})
beforeEach(() => {
  passedMs = 0
  stops = []
  vi.spyOn(console, 'warn').mockReturnValue()
  clients = []
  registrar = server()
  office = new Office(lab)
  office.registrar = registrar
})
afterEach(async () => {
  for (const stop of stops) await stop()
  for (const client of clients) client.close()
  smds.recover()
  smds.events.clear()
  smds.calls.length = 0
  await lab.sql(`UPDATE download_order SET smds_event = 'deleted' WHERE smds_event = 'registered'`)
  await lab.sql('DELETE FROM graphile_worker._private_jobs')
  vi.restoreAllMocks()
})
afterAll(async () => {
  await smds?.close()
  await lab?.close()
})

/** Long enough for a request to arrive on a busy machine, short enough to wait for its end. */
const impatientMs = 1_000

/** ES12 of a server; an SM-DS that lets one wait is left alone by it for a moment, but not by the others. */
function server(timeoutMs = 10_000): Es12Client {
  const store = createCredentialStore(lab.db, lab.vault)
  const client = createEventRegistrar({
    credentials: () => store.current(),
    smdpAddress: address,
    smds: { servers: {}, forwarding: false },
    warn: () => undefined,
    timeoutMs,
  })
  clients.push(client)
  return remembering(() => lab.db, client, now)
}

/** A server's background: what has become due is done as long as it runs. @returns how it ends */
function background(by: Es12Client = registrar): () => Promise<void> {
  const of = () => by
  const stop = runJobs<{ db: Database; now(): Date }, undefined>({
    db: lab.db,
    jobs: [deleteEndedEvent(of), deleteLeftEvent(of)],
    tasks: [],
    jobContext: { db: lab.db, now },
    taskContext: async () => undefined,
    timing,
  })
  let ended: Promise<void> | undefined
  const once = () => {
    ended ??= stop()
    return ended
  }
  stops.push(once)
  return once
}

async function pass(ms: number): Promise<void> {
  passedMs += ms
  await lab.sql(`UPDATE graphile_worker._private_jobs SET run_at = run_at - make_interval(secs => $1)`, [ms / 1_000])
}

interface Waiting extends Record<string, unknown> {
  inSeconds: number
  attempts: number
  error: string | null
}

/** What waits to be deleted, and for how long, on the clock of this test. */
const waiting = async () =>
  (await lab.sql(
    `SELECT extract(epoch FROM run_at - now())::float AS "inSeconds", attempts::int, last_error AS error FROM graphile_worker._private_jobs j
      JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier LIKE 'delete-%' AND j.locked_at IS NULL ORDER BY j.id`,
  )) as Waiting[]

const until = (seen: () => Promise<void>) => vi.waitFor(seen, { timeout: 15_000, interval: 30 })
/** Nor is anything under way. */
const nothingWaits = () => until(async () => expect(await lab.sql('SELECT key FROM graphile_worker._private_jobs')).toEqual([]))

/** It is deleted, and that is asked for once more. */
async function goneButAskedAgain(): Promise<void> {
  await until(async () => expect(smds.events.size).toBe(0))
  await until(async () => expect(await waiting()).toMatchObject([{ attempts: 0, error: null }]))
}

const newEid = () => Eid.parse(lab.card().eid)

async function linked(eid: string): Promise<string> {
  const { iccid } = await lab.addProfile()
  expect((await office.call(partner, 'downloadOrder', { iccid, eid })).verdict).toBe('ok')
  return iccid
}

const confirm = (iccid: string, more: Record<string, unknown> = {}) =>
  office.call(partner, 'confirmOrder', { iccid, smdsAddress: smds.address, releaseFlag: true, ...more })
const orderOf = async (iccid: string) => (await profileOrders(lab.db, iccid))[0]
const eventOf = async (iccid: string) => (await orderOf(iccid))?.smdsEvent
const idsAt = () => [...smds.events.values()].map(({ eventId }) => eventId)
const deleteEnded = (run = endedEvents()) => run(lab.db, { registrar: () => registrar, now, signal: new AbortController().signal })

describe('an event of which nobody knows whether it was registered', () => {
  test('the SM-DS registers it only after the timeout: later it is gone, though the first deletion came too early', async () => {
    const iccid = await linked(newEid())
    office.registrar = server(impatientMs)
    smds.mood = { kind: 'is slow' }
    expect((await confirm(iccid)).verdict).toBe('8.9/5.1')
    expect([(await lab.profile(iccid))?.state, await eventOf(iccid), smds.called]).toEqual(['Linked', null, ['registerEvent']])

    smds.mood = undefined
    background(server())
    await pass(30 * secondMs)
    await until(async () => expect(smds.refusals.at(-1)).toBe('8.9.5/3.9'))
    await until(async () => expect(await waiting()).toMatchObject([{ attempts: 0, error: null }]))
    smds.catchUp()
    expect(smds.events.size).toBe(1)
    await pass(600 * secondMs)
    await until(async () => expect(smds.events.size).toBe(0))
    await nothingWaits()
  })

  test('the connection breaks after the request, the SM-DS is away at the first deletion, this server starts again: deleted at the next', async () => {
    const iccid = await linked(newEid())
    smds.mood = { kind: 'breaks off' }
    expect((await confirm(iccid)).verdict).toBe('8.9/5.1')
    expect([(await lab.profile(iccid))?.state, await eventOf(iccid), smds.events.size]).toEqual(['Linked', null, 1])

    smds.mood = { kind: 'hangs up' }
    const end = background()
    await pass(30 * secondMs)
    await until(async () => expect(await waiting()).toMatchObject([{ attempts: 1, error: expect.stringContaining('not accessible') }]))
    expect((await waiting())[0]?.inSeconds).toBeGreaterThan(0)
    await end()
    smds.recover()
    expect(smds.events.size).toBe(1)
    background()
    await pass(30 * secondMs)
    await goneButAskedAgain()
    await pass(600 * secondMs)
    await nothingWaits()
  })

  test('a server that dies before the order is committed has written down which event it was', async () => {
    await registrar.register({ smdsAddress: smds.address, eid: newEid(), eventId: 'OF-THE-DEAD' })
    background()
    await pass(60 * secondMs)
    expect(await waiting()).toMatchObject([{ attempts: 0 }])
    await pass(61 * secondMs)
    await goneButAskedAgain()
    await pass(600 * secondMs)
    await nothingWaits()
  })

  test('an event that an order has is left alone, also when the call before failed under the same matching ID', async () => {
    const iccid = await linked(newEid())
    office.registrar = server(impatientMs)
    smds.mood = { kind: 'is slow' }
    expect((await confirm(iccid, { matchingId: 'AGAIN' })).verdict).toBe('8.9/5.1')
    smds.catchUp()
    office.registrar = server()
    expect((await confirm(iccid, { matchingId: 'AGAIN' })).verdict).toBe('ok')
    expect(idsAt()).toEqual(['AGAIN'])
    smds.calls.length = 0
    background()
    await pass(hourMs)
    await nothingWaits()
    expect([smds.called, idsAt(), await eventOf(iccid)]).toEqual([[], ['AGAIN'], 'registered'])
  })

  test('releaseProfile: the order waits for its release as before, and the event goes until then', async () => {
    const iccid = await linked(newEid())
    expect((await confirm(iccid, { releaseFlag: false })).verdict).toBe('ok')
    expect(await waiting()).toEqual([])
    smds.mood = { kind: 'answers', status: 503, text: '' }
    expect((await office.call(partner, 'releaseProfile', { iccid })).verdict).toBe('8.9/4.2')
    expect([(await lab.profile(iccid))?.state, await eventOf(iccid), (await waiting()).length]).toEqual(['Confirmed', 'waiting', 1])
  })

  test.each([
    ['was not reached', { smdsAddress: 'localhost:1' }, undefined, '8.9/5.1'],
    ['has refused', {}, { kind: 'refuses', subjectCode: '8.8.1', reasonCode: '3.8' }, '8.9/4.2'],
  ] as const)('an SM-DS that %s has no event: nothing is left to delete', async (_, more, mood, verdict) => {
    smds.mood = mood
    expect((await confirm(await linked(newEid()), more)).verdict).toBe(verdict)
    expect(await waiting()).toEqual([])
  })

  test('what an earlier call may have left stays on the list when the next one does not reach the SM-DS', async () => {
    const iccid = await linked(newEid())
    office.registrar = server(impatientMs)
    smds.mood = { kind: 'is silent' }
    expect((await confirm(iccid, { matchingId: 'LEFT' })).verdict).toBe('8.9/5.1')
    expect((await confirm(iccid, { matchingId: 'LEFT' })).verdict).toBe('8.9/5.1')
    expect([smds.calls.length, (await waiting()).length]).toEqual([1, 1])
  })

  test('the queue names no EID and no EventID but where they are needed, and not in errors', async () => {
    const eid = newEid()
    smds.mood = { kind: 'hangs up' }
    expect((await confirm(await linked(eid), { matchingId: 'UNSAID' })).verdict).toBe('8.9/5.1')
    background()
    await pass(30 * secondMs)
    await until(async () => expect(await waiting()).toMatchObject([{ attempts: 1 }]))
    const rows = await lab.sql('SELECT key, last_error FROM graphile_worker._private_jobs')
    expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${eid}|UNSAID`))
    expect(JSON.stringify(vi.mocked(console.warn).mock.calls)).not.toMatch(new RegExp(`${eid}|UNSAID`))
  })
})

describe('an event of an order that has ended', () => {
  const ended = async (count = 1) => {
    const iccids: string[] = []
    for (let each = 0; each < count; each++) {
      const iccid = await linked(newEid())
      expect((await confirm(iccid)).verdict).toBe('ok')
      await cancel(lab.db, lab.orderContext(), { iccid: Iccid.parse(iccid), finalProfileStatusIndicator: 'Unavailable' })
      iccids.push(iccid)
    }
    await lab.sql('DELETE FROM graphile_worker._private_jobs')
    smds.calls.length = 0
    return iccids
  }

  test('where the SM-DS is away at the first deletion: at the next, after growing waits and a restart; one that is not there is deleted', async () => {
    const iccids = await ended(3)
    const run = endedEvents()
    smds.mood = { kind: 'hangs up' }
    await deleteEnded(run)
    expect(await waiting()).toHaveLength(3)
    smds.calls.length = 0
    await pass(2 * hourMs)
    await deleteEnded(run)
    await deleteEnded()
    expect(smds.calls).toEqual([])

    const end = background()
    await until(async () =>
      expect(await waiting()).toMatchObject(
        Array.from({ length: 3 }, () => ({ attempts: 1, error: expect.stringContaining('not accessible') })),
      ),
    )
    const before = (await waiting())[0]?.inSeconds ?? 0
    await pass(30 * secondMs)
    await until(async () => expect((await waiting()).map(({ attempts }) => attempts)).toEqual([2, 2, 2]))
    expect((await waiting())[0]?.inSeconds).toBeGreaterThan(before)
    await end()

    smds.recover()
    smds.events.delete([...smds.events.keys()][0] ?? '')
    background()
    await pass(hourMs)
    await nothingWaits()
    expect([idsAt(), await Promise.all(iccids.map(eventOf))]).toEqual([[], ['deleted', 'deleted', 'deleted']])
  })

  test('the page of the profile says why it is still there, and when it is not tried any more', async () => {
    const [iccid = ''] = await ended()
    for (const event of smds.events.values()) event.owner = 'somebody else'
    expect(await orderOf(iccid)).toMatchObject({ smdsEvent: 'registered', smdsFailure: null, smdsGivenUp: false })
    await deleteEnded()
    const end = background()
    await pass(30 * secondMs)
    const smdsFailure = `The SM-DS has refused (${smds.address}: 8.9.5/1.2).`
    await until(async () => expect(await orderOf(iccid)).toMatchObject({ smdsAddress: smds.address, smdsFailure, smdsGivenUp: false }))
    await end()
    await lab.sql('UPDATE graphile_worker._private_jobs SET attempts = max_attempts')
    expect(await orderOf(iccid)).toMatchObject({ smdsFailure, smdsGivenUp: true })
    await deleteEnded()
    expect(await eventOf(iccid)).toBe('registered')
  })

  test('stays where a later order for the same device has the same matching ID: it is that one’s', async () => {
    const eid = newEid()
    const first = await linked(eid)
    expect((await confirm(first, { matchingId: 'SAME' })).verdict).toBe('ok')
    await cancel(lab.db, lab.orderContext(), { iccid: Iccid.parse(first), finalProfileStatusIndicator: 'Unavailable' })
    const second = await linked(eid)
    expect((await confirm(second, { matchingId: 'SAME' })).verdict).toBe('ok')
    await deleteEnded()
    expect([idsAt(), await eventOf(first), await eventOf(second)]).toEqual([['SAME'], 'deleted', 'registered'])
  })
})

describe('when an event was registered', () => {
  test('is known of orders by ES2+: with their release', async () => {
    const iccid = await linked(newEid())
    await confirm(iccid, { releaseFlag: false })
    expect(await orderOf(iccid)).toMatchObject({ smdsEvent: 'waiting', smdsRegisteredAt: null })
    await office.call(partner, 'releaseProfile', { iccid })
    expect(await orderOf(iccid)).toMatchObject({ smdsEvent: 'registered', smdsRegisteredAt: lab.now })
  })

  test('is not of orders of staff, which are registered when the SM-DS takes them', async () => {
    const { iccid } = await lab.addProfile()
    const [issued] = await issue(lab.db, lab.orderContext(), { iccids: [iccid], eid: newEid(), smdsAddress: smds.address })
    expect(await orderOf(iccid)).toMatchObject({ smdsEvent: 'waiting', smdsFailure: null })
    await registerWaiting(lab.db, registrar, { orderId: issued?.orderId ?? '', again: false })
    expect(await orderOf(iccid)).toMatchObject({ smdsEvent: 'registered', smdsRegisteredAt: null })
  })
})

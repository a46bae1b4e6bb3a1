import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDatabase } from '@/lib/db/pool'
import { pauseCallback, removeCallback } from '../callback'
import { makeCa } from '../testing/certificates'
import { type Received, type Receiver, startReceiver } from '../testing/receiver'
import { actor, requester, ToldWorld } from '../testing/told-world'
import { listMessages, replayMessages, sendTest } from './replay'
import { spoolMessages } from './spool'
import { tidyMessages } from './tidy'

vi.setConfig({ testTimeout: 60_000 })

const soon = 20_000
const hourMs = 3_600_000
let world: ToldWorld
let receiver: Receiver
beforeAll(async () => {
  world = await ToldWorld.open()
})
afterAll(() => world.close())
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => {
  await world.clear()
  await receiver.close()
})

const pointOf = ({ json }: Received) => json.notificationPointId
const callOf = ({ json }: Received) => (json.header as { functionCallIdentifier: string }).functionCallIdentifier
const pointsOf = (iccid: string, requests = receiver.taken()) => requests.filter(({ json }) => json.iccid === iccid).map(pointOf)
const spool = () => spoolMessages(world.db, { now: world.clock(), requester })
const allSent = (count: number) => vi.waitFor(async () => expect(await world.states()).toEqual({ sent: count }), soon)

describe('messages are made', () => {
  test('of each step once, whoever looks and however often', async () => {
    const { id } = await world.partner('bss', receiver.url)
    const order = await world.ordered(id)
    await world.download(order)
    expect(await Promise.all([spool(), spool(), spool()]).then(made => made.reduce((sum, each) => sum + each))).toBe(3)
    expect(await spool()).toBe(0)
    await world.db.query({ text: `UPDATE event_reader SET event_id = 0 WHERE name = 'messages'` })
    expect(await spool()).toBe(0)
    expect((await world.messages()).map(({ name }) => name)).toEqual(['eligibility', 'download', 'installation'])
  })

  test('not of what happened before there was an endpoint, nor of orders of others', async () => {
    const early = await world.ordered(null)
    await world.download(early)
    world.ahead = 1_000
    const first = await world.partner('first', receiver.url)
    const second = await world.partner('second', receiver.url)
    await world.download(await world.ordered(first.id))
    await world.download(await world.ordered(null))
    await spool()
    const { rows } = await world.db.query({ text: 'SELECT DISTINCT endpoint_id AS id FROM message' })
    expect(rows).toEqual([{ id: first.endpointId }])
    expect(second.endpointId).not.toBe(first.endpointId)
  })

  test('of what a device tells of its profile later, for whoever ordered it then', async () => {
    const { id } = await world.partner('bss', receiver.url)
    const order = await world.ordered(id)
    await world.happens({ ...order, orderId: undefined } as never, 'notification', { data: { event: 'enable' } })
    await spool()
    expect(await world.messages()).toMatchObject([{ name: 'enabled', iccid: order.iccid }])
  })
})

describe('messages are delivered', () => {
  test('in order for each profile, at a receiver that fails its first calls, under one identifier at each try', async () => {
    const failing: (number | 'cut')[] = [500, 'cut', 503, 404]
    receiver.answer = () => failing.shift() ?? 204
    const { id } = await world.partner('bss', receiver.url)
    const orders = await Promise.all([1, 2, 3].map(() => world.ordered(id)))
    world.messenger()
    for (const order of orders) await world.download(order)
    await allSent(9)
    for (const { iccid } of orders) expect(pointsOf(iccid)).toEqual([1, 3, 4])
    const calls = receiver.requests.map(request => `${request.json.iccid} ${pointOf(request)} ${callOf(request)}`)
    expect(new Set(calls).size).toBe(9)
    expect(receiver.requests[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'x-admin-protocol': 'gsma/rsp/v2.2.2' })
    expect(receiver.requests[0]?.json.header).toMatchObject({ functionRequesterIdentifier: requester })
  })

  test('and one that is refused holds up its own profile only', async () => {
    const { id, endpointId } = await world.partner('bss', receiver.url)
    const [bad, good] = [await world.ordered(id), await world.ordered(id)]
    receiver.answer = ({ json }) => (json.iccid === bad.iccid ? 400 : 204)
    world.messenger()
    await world.download(bad)
    await world.download(good)
    await vi.waitFor(() => expect(pointsOf(good.iccid)).toEqual([1, 3, 4]), soon)
    await vi.waitFor(() => expect(pointsOf(bad.iccid, receiver.requests).length).toBeGreaterThan(1), soon)
    expect(new Set(pointsOf(bad.iccid, receiver.requests))).toEqual(new Set([1]))
    const [waiting] = (await world.messages()).filter(({ iccid }) => iccid === bad.iccid)
    expect(waiting).toMatchObject({ state: 'waiting', answerStatus: 400, failure: 'It answered 400: Not [31mnow' })
    expect(await world.endpoint(endpointId)).toMatchObject({ failures: 0, nextTryAt: null })
    receiver.answer = () => 204
    await allSent(6)
    expect(pointsOf(bad.iccid)).toEqual([1, 3, 4])
  })

  test('after the receiver was away for a while: nothing is lost, nothing out of order, and it is asked by one message at a time', async () => {
    const { id, endpointId } = await world.partner('bss', receiver.url)
    const { port } = receiver
    await receiver.close()
    const orders = await Promise.all(Array.from({ length: 20 }, () => world.ordered(id)))
    world.messenger()
    for (const order of orders) await world.download(order)
    await vi.waitFor(async () => expect((await world.endpoint(endpointId))?.failures).toBe(2), soon)
    expect((await world.endpoint(endpointId))?.lastFailure).toBe(`Nobody takes connections at 127.0.0.1:${port}.`)
    const tries = (await world.messages()).reduce((sum, { attempts }) => sum + attempts, 0)
    expect(tries).toBeLessThanOrEqual(9)
    receiver = await startReceiver({ port })
    await allSent(60)
    for (const { iccid } of orders) expect(pointsOf(iccid)).toEqual([1, 3, 4])
    expect(await world.endpoint(endpointId)).toMatchObject({ failures: 0, lastSuccessAt: expect.any(Date) })
  })

  test('when the process dies between sending and writing it down: it comes again under its identifier, before what follows', async () => {
    const { id } = await world.partner('bss', receiver.url)
    const order = await world.ordered(id)
    const dying = openDatabase(world.url, { maxConnections: 4 })
    vi.spyOn(console, 'error').mockReturnValue()
    dying.pool.options.application_name = 'dying'
    receiver.answer = async () => {
      if (receiver.requests.length === 1) await die()
      return 204
    }
    // As with kill -9: all its connections end without a word, locks and all, and there are no others.
    const die = async () => {
      dying.pool.options.connectionString = 'postgresql://127.0.0.1:1/gone'
      const text = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dying'`
      await vi.waitFor(async () => expect((await world.db.query({ text })).rowCount).toBe(0), soon)
    }
    const stop = world.messenger({ db: dying })
    await world.download(order)
    await vi.waitFor(() => expect(receiver.requests).toHaveLength(2), soon)
    await stop()
    await dying.close()
    expect(await world.states()).toEqual({ sent: 1, waiting: 2 })
    world.messenger()
    await allSent(3)
    const points = receiver.requests.map(pointOf)
    expect(points).toEqual([1, 3, 3, 4])
    expect(new Set(receiver.requests.map(callOf)).size).toBe(3)
    vi.restoreAllMocks()
  })

  test('by one of several servers at a time', async () => {
    const { id } = await world.partner('bss', receiver.url)
    const orders = await Promise.all(Array.from({ length: 10 }, () => world.ordered(id)))
    for (let servers = 0; servers < 3; servers++) world.messenger({ timing: { turnMs: 50 } })
    for (const order of orders) await world.download(order)
    await allSent(30)
    expect(receiver.requests).toHaveLength(30)
    for (const { iccid } of orders) expect(pointsOf(iccid)).toEqual([1, 3, 4])
  })

  test('not while they are held back', async () => {
    const { id } = await world.partner('bss', receiver.url)
    await pauseCallback(world.db, world.ctx(), id, true)
    const order = await world.ordered(id)
    await world.download(order)
    world.messenger()
    await vi.waitFor(async () => expect(await world.states()).toEqual({ waiting: 3 }), soon)
    expect(receiver.requests).toEqual([])
    await pauseCallback(world.db, world.ctx(), id, false)
    await allSent(3)
  })

  test('and one that lets us wait is cut off, and left alone', async () => {
    receiver.answer = () => 'hang'
    const { id, endpointId } = await world.partner('bss', receiver.url)
    await world.happens(await world.ordered(id), 'authenticateClient')
    world.messenger({ timing: { timeoutMs: 200 } })
    await vi.waitFor(
      async () => expect((await world.endpoint(endpointId))?.lastFailure).toMatch(/did not answer within 0\.2 seconds/),
      soon,
    )
  })
})

describe('mutual TLS', () => {
  const ca = makeCa('Operator CA')
  const clientCa = makeCa('Client CA')
  const server = ca.client('localhost')
  const ours = clientCa.client('smdp.example.com')
  let secure: Receiver
  beforeAll(async () => {
    secure = await startReceiver({ tls: { cert: server.pem, key: server.keyPem, clientCa: clientCa.pem } })
  })
  afterAll(() => secure.close())
  beforeEach(() => {
    secure.requests.length = 0
  })

  test('this server’s own certificate is shown, or the one that was made for the partner', async () => {
    const own = clientCa.client('for.example.com')
    const first = await world.partner('first', secure.url, { trustedCa: ca.pem })
    const second = await world.partner('second', secure.url, {
      trustedCa: ca.pem,
      client: { shows: 'own', certificate: own.pem, key: own.keyPem },
    })
    world.messenger({ tls: { cert: ours.pem, key: ours.keyPem } })
    for (const { id } of [first, second]) await world.happens(await world.ordered(id), 'authenticateClient')
    await allSent(2)
    expect(secure.requests.map(({ client }) => client).sort()).toEqual(['for.example.com', 'smdp.example.com'])
  })

  test('a server whose certificate comes from elsewhere is told nothing', async () => {
    const { id, endpointId } = await world.partner('bss', secure.url, { trustedCa: makeCa('Other').pem })
    await world.happens(await world.ordered(id), 'authenticateClient')
    world.messenger({ tls: { cert: ours.pem, key: ours.keyPem } })
    await vi.waitFor(async () => expect((await world.endpoint(endpointId))?.lastFailure).toMatch(/^TLS with localhost:\d+ failed/), soon)
    expect(secure.requests).toEqual([])
  })
})

describe('what cannot be delivered', () => {
  test('is given up after three days, is listed, and told again by hand in its place', async () => {
    const { id, endpointId } = await world.partner('bss', receiver.url)
    receiver.answer = () => 400
    const order = await world.ordered(id)
    await world.download(order)
    await spool()
    await world.db.query({
      text: `UPDATE message SET attempts = 30, created_at = created_at - interval '73 hours' WHERE name = 'eligibility'`,
    })
    const stop = world.messenger()
    await vi.waitFor(async () => expect((await world.states()).dead).toBe(1), soon)
    // What followed goes on.
    await vi.waitFor(() => expect(pointsOf(order.iccid, receiver.requests)).toContain(3), soon)
    await stop()
    const [dead] = await listMessages(world.db, { actor }, { state: 'dead', limit: 10 })
    expect(dead).toMatchObject({ name: 'eligibility', endpoint: 'bss', failure: expect.stringMatching(/^It answered 400/) })
    expect(await replayMessages(world.db, { actor, now: world.clock() }, { deadOf: endpointId })).toEqual({ count: 1 })
    receiver.answer = () => 204
    world.ahead = 10_000
    world.messenger()
    await allSent(3)
    expect(pointsOf(order.iccid)).toEqual([1, 3, 4])
    const { rows } = await world.db.query({ text: `SELECT target, detail FROM audit WHERE action = 'message:replay'` })
    expect(rows).toEqual([{ target: 'bss', detail: { endpoint: endpointId, messages: 1 } }])
  })

  test('in an outage of days what waits behind is given up as well, but not what was asked for again', async () => {
    const { id, endpointId } = await world.partner('bss', receiver.url)
    await receiver.close()
    const [old, again] = [await world.ordered(id), await world.ordered(id)]
    await world.download(old)
    await world.happens(again, 'authenticateClient')
    await spool()
    await world.db.query({ text: `UPDATE message SET created_at = created_at - interval '73 hours'` })
    await world.db.query({ text: `UPDATE message SET replayed_by = 'x' WHERE iccid = $1`, values: [again.iccid] })
    await world.db.query({ text: 'UPDATE endpoint SET failures = 40' })
    world.messenger()
    await vi.waitFor(async () => expect(await world.states()).toEqual({ dead: 3, waiting: 1 }), soon)
    const next = (await world.endpoint(endpointId))?.nextTryAt
    expect((next?.getTime() ?? 0) - world.clock().getTime()).toBeGreaterThan(hourMs - 60_000)
    receiver = await startReceiver()
  })

  test('is told nobody once the endpoint is removed, and not by hand either', async () => {
    const { id, endpointId } = await world.partner('bss', receiver.url)
    await world.happens(await world.ordered(id), 'authenticateClient')
    await spool()
    await removeCallback(world.db, world.ctx(), id)
    world.messenger()
    await tidyMessages(world.db, world.clock())
    expect(await world.messages()).toMatchObject([{ state: 'dead', failure: 'The endpoint was removed before this was sent.' }])
    expect(await replayMessages(world.db, { actor, now: world.clock() }, { deadOf: endpointId })).toEqual({ count: 0 })
    await expect(sendTest(world.db, { actor, now: world.clock() }, endpointId, requester)).rejects.toThrow('not there any more')
    expect(receiver.requests).toEqual([])
  })

  test('what was sent can be sent again, under its identifier', async () => {
    const { id } = await world.partner('bss', receiver.url)
    await world.happens(await world.ordered(id), 'authenticateClient')
    world.messenger()
    await allSent(1)
    const [sent] = await world.messages()
    await replayMessages(world.db, { actor, now: world.clock() }, { ids: [sent?.id ?? ''] })
    await vi.waitFor(() => expect(receiver.requests).toHaveLength(2), soon)
    expect(new Set(receiver.requests.map(callOf)).size).toBe(1)
  })

  test('messages and calls are kept for 90 days', async () => {
    const { id } = await world.partner('bss', receiver.url)
    await world.happens(await world.ordered(id), 'authenticateClient')
    await spool()
    await tidyMessages(world.db, new Date(Date.now() + 89 * 24 * hourMs))
    expect(await world.messages()).toHaveLength(1)
    await tidyMessages(world.db, new Date(Date.now() + 91 * 24 * hourMs))
    expect(await world.messages()).toEqual([])
  })
})

test('a test is sent at once, also to an endpoint that is left alone, and waits for no profile', async () => {
  const { id, endpointId } = await world.partner('bss', receiver.url)
  receiver.answer = ({ json }) => (json.profileType === 'test' ? 204 : 500)
  await world.happens(await world.ordered(id), 'authenticateClient')
  await world.db.query({ text: `UPDATE endpoint SET failures = 40, next_try_at = now() + interval '1 hour'` })
  const { functionCallIdentifier } = await sendTest(world.db, { actor, now: world.clock() }, endpointId, requester)
  world.messenger()
  await vi.waitFor(() => expect(receiver.taken().map(callOf)).toEqual([functionCallIdentifier]), soon)
})

test('only operators replay and test', async () => {
  const { endpointId } = await world.partner('bss', receiver.url)
  const support = { actor: { ...actor, role: 'support' as const }, now: world.clock() }
  await expect(replayMessages(world.db, support, { deadOf: endpointId })).rejects.toThrow('role')
  await expect(sendTest(world.db, support, endpointId, requester)).rejects.toThrow('role')
})

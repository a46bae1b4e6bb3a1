import { createHmac, timingSafeEqual } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { isForbiddenAddress } from '../messages/post'
import { type Received, type Receiver, startReceiver } from '../testing/receiver'
import { actor, ToldWorld } from '../testing/told-world'
import { WebhookPayload } from './events'
import { signatureOf } from './signature'
import { addWebhook, changeWebhook, listWebhooks, pauseWebhook, removeWebhook, rotateSecret, type WebhookInput } from './webhook'

vi.setConfig({ testTimeout: 60_000 })

const soon = 20_000
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

const add = (more: Partial<WebhookInput> = {}) => addWebhook(world.db, world.ctx(), { url: receiver.url, ...more })

/** As the documentation says that a receiver does it. */
function isSigned({ headers, text }: Received, secret: string): boolean {
  const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['slipway-signature'])) ?? []
  const expected = createHmac('sha256', secret).update(`${t}.${text}`).digest()
  return Math.abs(Date.now() / 1_000 - Number(t)) < 300 && timingSafeEqual(Buffer.from(v1, 'hex'), expected)
}

test('a signature is HMAC-SHA-256 over the time, a dot and the body', () => {
  expect(signatureOf('slws_key', '{"a":1}', new Date('2026-05-03T14:30:00.900Z'))).toBe(
    `t=1777818600,v1=${createHmac('sha256', 'slws_key').update('1777818600.{"a":1}').digest('hex')}`,
  )
})

test('whoever has no ES2+ is told the same as signed JSON, in order, and refuses nothing', async () => {
  const { secret, name } = await add()
  expect(name).toBe(`127.0.0.1:${receiver.port}`)
  world.messenger()
  const order = await world.ordered(null)
  await world.happens(order, 'downloadOrder', { actor: 'ops@example.com' })
  await world.happens(order, 'confirmOrder', { data: { released: true } })
  await world.download(order)
  await vi.waitFor(() => expect(receiver.taken()).toHaveLength(6), soon)
  expect(receiver.requests.map(({ json }) => json.event)).toEqual([
    'order.created',
    'order.confirmed',
    'order.released',
    'profile.eligibility',
    'profile.downloaded',
    'profile.installed',
  ])
  for (const request of receiver.requests) {
    expect(isSigned(request, secret)).toBe(true)
    expect(isSigned(request, `${secret}x`)).toBe(false)
    const payload = WebhookPayload.parse(request.json)
    expect(request.headers).toMatchObject({ 'slipway-event': payload.event, 'slipway-message': payload.id })
    expect(payload.data).toMatchObject({ iccid: order.iccid, orderId: order.orderId, profileType: 'Consumer', partner: null })
  }
})

test('a webhook can be narrowed to events, types and the orders of one partner', async () => {
  const partner = await world.partner('bss', receiver.url, { points: {} })
  const { id } = await add({ events: ['profile.installed'], typeIds: [world.typeId], partnerId: partner.id, name: 'Shop' })
  expect(await listWebhooks(world.db, actor)).toMatchObject([
    { id, name: 'Shop', events: ['profile.installed'], typeIds: [world.typeId], partnerId: partner.id },
  ])
  world.messenger()
  await world.download(await world.ordered(null))
  await world.download(await world.ordered(partner.id))
  await vi.waitFor(() => expect(receiver.requests).toHaveLength(1), soon)
  expect(receiver.requests[0]?.json).toMatchObject({ event: 'profile.installed', data: { partner: 'bss' } })
  await changeWebhook(world.db, world.ctx(), id, { url: receiver.url, name: 'Shop' })
  expect(await listWebhooks(world.db, actor)).toMatchObject([{ events: [], typeIds: null, partnerId: null }])
})

test('with a new secret what waits is signed by it too', async () => {
  const { id, secret } = await add()
  receiver.answer = () => 401
  const order = await world.ordered(null)
  await world.happens(order, 'downloadOrder')
  world.messenger()
  await vi.waitFor(() => expect(receiver.requests.length).toBeGreaterThan(0), soon)
  const { secret: next } = await rotateSecret(world.db, world.ctx(), id)
  expect(next).not.toBe(secret)
  receiver.answer = request => (isSigned({ ...request, status: 0 }, next) ? 204 : 401)
  await vi.waitFor(() => expect(receiver.taken()).toHaveLength(1), soon)
})

test('held back it is told later, removed nothing any more', async () => {
  const { id } = await add()
  await pauseWebhook(world.db, world.ctx(), id, true)
  await world.happens(await world.ordered(null), 'downloadOrder')
  world.messenger()
  await vi.waitFor(async () => expect(await world.states()).toEqual({ waiting: 1 }), soon)
  expect(receiver.requests).toEqual([])
  await pauseWebhook(world.db, world.ctx(), id, false)
  await vi.waitFor(() => expect(receiver.taken()).toHaveLength(1), soon)
  await removeWebhook(world.db, world.ctx(), id)
  expect(await listWebhooks(world.db, actor)).toEqual([])
  const { rows } = await world.db.query({ text: 'SELECT secret, removed_at IS NOT NULL AS removed FROM endpoint' })
  expect(rows).toEqual([{ secret: null, removed: true }])
  await expect(removeWebhook(world.db, world.ctx(), id)).rejects.toThrow('not there any more')
})

test('the secret is sealed, and neither listed nor in the audit', async () => {
  const { id, secret } = await add()
  const { secret: next } = await rotateSecret(world.db, world.ctx(), id)
  const everything = JSON.stringify([
    await listWebhooks(world.db, actor),
    (await world.db.query({ text: `SELECT encode(secret, 'escape') FROM endpoint` })).rows,
    (await world.db.query({ text: 'SELECT detail FROM audit' })).rows,
  ])
  expect(everything).not.toContain(secret)
  expect(everything).not.toContain(next)
  const { rows } = await world.db.query({ text: `SELECT action FROM audit WHERE action = 'endpoint:write'` })
  expect(rows).toHaveLength(2)
})

test('what cannot be is refused', async () => {
  const refused: [Partial<WebhookInput>, RegExp][] = [
    [{ url: 'http://shop.example.com' }, /Without TLS/],
    [{ url: 'ftp://shop.example.com' }, /is expected/],
    [{ url: 'https://user:pw@shop.example.com' }, /no user name/],
    [{ url: 'http://169.254.169.254/latest', inTheClear: true }, /link-local/],
    [{ url: 'https://[fe80::1]/' }, /link-local/],
    [{ events: ['nothing' as never] }, /It is one of/],
    [{ trustedCa: 'no certificate' }, /no certificate/],
  ]
  for (const [more, sentence] of refused) await expect(add(more), JSON.stringify(more)).rejects.toThrow(sentence)
  await expect(add({ partnerId: '11111111-1111-4111-8111-111111111111' })).rejects.toMatchObject({
    fields: { partnerId: expect.any(String) },
  })
  await expect(add({ typeIds: ['11111111-1111-4111-8111-111111111111'] })).rejects.toMatchObject({
    fields: { typeIds: expect.any(String) },
  })
  expect(await listWebhooks(world.db, actor)).toEqual([])
  const operator = { ...world.ctx(), actor: { ...actor, role: 'operator' as const } }
  await expect(addWebhook(world.db, operator, { url: receiver.url })).rejects.toThrow('role')
})

test('nothing is sent to link-local addresses, whatever they are written as', () => {
  for (const host of ['169.254.169.254', '[::ffff:169.254.169.254]', '[fe80::1]', '[fd00:ec2::254]'])
    expect(isForbiddenAddress(host), host).toBe(true)
  for (const host of ['10.0.0.1', '127.0.0.1', '[::1]', 'shop.example.com', '192.168.1.1'])
    expect(isForbiddenAddress(host), host).toBe(false)
})

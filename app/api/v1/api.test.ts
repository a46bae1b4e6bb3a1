import { readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApiKey } from '@/lib/accounts/api-keys'
import { may, ROLE_NAMES, type Role } from '@/lib/accounts/roles'
import { setSupportSeesCodes } from '@/lib/accounts/sight'
import { entrances } from '@/lib/accounts/testing/surface'
import { setPerProcess } from '@/lib/db/per-process'
import { type Database, setDatabase } from '@/lib/db/pool'
import { parseEnv } from '@/lib/env'
import { Iccid } from '@/lib/rsp/identifiers'
import { actor, address, customerUrl, Laboratory } from '@/lib/smdp/testing/laboratory'
import { setVault } from '@/lib/vault/vault'
import type { ApiCall } from './_contract/call'
import { CALLS } from './_contract/calls'
import { RefusalAnswer } from './_contract/errors'
import { openApiDocument } from './_contract/openapi'

const root = path.resolve(import.meta.dirname, '../../..')
const prefix = 'app/api/v1'
const fileOf = ({ path: at }: Pick<ApiCall, 'path'>) => `${prefix}${at.replace(/\{(\w+)\}/g, '[$1]')}/route.ts`
const idOf = ({ method, path: at }: Pick<ApiCall, 'method' | 'path'>) => `${method} ${at}`

type Handler = (request: Request, place: { params: Promise<Record<string, string>> }) => Promise<Response>
type Json = Record<string, unknown>

let lab: Laboratory
let db: Database
const keys = new Map<Role, string>()
const eid = '89049032123451234512345678901235'
const otherEid = '89044000000000000000000000000012'

beforeAll(async () => {
  lab = await Laboratory.open()
  db = lab.db
  setDatabase(db)
  setVault(lab.vault)
  setPerProcess('env', parseEnv({ SMDP_ADDRESS: address, CUSTOMER_URL: customerUrl }))
  for (const role of ROLE_NAMES) keys.set(role, (await createApiKey(db, actor, { name: role, role })).key)
  await lab.addType({ name: 'coded', confirmationCodeRequired: true })
})
afterAll(async () => {
  setDatabase(undefined)
  setVault(undefined)
  setPerProcess('env', undefined)
  await lab?.close()
})

interface Asking {
  role?: Role | undefined
  params?: Record<string, string>
  query?: Record<string, string>
  body?: unknown
  key?: string | undefined
  headers?: Record<string, string>
}

const used = new Set<string>()

/** Calls a route as a script does, and holds the answer to its schema. */
async function ask(id: string, { role = 'operator', params = {}, query = {}, body, key, headers = {} }: Asking = {}) {
  const call = CALLS.find(each => idOf(each) === id)
  if (!call) throw new Error(`no call ${id}`)
  const handlers = (await import(/* @vite-ignore */ path.join(root, fileOf(call)))) as Record<string, Handler>
  const request = new Request(`http://localhost:8080/api/v1${call.path}?${new URLSearchParams(query)}`, {
    method: call.method,
    headers: { authorization: `Bearer ${keys.get(role)}`, ...(key ? { 'idempotency-key': key } : {}), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const answer = await handlers[call.method]?.(request, { params: Promise.resolve(params) })
  if (!answer) throw new Error(`no handler ${id}`)
  const json = (await answer.json()) as Json
  expect(answer.headers.get('cache-control')).toBe('no-store')
  if (answer.ok) {
    expect(answer.status, id).toBe(call.status)
    expect(call.answer.parse(json), id).toEqual(json)
    used.add(id)
  } else expect(RefusalAnswer.parse(json), id).toEqual(json)
  return { status: answer.status, json, headers: answer.headers, error: (json.error ?? {}) as Json }
}

let calls = 0
const newKey = () => `call-${++calls}`
const issue = (body: unknown, more: Asking = {}) => ask('POST /orders', { body, key: newKey(), ...more })
const issued = async (body?: unknown): Promise<Json> => {
  const { status, json } = await issue(body ?? { iccid: (await lab.addProfile()).iccid })
  expect(status).toBe(201)
  return json
}
const text = (value: unknown): string => String(value)

describe('the table of calls', () => {
  const files = readdirSync(path.join(root, prefix), { recursive: true })
    .map(file => path.posix.join(prefix, String(file)))
    .filter(file => file.endsWith('/route.ts') && !file.includes('openapi.json'))
  const found = entrances(root).filter(({ kind, file }) => kind === 'route' && files.includes(file))

  test('has every route with its verb, and every call has its route', () => {
    const routes = found.map(({ file, name, verb }) => `${name} ${file} ${verb}`)
    expect(routes.sort()).toEqual(CALLS.map(call => `${call.method} ${fileOf(call)} ${call.verb}`).sort())
    expect(new Set(found.map(({ file }) => file))).toEqual(new Set(files))
  })

  test('is what the document has, with nothing left out', () => {
    const document = openApiDocument('https://portal.example.com')
    const described = Object.entries(document.paths).flatMap(([at, methods]) =>
      Object.keys(methods).map(name => `${name.toUpperCase()} ${at}`),
    )
    expect(described.sort()).toEqual(CALLS.map(idOf).sort())
    expect(new Set(CALLS.map(({ operationId }) => operationId)).size).toBe(CALLS.length)
  })

  test('takes every part of a path as a parameter, and an Idempotency-Key where it makes something', () => {
    const { paths } = openApiDocument('')
    for (const { path: at, method, once, operationId } of CALLS) {
      const { parameters = [] } = paths[at]?.[method.toLowerCase()] ?? {}
      const named = [...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(
        parameters.flatMap(each => (each.in === 'path' ? [each.name] : [])),
        operationId,
      ).toEqual(named)
      expect(parameters.some(({ name }) => name === 'Idempotency-Key')).toBe(once === true)
    }
  })
})

describe('the document', () => {
  const document = openApiDocument('https://portal.example.com')
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)]

  test('names nothing that it does not have, and has nothing that nobody names', () => {
    const { schemas, responses } = document.components
    const [named, refused] = ['schemas', 'responses'].map(part => new Set(refs.flatMap(([, of, name]) => (of === part ? [name] : []))))
    expect(named).toEqual(new Set(Object.keys(schemas)))
    expect(refused).toEqual(new Set(Object.keys(responses)))
    expect(JSON.stringify(document)).not.toContain('$defs')
  })

  test('tells of the webhooks in the words of their own table', () => {
    expect(document.webhooks['profile.installed']?.post.parameters?.[0]?.name).toBe('Slipway-Signature')
    expect(document.components.schemas.WebhookPayload?.properties).toHaveProperty('event')
  })

  test('is for everybody, under the address of the portal', async () => {
    const { GET } = await import('./openapi.json/route')
    const answer = GET()
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ openapi: '3.1.0', servers: [{ url: 'http://localhost:8080/api/v1' }] })
  })

  test('gives examples that can be sent as they are', () => {
    for (const call of CALLS)
      for (const example of (call.body.meta()?.examples as unknown[] | undefined) ?? [])
        expect(call.body.safeParse(example).success, call.operationId).toBe(true)
  })
})

describe('who may', () => {
  test('nobody without a key, nor with a cookie or a key that is none', async () => {
    const cases: Record<string, string>[] = [{ authorization: '' }, { authorization: 'Bearer slw_no', cookie: 'session=x' }]
    for (const headers of cases) {
      const { status, error, headers: answered } = await ask('GET /types', { headers })
      expect([status, error.code, answered.get('www-authenticate')]).toEqual([401, 'keyRefused', 'Bearer'])
    }
  })

  test.each(CALLS.map(call => [idOf(call), call] as const))('%s: keys of the roles of its verb', async (id, { verb }) => {
    for (const role of ROLE_NAMES.filter(each => !may(each, verb))) {
      const { status, error } = await ask(id, {
        role,
        params: { iccid: '', id: '' },
        headers: { 'x-forwarded-for': `192.0.2.${++calls % 250}` },
      })
      expect([status, error.code], role).toEqual([403, 'notAllowed'])
    }
  })
})

describe('types and stock', () => {
  test('types by name, and one by its id', async () => {
    const { json } = await ask('GET /types', { role: 'auditor' })
    const types = json.data as Json[]
    expect(types.map(({ name }) => name)).toEqual(['coded', 'test'])
    const { json: one } = await ask('GET /types/{id}', { params: { id: text(types[0]?.id) } })
    expect(one).toMatchObject({ name: 'coded', confirmationCodeRequired: true })
    expect((await ask('GET /types/{id}', { params: { id: '00000000-0000-4000-8000-000000000000' } })).error.code).toBe('notFound')
    expect((await ask('GET /types/{id}', { params: { id: 'test' } })).error).toMatchObject({
      code: 'inputInvalid',
      fields: { id: expect.any(String) },
    })
  })

  test('stock: how many are in each state', async () => {
    await lab.addProfile({ type: 'coded' })
    const { json } = await ask('GET /stock')
    expect(json.data).toContainEqual(
      expect.objectContaining({ type: 'coded', total: 1, states: expect.objectContaining({ Available: 1, Released: 0 }) }),
    )
  })

  test('profiles page by page: each once, whatever the order', async () => {
    for (let i = 0; i < 5; i++) await lab.addProfile()
    for (const query of [{}, { sort: 'changed', order: 'descending' }, { state: 'Available,Released', type: 'test' }] as Record<
      string,
      string
    >[]) {
      const whole = (await ask('GET /profiles', { query: { ...query, limit: '200' } })).json
      expect(whole.next).toBeNull()
      const paged: unknown[] = []
      let after: string | undefined
      do {
        const { json } = await ask('GET /profiles', { query: { ...query, limit: '2', ...(after ? { after } : {}) } })
        paged.push(...(json.data as unknown[]))
        after = (json.next ?? undefined) as string | undefined
      } while (after)
      expect(paged).toEqual(whole.data)
    }
  })

  test('profiles of a search', async () => {
    const order = await issued()
    const { json } = await ask('GET /profiles', { query: { search: text(order.iccid) } })
    expect(json.data).toEqual([expect.objectContaining({ iccid: order.iccid, state: 'Released', matchingId: order.matchingId })])
  })

  test('what cannot be asked is named', async () => {
    expect((await ask('GET /profiles', { query: { limit: '0' } })).error).toMatchObject({
      code: 'inputInvalid',
      fields: { limit: 'At least 1.' },
    })
    expect((await ask('GET /profiles', { query: { after: 'x' } })).error).toMatchObject({
      fields: { after: expect.stringContaining('next') },
    })
    expect((await ask('GET /profiles', { query: { stat: 'Available' } })).error).toMatchObject({
      fields: { stat: 'There is no such field.' },
    })
    expect((await ask('GET /profiles', { query: { state: 'Sold' } })).error.code).toBe('inputInvalid')
  })

  test('one profile with its orders, the newest first', async () => {
    const order = await issued()
    const params = { iccid: text(order.iccid) }
    await ask('POST /orders/{orderId}/cancel', {
      params: { orderId: text(order.orderId) },
      body: { finalProfileStatusIndicator: 'Available' },
    })
    lab.now = new Date(lab.now.getTime() + 1_000)
    const next = await issued({ iccid: order.iccid })
    const { json } = await ask('GET /profiles/{iccid}', { params })
    expect(json).toMatchObject({
      state: 'Released',
      orders: [
        { orderId: next.orderId, open: true },
        { orderId: order.orderId, outcome: 'cancelled' },
      ],
    })
    const unknown = await ask('GET /profiles/{iccid}', { params: { iccid: '8900000000000000000' } })
    expect([unknown.status, unknown.error]).toMatchObject([
      404,
      { code: 'iccidUnknown', status: { subjectCode: '8.2.1', reasonCode: '3.9' } },
    ])
  })

  test('the timeline in sentences, page by page', async () => {
    const order = await issued({ iccid: (await lab.addProfile()).iccid, confirmationCode: '1234' })
    const params = { iccid: text(order.iccid) }
    await lab
      .phone()
      .download({ activationCode: text(order.activationCode), confirmationCode: '9999' })
      .catch(() => undefined)
    const { json } = await ask('GET /profiles/{iccid}/timeline', { params })
    const steps = json.data as Json[]
    expect(steps.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['downloadOrder', 'confirmOrder', 'authenticateClient']))
    expect(steps.find(({ outcome }) => outcome === 'refused')?.status).toEqual({
      name: 'confirmationCodeRefused',
      subjectCode: '8.2.7',
      reasonCode: '3.8',
    })
    expect(steps.every(({ sentence }) => /[.!?]$/.test(text(sentence)))).toBe(true)
    const first = (await ask('GET /profiles/{iccid}/timeline', { params, query: { limit: '1' } })).json
    const second = (await ask('GET /profiles/{iccid}/timeline', { params, query: { limit: '1', after: text(first.next) } })).json
    expect([...(first.data as Json[]), ...(second.data as Json[])]).toEqual(steps.slice(0, 2))
  })
})

describe('issuing', () => {
  test('a code of a type, which a phone downloads; then the order says so', async () => {
    await lab.addProfile()
    const order = await issued({ type: 'test', reference: 'contract 1', customerEmail: 'C@Example.com' })
    expect(order).toMatchObject({
      state: 'Released',
      open: true,
      reference: 'contract 1',
      customerEmail: 'c@example.com',
      createdBy: 'key:operator',
      activationCode: `LPA:1$${address}$${order.matchingId}`,
      page: expect.stringContaining(`${customerUrl}/e/`),
    })
    await lab.phone().download({ activationCode: text(order.activationCode) })
    const { json } = await ask('GET /orders/{orderId}', { params: { orderId: text(order.orderId) } })
    expect(json).toMatchObject({ state: 'Installed', open: false, outcome: 'installed', downloadAttempts: 1 })
    expect(json).not.toHaveProperty('page')
  })

  test('is on the audit, with the name of the key', async () => {
    const order = await issued()
    expect(await lab.sql(`SELECT actor, action, result FROM audit WHERE target = $1`, [order.iccid])).toEqual([
      { actor: 'key:operator', action: 'order:issue', result: 'ok' },
    ])
  })

  test('the same call again makes nothing new and is answered with the order as it is now', async () => {
    const { iccid } = await lab.addProfile()
    const key = newKey()
    const first = await issue({ iccid }, { key })
    const again = await issue({ iccid }, { key })
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.json).toEqual(first.json)
    expect([first.headers.get('idempotent-replayed'), again.headers.get('idempotent-replayed')]).toEqual([null, 'true'])
    const params = { orderId: text(first.json.orderId) }
    await ask('POST /orders/{orderId}/cancel', { params, body: { finalProfileStatusIndicator: 'Available' } })
    expect((await issue({ iccid }, { key })).json).toMatchObject({
      orderId: first.json.orderId,
      open: false,
      outcome: 'cancelled',
      page: null,
    })
    expect(await lab.sql('SELECT count(*)::int AS orders FROM download_order WHERE iccid = $1', [iccid])).toEqual([{ orders: 1 }])
    expect((await lab.profile(iccid))?.state).toBe('Available')
  })

  test('ten at once with one key make one order', async () => {
    for (let i = 0; i < 10; i++) await lab.addProfile()
    const before = await lab.count('download_order')
    const key = newKey()
    const answers = await Promise.all(Array.from({ length: 10 }, () => issue({ type: 'test' }, { key })))
    expect(new Set(answers.map(({ json }) => json.orderId)).size).toBe(1)
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1)
    expect(await lab.count('download_order')).toBe(before + 1)
  })

  test('a key that came with another body is refused; another caller’s is another call', async () => {
    await lab.addProfile()
    await lab.addProfile()
    const key = newKey()
    const first = await issue({ type: 'test' }, { key })
    const other = await issue({ type: 'test', reference: 'x' }, { key })
    expect([other.status, other.error.code]).toEqual([422, 'idempotencyKeyReused'])
    const foreign = await issue({ type: 'test' }, { key, role: 'administrator' })
    expect(foreign.status).toBe(201)
    expect(foreign.json.orderId).not.toBe(first.json.orderId)
    const run = await ask('POST /runs', { key, body: { type: 'test', count: 1 } })
    expect(run.error.code).toBe('idempotencyKeyReused')
  })

  test('needs such a key', async () => {
    const { status, error } = await issue({ type: 'test' }, { key: undefined })
    expect([status, error.code]).toEqual([400, 'idempotencyKeyMissing'])
    expect((await issue({ type: 'test' }, { key: 'a b' })).error).toMatchObject({ fields: { 'Idempotency-Key': expect.any(String) } })
  })

  test('a refusal is not remembered: with stock again, the same call goes through', async () => {
    await lab.addType({ name: 'empty' })
    const key = newKey()
    const refused = await issue({ type: 'empty' }, { key })
    expect([refused.status, refused.error]).toMatchObject([
      409,
      { code: 'profileTypeExhausted', status: { subjectCode: '8.2.5', reasonCode: '3.7' } },
    ])
    await lab.addProfile({ type: 'empty' })
    expect((await issue({ type: 'empty' }, { key })).status).toBe(201)
    expect((await issue({ type: 'none' })).status).toBe(404)
  })

  test('a confirmation code that was made is told again for a day, and is right', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: lab.now })
    try {
      await lab.addProfile({ type: 'coded' })
      const key = newKey()
      const first = await issue({ type: 'coded' }, { key })
      expect(first.json).toMatchObject({ confirmationCodeRequired: true, confirmationCode: expect.stringMatching(/^[0-9]{6}$/) })
      expect((await issue({ type: 'coded' }, { key })).json).toEqual(first.json)
      vi.setSystemTime(lab.now.getTime() + 25 * 3_600_000)
      expect((await issue({ type: 'coded' }, { key })).json).not.toHaveProperty('confirmationCode')
      const { outcome } = await lab
        .phone()
        .download({ activationCode: text(first.json.activationCode), confirmationCode: text(first.json.confirmationCode) })
      expect(outcome).toBe('installed')
      const kept = JSON.stringify([await lab.sql('SELECT * FROM download_order'), await lab.sql('SELECT * FROM audit')])
      expect(kept).not.toContain(`"${text(first.json.confirmationCode)}"`)
    } finally {
      vi.useRealTimers()
    }
  })

  test('a code that was given is not told back', async () => {
    const order = await issued({ iccid: (await lab.addProfile()).iccid, confirmationCode: 'open sesame' })
    expect(order.confirmationCodeRequired).toBe(true)
    expect(JSON.stringify(order)).not.toContain('sesame')
  })

  test('says what is wrong with a body', async () => {
    const cases: [unknown, string][] = [
      [{}, 'type'],
      [{ type: 'test', iccid: '8949990000000000017' }, 'type'],
      [{ type: 'test', confirmationcode: '1' }, 'confirmationcode'],
      [{ type: 'test', eid: '1' }, 'eid'],
      [{ type: 'test', expiresAt: 'tomorrow' }, 'expiresAt'],
      ['{', 'body'],
      ['[]', 'body'],
    ]
    for (const [body, field] of cases) {
      const { status, error } = await issue(body)
      expect([status, error.code, Object.keys(error.fields as Json)], JSON.stringify(body)).toEqual([400, 'inputInvalid', [field]])
    }
    const past = await issue({ type: 'test', expiresAt: '2001-01-01T00:00:00Z' })
    expect([past.status, past.error]).toMatchObject([422, { code: 'notPossible', fields: { expiresAt: 'Choose a later time' } }])
    const mistyped = await issue({ type: 'test', eid: otherEid })
    expect([mistyped.status, mistyped.error]).toMatchObject([422, { fields: { eid: expect.any(String) } }])
  })

  test('of many who want the last profile one gets it', async () => {
    await lab.addType({ name: 'last' })
    await lab.addProfile({ type: 'last' })
    const answers = await Promise.all([1, 2, 3].map(() => issue({ type: 'last' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  })
})

describe('runs', () => {
  test('a number of a type, all or none, and the same again makes nothing new', async () => {
    await lab.addType({ name: 'many', confirmationCodeRequired: true })
    for (let i = 0; i < 3; i++) await lab.addProfile({ type: 'many' })
    const tooMany = await ask('POST /runs', { key: newKey(), body: { type: 'many', count: 4 } })
    expect(tooMany.error.code).toBe('profileTypeExhausted')
    const asked = { key: newKey(), body: { type: 'many', count: 3, reference: 'shop' } }
    const first = await ask('POST /runs', asked)
    const orders = first.json.orders as Json[]
    expect(orders).toHaveLength(3)
    expect(orders.every(({ confirmationCode, reference }) => /^[0-9]{6}$/.test(text(confirmationCode)) && reference === 'shop')).toBe(true)
    const again = await ask('POST /runs', asked)
    expect(again.json).toEqual(first.json)
    expect(again.headers.get('idempotent-replayed')).toBe('true')

    const params = { runId: text(first.json.runId) }
    expect((await ask('GET /runs/{runId}', { params })).json).toMatchObject({
      title: 'Issue 3 codes of many',
      issued: 3,
      states: { Released: 3 },
    })
    const page = (await ask('GET /runs/{runId}/orders', { params, query: { limit: '2' } })).json
    const rest = (await ask('GET /runs/{runId}/orders', { params, query: { limit: '2', after: text(page.next) } })).json
    const iccids = [...(page.data as Json[]), ...(rest.data as Json[])].map(({ iccid }) => text(iccid))
    expect(iccids).toEqual(orders.map(({ iccid }) => text(iccid)).sort())
    expect(rest.next).toBeNull()
  })

  test('an order for each row, in the order of the rows', async () => {
    const { iccid } = await lab.addProfile()
    await lab.addProfile()
    const body = { type: 'test', orders: [{ reference: 'drawn' }, { iccid, eid, reference: 'named' }], confirmationCode: { same: '4711' } }
    const { json } = await ask('POST /runs', { key: newKey(), body })
    expect(json.orders).toMatchObject([
      { reference: 'drawn', eid: null },
      { iccid, eid, reference: 'named', confirmationCodeRequired: true },
    ])
    expect(JSON.stringify(json)).not.toContain('4711')
  })

  test('says which row cannot be', async () => {
    const wrong = await ask('POST /runs', { key: newKey(), body: { type: 'test', orders: [{}, { eid: 'x' }] } })
    expect(wrong.error).toMatchObject({ code: 'inputInvalid', fields: { 'orders.1.eid': expect.any(String) } })
    const mistyped = await ask('POST /runs', { key: newKey(), body: { type: 'test', orders: [{ eid: otherEid }] } })
    expect(mistyped.error).toMatchObject({ code: 'notPossible', fields: { 'orders.0.eid': expect.any(String) } })
    expect((await ask('POST /runs', { key: newKey(), body: { orders: [{}] } })).error).toMatchObject({
      fields: { type: expect.any(String) },
    })
    expect((await ask('POST /runs', { key: newKey(), body: { type: 'test' } })).error).toMatchObject({
      fields: { count: expect.any(String) },
    })
    const params = { runId: '00000000-0000-4000-8000-000000000000' }
    for (const id of ['GET /runs/{runId}', 'GET /runs/{runId}/orders']) expect((await ask(id, { params })).error.code).toBe('notFound')
  })
})

describe('an order', () => {
  test('is released once, and the same again changes nothing', async () => {
    const order = await issued({ iccid: (await lab.addProfile()).iccid, release: false })
    expect(order.state).toBe('Confirmed')
    const params = { orderId: text(order.orderId) }
    for (let i = 0; i < 2; i++) expect((await ask('POST /orders/{orderId}/release', { params })).json.state).toBe('Released')
    expect((await lab.events(text(order.iccid))).filter(({ kind }) => kind === 'releaseProfile')).toHaveLength(1)
  })

  test('is cancelled once, and never the next one of its profile', async () => {
    const order = await issued()
    const params = { orderId: text(order.orderId) }
    const body = { finalProfileStatusIndicator: 'Available' }
    const cancelled = await ask('POST /orders/{orderId}/cancel', { params, body })
    expect(cancelled.json).toMatchObject({ state: 'Available', open: false, outcome: 'cancelled' })
    const next = await issued({ iccid: order.iccid })
    expect((await ask('POST /orders/{orderId}/cancel', { params, body })).json.outcome).toBe('cancelled')
    expect((await ask('GET /orders/{orderId}', { params: { orderId: text(next.orderId) } })).json.open).toBe(true)
    expect((await ask('POST /orders/{orderId}/release', { params })).error.code).toBe('notPossible')
  })

  test('whose package a device has does not go back to stock', async () => {
    const order = await issued()
    await lab.phone().download({ activationCode: text(order.activationCode) })
    const params = { orderId: text(order.orderId) }
    const { status, error } = await ask('POST /orders/{orderId}/cancel', { params, body: { finalProfileStatusIndicator: 'Available' } })
    expect([status, error.code]).toEqual([422, 'notPossible'])
  })

  test('that there is not', async () => {
    const params = { orderId: '00000000-0000-4000-8000-000000000000' }
    const body = { finalProfileStatusIndicator: 'Available' }
    for (const [id, more] of [
      ['GET /orders/{orderId}', {}],
      ['POST /orders/{orderId}/release', {}],
      ['POST /orders/{orderId}/confirm', {}],
      ['POST /orders/{orderId}/cancel', { body }],
    ] as const) {
      const { status, error } = await ask(id, { params, ...more })
      expect([status, error.code], id).toEqual([404, 'notFound'])
    }
  })

  test('is bound, unbound and confirmed', async () => {
    const { iccid } = await lab.addProfile()
    const params = { iccid }
    const bound = await ask('POST /profiles/{iccid}/bind', { params, body: { eid } })
    expect(bound.json).toMatchObject({ state: 'Linked', eid, activationCode: null })
    expect((await ask('POST /profiles/{iccid}/bind', { params, body: { eid } })).json).toEqual(bound.json)
    expect((await ask('POST /profiles/{iccid}/unbind', { params })).json).toMatchObject({ state: 'Allocated', eid: null })
    const orderParams = { orderId: text(bound.json.orderId) }
    const confirmed = await ask('POST /orders/{orderId}/confirm', { params: orderParams, body: { makeConfirmationCode: 'always' } })
    expect(confirmed.json).toMatchObject({ state: 'Released', confirmationCode: expect.any(String), page: expect.any(String) })
    expect((await ask('POST /orders/{orderId}/confirm', { params: orderParams })).error).toMatchObject({
      code: 'iccidInUse',
      detail: expect.stringContaining('Released'),
    })
  })
})

describe('a customer’s link', () => {
  test('is read, renewed and ended', async () => {
    const order = await issued()
    const params = { iccid: text(order.iccid) }
    expect((await ask('GET /profiles/{iccid}/link', { params, role: 'support' })).json).toMatchObject({ url: order.page, opens: 0 })
    const renewed = (await ask('POST /profiles/{iccid}/link', { params, role: 'support' })).json
    expect(renewed.url).not.toBe(order.page)
    expect((await ask('DELETE /profiles/{iccid}/link', { params })).json).toMatchObject({ url: null, linkId: renewed.linkId })
    expect((await ask('DELETE /profiles/{iccid}/link', { params })).error.code).toBe('notPossible')
  })

  test('of a profile that never had one', async () => {
    const { iccid } = await lab.addProfile()
    expect((await ask('GET /profiles/{iccid}/link', { params: { iccid } })).error.code).toBe('notFound')
    expect((await ask('POST /profiles/{iccid}/link', { params: { iccid } })).error.code).toBe('notPossible')
  })
})

describe('what a role does not see', () => {
  test('is masked in every answer: EIDs and codes', async () => {
    const order = await issued({ iccid: (await lab.addProfile()).iccid, eid })
    const iccid = Iccid.parse(order.iccid)
    const seen = async (role: Role) =>
      JSON.stringify(
        await Promise.all([
          ask('GET /profiles', { role, query: { search: iccid } }).then(({ json }) => json),
          ask('GET /profiles/{iccid}', { role, params: { iccid } }).then(({ json }) => json),
          ask('GET /profiles/{iccid}/timeline', { role, params: { iccid } }).then(({ json }) => json),
          ask('GET /orders/{orderId}', { role, params: { orderId: text(order.orderId) } }).then(({ json }) => json),
        ]),
      )
    for (const role of ['support', 'auditor', 'approver'] as const) {
      const answers = await seen(role)
      for (const secret of [eid, text(order.matchingId)]) expect(answers.includes(secret), `${role}: ${secret}`).toBe(false)
      expect(answers).toContain(`••••${eid.slice(-4)}`)
    }
    const whole = await seen('operator')
    for (const secret of [eid, text(order.matchingId)]) expect(whole).toContain(secret)
    await setSupportSeesCodes(db, actor, true)
    expect(await seen('support')).toContain(text(order.activationCode))
  })
})

test('every call was answered well by some test of these', () => {
  expect([...used].sort()).toEqual(CALLS.map(idOf).sort())
})

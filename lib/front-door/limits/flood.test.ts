import { randomBytes } from 'node:crypto'
import { Agent, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseEnv } from '@/lib/env'
import type { Transport } from '@/lib/phone/es9-client'
import { Euicc } from '@/lib/phone/euicc'
import { Lpa } from '@/lib/phone/lpa'
import { answerEs9 } from '@/lib/smdp/es9/answer'
import type { Es9Context } from '@/lib/smdp/es9/context'
import { Device } from '@/lib/smdp/testing/device'
import { forgedCard } from '@/lib/smdp/testing/forged-card'
import { Laboratory, address as smdpAddress } from '@/lib/smdp/testing/laboratory'
import { networkList } from '../client-address'
import { createHosts } from '../host-routing'
import { type Listener, listen } from '../listeners'
import { requestHandler } from '../request-handler'
import { Es9Limits } from './es9-limits'

const prefix = '/gsma/rsp2/es9plus/'
const stranger = '203.0.113.66'
const customer = '198.51.100.7'

let lab: Laboratory
let ctx: Es9Context
let listener: Listener
let limits: Es9Limits
let now = 1_000_000
const agent = new Agent({ keepAlive: true, maxSockets: 64 })

beforeAll(async () => {
  lab = await Laboratory.open()
  ctx = await lab.ctx()
  ctx.strangers.listen(({ address }) => limits.noteRefusal(address))
  const door = {
    hosts: createHosts({ smdpAddresses: [smdpAddress], portalUrl: 'https://portal.example.com' }),
    trusted: networkList(['127.0.0.1']),
    secureByDefault: true,
    insideToken: 'a secret of this process',
    development: false,
    health: async () => [],
    services: () => ({
      answerEs9: async (request: Parameters<typeof answerEs9>[0]) => answerEs9(request, await lab.ctx()),
      limits,
      portal: async () => undefined,
    }),
  }
  listener = await listen({ variable: 'HTTP_PORT', port: 0, host: '127.0.0.1' }, { request: requestHandler(door) })
})
afterAll(async () => {
  agent.destroy()
  await listener?.close(0)
  await lab?.close()
})
beforeEach(() => {
  limits = new Es9Limits(parseEnv({}).es9Limits, () => now)
})

interface Reply {
  status: number
  retryAfter: string | undefined
  text: string
}

/** A call as a TLS proxy hands it on. */
function call(from: string, name: string, body: object): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { port } = listener.server.address() as AddressInfo
    const headers = { host: smdpAddress, 'content-type': 'application/json', 'x-forwarded-for': from }
    const req = httpRequest({ agent, host: '127.0.0.1', port, method: 'POST', path: prefix + name, headers }, res => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, retryAfter: res.headers['retry-after'], text: Buffer.concat(chunks).toString() }),
      )
    })
    req.on('error', reject)
    req.end(JSON.stringify(body))
  })
}

/** A phone that comes through the front door. */
function phoneAt(from: string): Lpa {
  const transport: Transport = {
    post: async (path, body) => {
      const { status, text } = await call(from, path.split('/').at(-1) ?? '', body as object)
      const headers = { 'x-admin-protocol': 'gsma/rsp/v2.5.0', 'content-type': 'application/json' }
      return { status, headers, json: text.startsWith('{') ? JSON.parse(text) : undefined }
    },
  }
  return new Lpa(new Euicc(lab.card(), { now: () => lab.now }), () => transport)
}

const greeting = () => ({
  euiccChallenge: randomBytes(16).toString('base64'),
  euiccInfo1: new Device(lab).euicc.getEuiccInfo1().toString('base64'),
  smdpAddress,
})

const damaged = (der: Buffer): Buffer => Buffer.concat([der.subarray(0, -8), Buffer.alloc(8, 7)])

/** An authenticateClient whose eUICC certificate comes from nowhere. */
async function forgery(): Promise<object> {
  const device = new Device(lab, forgedCard(lab, { euiccDer: damaged }))
  const authenticateServerResponse = (await device.proof('ANY-CODE')).toString('base64')
  return { transactionId: device.transactionId, authenticateServerResponse }
}

const rowCounts = async (): Promise<Record<string, number>> => {
  const tables = await lab.sql(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)
  const counts = tables.map(({ name }) => `SELECT '${name}' AS name, count(*)::int AS rows FROM "${name}"`)
  return Object.fromEntries((await lab.sql(counts.join(' UNION ALL '))).map(({ name, rows }) => [name, Number(rows)]))
}

const added = (before: Record<string, number>, after: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([name, rows]) => [name, rows - (before[name] ?? 0)]))

const tally = (replies: Reply[]): Record<number, number> => {
  const counts: Record<number, number> = {}
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

describe('a flood from one address', () => {
  test('of initiateAuthentication and forged authenticateClient writes nothing, and a phone elsewhere downloads through it', async () => {
    const [forged, first] = [await forgery(), greeting()]
    const orders = [await lab.issued(), await lab.issued()] as const
    const start = await rowCounts()
    await phoneAt(customer).download({ activationCode: orders[0].activationCode })
    const quiet = await rowCounts()
    const flood = Array.from({ length: 4_000 }, (_, i) =>
      i % 2 ? call(stranger, 'authenticateClient', forged) : call(stranger, 'initiateAuthentication', first),
    )
    const through = await phoneAt(customer).download({ activationCode: orders[1].activationCode })
    const replies = await Promise.all(flood)
    expect(through.outcome).toBe('installed')
    expect(await lab.profile(orders[1].iccid)).toMatchObject({ state: 'Installed' })
    const { 200: answered = 0, 429: tooMany = 0, ...others } = tally(replies)
    expect(others).toEqual({})
    expect(answered).toBeLessThan(600)
    expect(tooMany).toBe(4_000 - answered)
    expect(replies.find(({ status }) => status === 429)?.retryAfter).toMatch(/^[1-9]\d*$/)
    expect(added(quiet, await rowCounts())).toEqual(added(start, quiet))
  })

  test('of first words ends where its minute’s worth ends, comes back with the clock, and touches no other address', async () => {
    const { addressPerMinute } = parseEnv({}).es9Limits
    for (let i = 0; i < addressPerMinute; i++) expect(limits.atDoor('initiateAuthentication', stranger)).toBeUndefined()
    const turned = await call(stranger, 'initiateAuthentication', greeting())
    expect([turned.status, turned.retryAfter]).toEqual([429, '1'])
    expect((await call(customer, 'initiateAuthentication', greeting())).status).toBe(200)
    now += 60_000
    expect((await call(stranger, 'initiateAuthentication', greeting())).status).toBe(200)
  })

  test('of an IPv6 network counts as one address', async () => {
    const { addressRefusalsPerMinute } = parseEnv({}).es9Limits
    for (let i = 0; i < addressRefusalsPerMinute; i++) limits.noteRefusal(`2001:db8:7:7::${i.toString(16)}`)
    expect((await call('2001:db8:7:7:ffff::1', 'initiateAuthentication', greeting())).status).toBe(429)
    expect((await call('2001:db8:7:8::1', 'initiateAuthentication', greeting())).status).toBe(200)
  })
})

describe('many addresses', () => {
  test('that are refused everywhere are turned away after one refusal; who has none is served', async () => {
    const { totalRefusalsPerMinute } = parseEnv({}).es9Limits
    for (let i = 0; i < totalRefusalsPerMinute; i++) limits.noteRefusal(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
    expect((await call('10.0.0.5', 'authenticateClient', {})).status).toBe(429)
    expect((await call(customer, 'initiateAuthentication', greeting())).status).toBe(200)
  })

  test('together open no more than all may, and are told 503; sessions under way go on', async () => {
    const { totalPerMinute } = parseEnv({}).es9Limits
    for (let i = 0; i < totalPerMinute; i++) limits.atDoor('initiateAuthentication', `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
    const turned = await call(customer, 'initiateAuthentication', greeting())
    expect([turned.status, turned.retryAfter]).toEqual([503, '5'])
    expect((await call(customer, 'authenticateClient', {})).status).toBe(200)
  })
})

describe('what has no place in the queue', () => {
  test('is answered 503 at once, before its body is read, and the connection stays', async () => {
    limits = new Es9Limits({ ...parseEnv({}).es9Limits, concurrency: 1, queue: 0 }, () => now)
    let open: () => void = () => undefined
    const working = limits.inTurn(
      'authenticateClient',
      () => false,
      () => new Promise(resolve => (open = () => resolve({ status: 200, headers: {}, body: '' }))),
    )
    const turned = await call(customer, 'getBoundProfilePackage', { transactionId: '00', filler: 'x'.repeat(50_000) })
    expect([turned.status, turned.retryAfter]).toEqual([503, '5'])
    expect(limits.use().turnedAway.busy).toEqual({ lastMinute: 1, lastHour: 1 })
    open()
    await working
    expect((await call(customer, 'initiateAuthentication', greeting())).status).toBe(200)
    expect(limits.use()).toMatchObject({ inWork: expect.any(Number), served: { lastMinute: 2 } })
  })
})

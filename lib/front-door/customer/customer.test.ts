import { randomBytes } from 'node:crypto'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Database, openDatabase } from '@/lib/db/pool'
import { currentLink, customerPageUrl, renewLink, revokeLink } from '@/lib/orders/links/customer-links'
import { Iccid } from '@/lib/rsp/identifiers'
import { customerUrl, Laboratory, address as smdpName } from '@/lib/smdp/testing/laboratory'
import { networkList } from '../client-address'
import { createHosts } from '../host-routing'
import { LinkLimits } from '../limits/link-limits'
import { type Listener, listen } from '../listeners'
import { requestHandler, type Services } from '../request-handler'
import { customerService } from './answer'

const portalName = 'portal.example.com'
const customerName = new URL(customerUrl).host
const customer = '198.51.100.7'
const stranger = '203.0.113.66'
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'

let lab: Laboratory
let listener: Listener
let db: Database
let limits: LinkLimits
let clock = 1_000_000
let ready = true

beforeAll(async () => {
  lab = await Laboratory.open()
  const services = (): Services => ({
    answerEs9: async () => ({ status: 200, headers: {}, body: 'es9' }),
    portal: async (_, res) => void res.end('portal'),
    customer: { ...customerService(db), limits, now: () => lab.now },
  })
  const door = {
    hosts: createHosts({ smdpAddresses: [smdpName], portalUrl: `https://${portalName}`, customerUrl }),
    trusted: networkList(['127.0.0.1']),
    secureByDefault: true,
    insideToken: 'a secret of this process',
    development: false,
    health: async () => [],
    services: () => (ready ? services() : undefined),
  }
  listener = await listen({ variable: 'X', port: 0, host: '127.0.0.1' }, { request: requestHandler(door) })
})
afterAll(async () => {
  await listener?.close(0)
  await lab?.close()
})
beforeEach(() => {
  db = lab.db
  limits = new LinkLimits({ now: () => clock })
})
afterEach(() => {
  vi.restoreAllMocks()
})

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  bytes: Buffer
  text: string
}

interface Asked {
  host?: string
  from?: string
  method?: string
  headers?: IncomingHttpHeaders
}

/** As a TLS proxy hands it on. */
function ask(path: string, { host = customerName, from = customer, method = 'GET', headers = {} }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = listener.server.address() as AddressInfo
    const all = { 'user-agent': iphone, ...headers, host, 'x-forwarded-for': from }
    const req = httpRequest({ agent: false, host: '127.0.0.1', port, method, path, headers: all }, res => {
      const chunks: Buffer[] = []
      res.on('data', chunk => chunks.push(chunk))
      res.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const text = (res.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()
        resolve({ status: res.statusCode ?? 0, headers: res.headers, bytes, text })
      })
      res.on('error', reject)
    })
    req.on('error', reject)
    req.end()
  })
}

async function linked(options: Parameters<Laboratory['issued']>[0] = {}) {
  const { iccid, activationCode } = await lab.issued(options)
  return { iccid: Iccid.parse(iccid), activationCode, path: await pathOf(iccid) }
}

async function pathOf(iccid: string): Promise<string> {
  const link = await currentLink(lab.db, iccid)
  if (!link) throw new Error('no link')
  return customerPageUrl(lab.orderContext(), link.linkId).slice(customerUrl.length)
}

const unknownPath = () => `/e/${randomBytes(24).toString('base64url')}`
const seen = (path: string, headers: IncomingHttpHeaders = { 'sec-fetch-site': 'same-origin' }) =>
  ask(`${path}/seen`, { method: 'POST', headers })

describe('the customer’s page', () => {
  test('comes whole, with the code, and no browser, search engine or other site keeps it or is told of it', async () => {
    const { path, activationCode } = await linked()
    const { status, headers, text, bytes } = await ask(path)
    expect(status).toBe(200)
    expect(text).toMatch(/^<!doctype html>/i)
    expect(text).toContain(activationCode.replaceAll('$', '$'))
    expect(bytes.length).toBeLessThan(60_000)
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow, noarchive',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'strict-transport-security': 'max-age=31536000',
    })
    expect(headers).not.toHaveProperty('set-cookie')
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(/^default-src 'none'; /)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    const nonce = /'nonce-([\w+/=]+)'/.exec(policy)?.[1] ?? ''
    for (const [tag] of text.matchAll(/<(script|style)\b[^>]*>/g)) expect(tag).toContain(nonce)
    expect(String((await ask(path)).headers['content-security-policy'])).not.toContain(nonce)
  })

  test('travels compressed where the browser takes it', async () => {
    const { path } = await linked()
    const [plain, zipped] = [await ask(path), await ask(path, { headers: { 'accept-encoding': 'gzip, br' } })]
    expect(zipped.headers['content-encoding']).toBe('gzip')
    expect(zipped.bytes.length).toBeLessThan(plain.bytes.length / 2)
    expect((await ask(path, { headers: { 'accept-encoding': 'gzip;q=0' } })).headers).not.toHaveProperty('content-encoding')
  })

  test('speaks the language that was chosen on it, else the order’s, else the browser’s', async () => {
    const { path, iccid } = await linked()
    const languageOf = async (query = '') =>
      / lang="([\w-]+)"/.exec((await ask(path + query, { headers: { 'accept-language': 'fr-CH,de' } })).text)?.[1]
    expect(await languageOf()).toBe('fr')
    await lab.sql(`UPDATE download_order SET language = 'es' WHERE iccid = $1`, [iccid])
    expect(await languageOf()).toBe('es')
    expect(await languageOf('?lang=ar')).toBe('ar')
    expect(await languageOf('?lang=x"><script>')).toBe('es')
  })

  test('opens where a mail program took the full stop for a part of the link', async () => {
    const { path, activationCode } = await linked()
    for (const more of ['.', ')', '/', '%22', ').']) expect((await ask(path + more)).text, more).toContain(activationCode)
    expect((await ask(`${path}x`)).status).toBe(404)
  })

  test('follows the eSIM', async () => {
    const { path, activationCode } = await linked()
    const state = async () => JSON.parse((await ask(`${path}/state`)).text)
    expect(await state()).toEqual({ situation: 'ready' })
    await lab.phone().download({ activationCode })
    expect((await state()).situation).toMatch(/^installed/)
    expect((await ask(path)).text).not.toContain(activationCode)
  })

  test('says of a link that was revoked, or has a newer one, that it is over, and tells no code', async () => {
    const { path, iccid, activationCode } = await linked()
    await renewLink(lab.db, lab.orderContext(), { iccid })
    const replaced = await ask(path)
    expect([replaced.status, JSON.parse((await ask(`${path}/state`)).text)]).toEqual([410, { situation: 'replaced' }])
    const newer = await pathOf(iccid)
    await revokeLink(lab.db, lab.orderContext(), { iccid })
    const revoked = await ask(newer)
    expect(revoked.status).toBe(410)
    const never = await ask(unknownPath())
    expect(never.status).toBe(404)
    for (const { text } of [replaced, revoked, never]) {
      expect(text).not.toContain(activationCode)
      expect(text).not.toMatch(/invalid/i)
      expect(text).toMatch(/^<!doctype html>/i)
    }
  })

  test.each([
    ['POST', '', 405],
    ['PUT', '/state', 405],
    ['GET', '/seen', 405],
    ['HEAD', '', 200],
    ['HEAD', '/state', 200],
    ['GET', '/other', 404],
  ])('answers %s of %s with %i', async (method, part, status) => {
    const { path } = await linked()
    const answer = await ask(path + part, { method })
    expect(answer.status).toBe(status)
    if (method === 'HEAD') expect(answer.bytes).toHaveLength(0)
  })
})

describe('a page counts as opened', () => {
  test('when it says itself that a person has it before them, and not when a program fetches it', async () => {
    const { path, iccid } = await linked()
    await ask(path)
    await ask(path, { method: 'HEAD' })
    await ask(path, { headers: { 'sec-purpose': 'prefetch' } })
    await ask(`${path}/state`)
    for (const site of ['none', 'cross-site', 'same-site']) expect((await seen(path, { 'sec-fetch-site': site })).text).toBe('')
    expect(await currentLink(lab.db, iccid)).toMatchObject({ opens: 0, openedAt: null })
    expect((await lab.events(iccid)).map(({ kind }) => kind)).not.toContain('linkOpened')
    expect((await seen(path)).status).toBe(200)
    expect((await seen(path, {})).status).toBe(200)
    expect(await currentLink(lab.db, iccid)).toMatchObject({ opens: 1, openedAt: lab.now })
    expect((await lab.events(iccid)).filter(({ kind }) => kind === 'linkOpened')).toHaveLength(1)
    expect((await seen(unknownPath())).status).toBe(404)
  })
})

describe('a host name', () => {
  test('of customers serves their pages and nothing else; the portal serves them too, the SM-DP+ address does not', async () => {
    const { path } = await linked()
    expect((await ask(path)).status).toBe(200)
    expect((await ask(path, { host: portalName })).status).toBe(200)
    expect((await ask(path, { host: smdpName })).status).toBe(404)
    expect((await ask('/profiles', { host: portalName })).text).toBe('portal')
    for (const other of ['/profiles', '/sign-in', '/_next/static/x.js', '/e/../sign-in', '/gsma/rsp2/es9plus/initiateAuthentication'])
      expect([other, (await ask(other)).status]).toEqual([other, 404])
    expect((await ask('/')).text).toMatch(/^<!doctype html>/i)
    expect((await ask('/e')).status).toBe(404)
    expect((await ask(path, { host: 'evil.example.com' })).status).toBe(421)
  })
})

describe('guessing', () => {
  test('is ended for an address after some wrong links, comes back with the clock, and touches nobody else', async () => {
    const { path } = await linked()
    const statuses: number[] = []
    for (let i = 0; i < 40; i++) statuses.push((await ask(i % 2 ? unknownPath() : '/e/short', { from: stranger })).status)
    expect(statuses.filter(status => status === 404)).toHaveLength(30)
    expect(new Set(statuses.slice(30))).toEqual(new Set([429]))
    const turned = await ask(path, { from: stranger })
    expect([turned.status, Number(turned.headers['retry-after']) > 0]).toEqual([429, true])
    expect(turned.text).toMatch(/^<!doctype html>/i)
    expect((await ask(path)).status).toBe(200)
    clock += 60_000
    expect((await ask(path, { from: stranger })).status).toBe(200)
  })

  test('of an IPv6 network counts as one address', async () => {
    for (let i = 0; i < 30; i++) limits.noteGuess(`2001:db8:7:7::${i.toString(16)}`)
    expect((await ask(unknownPath(), { from: '2001:db8:7:7:ffff::1' })).status).toBe(429)
    expect((await ask(unknownPath(), { from: '2001:db8:7:8::1' })).status).toBe(404)
  })

  test('with good links is bounded as well', async () => {
    const { path } = await linked()
    limits = new LinkLimits({ requestsPerMinute: 3, now: () => clock })
    expect([(await ask(path)).status, (await ask(path)).status, (await ask(path)).status, (await ask(path)).status]).toEqual([
      200, 200, 200, 429,
    ])
  })
})

describe('while the database is away', () => {
  test('the page says so calmly, with 503', async () => {
    const { path } = await linked()
    db = openDatabase('postgresql://nobody:secret@127.0.0.1:1/none')
    const away = await ask(path)
    expect([away.status, away.headers['retry-after'], away.headers['cache-control']]).toEqual([503, '10', 'no-store'])
    expect(away.text).toMatch(/^<!doctype html>/i)
    const state = await ask(`${path}/state`)
    expect([state.status, JSON.parse(state.text)]).toEqual([503, { situation: 'paused' }])
    expect((await seen(path)).status).toBe(503)
    await db.close()
  })

  test('and while the server starts', async () => {
    ready = false
    const { status, text } = await ask('/e/x')
    ready = true
    expect(status).toBe(503)
    expect(text).toMatch(/^<!doctype html>/i)
  })
})

describe('the token', () => {
  test('is in no log, also when something goes wrong on the way, and in no row', async () => {
    const written: string[] = []
    const keep = (chunk: unknown) => written.push(String(chunk)) > 0
    vi.spyOn(process.stdout, 'write').mockImplementation(keep)
    vi.spyOn(process.stderr, 'write').mockImplementation(keep)
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
      vi.spyOn(console, method).mockImplementation(
        (...words) => void written.push(words.map(word => (word instanceof Error ? word.stack : word)).join(' ')),
      )
    const { path } = await linked()
    const token = path.slice('/e/'.length)
    await ask(path)
    await seen(path)
    await ask(`${path}/%00`)
    db = { ...lab.db, query: () => Promise.reject(new TypeError(`no such thing as ${path}`)) }
    const failed = await ask(path)
    expect(failed.status).toBe(500)
    expect(failed.text).toMatch(/^<!doctype html>/i)
    db = { ...lab.db, query: () => Promise.reject(token) }
    expect((await ask(path)).status).toBe(500)
    db = lab.db
    const log = written.join('\n')
    expect(log).toMatch(/incident [0-9a-f]{8}/)
    expect(log).not.toContain(token)
    const tables = await lab.sql(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`)
    for (const { name } of tables)
      expect([name, JSON.stringify(await lab.sql(`SELECT t::text FROM "${name}" t`)).includes(token)]).toEqual([name, false])
  })
})

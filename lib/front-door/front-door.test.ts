import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, type PeerCertificate } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { credentials } from '@/lib/smdp/credentials'
import { answerEs9 } from '@/lib/smdp/es9/answer'
import { startSmdp } from '@/lib/smdp/es9/process-context'
import { ensureFirstKeys } from '@/lib/smdp/pki/first-keys'
import { openVault } from '@/lib/vault/vault'
import { servingChecks } from './checks'
import { networkList } from './client-address'
import { createHealth, type HealthCheck } from './health'
import { createHosts } from './host-routing'
import { PortalLimits } from './limits/portal-limits'
import { type Listener, listen, listenTls } from './listeners'
import { type PortalHandler, requestHandler } from './request-handler'
import { createTlsContexts } from './tls-contexts'

const smdpName = 'smdp.example.com'
const portalName = 'portal.example.com'
const hosts = createHosts({ smdpAddresses: [smdpName], portalUrl: `https://${portalName}` })
const dataDir = mkdtempSync(join(tmpdir(), 'slipway-front-door-'))

let server: TestDatabase
let db: Database
let plain: Listener
let secure: Listener
let checks: () => HealthCheck[]

const portOf = (listener: Listener) => (listener.server.address() as AddressInfo).port

/** Stands for the pages: says what it was given. */
const echo: PortalHandler = async (req, res) => {
  if (req.method === 'POST') {
    const hash = createHash('sha256')
    for await (const chunk of req) hash.update(chunk)
    return void res.end(JSON.stringify({ url: req.url, method: req.method, headers: req.headers, body: hash.digest('hex') }))
  }
  if (req.url === '/events') {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n')
    return
  }
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ url: req.url, headers: req.headers }))
}

const doorWith = (trusted: string[] = []) => ({
  hosts,
  trusted: networkList(trusted),
  secureByDefault: true,
  insideToken: 'a secret of this process',
  development: false,
  health: createHealth(() => checks()),
  services: () => ({ answerEs9, portal: echo }),
})

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
  const vault = await openVault(db, dataDir)
  await ensureFirstKeys({ db, vault, dataDir, addresses: [smdpName], now: new Date() })
  await startSmdp({ db, vault, smdpAddress: smdpName, smdpAliases: [] })
  const contexts = createTlsContexts({
    hosts,
    mainName: smdpName,
    portal: undefined,
    credentials: async () => (await credentials().current()).tls,
    now: () => new Date(),
  })
  checks = () => servingChecks(db, contexts)
  const handlers = { request: requestHandler(doorWith()) }
  plain = await listen({ variable: 'HTTP_PORT', port: 0, host: '127.0.0.1' }, handlers)
  secure = await listenTls({ variable: 'PORT', port: 0, host: '127.0.0.1' }, handlers, contexts)
})
afterAll(async () => {
  await Promise.all([plain?.close(0), secure?.close(0)])
  await db?.close()
  await server?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

function ask(
  path: string,
  { body, tls, port, ...options }: RequestOptions & { body?: string | Buffer; tls?: boolean } = {},
): Promise<Answer> {
  const send = tls ? httpsRequest : httpRequest
  const own = {
    host: '127.0.0.1',
    port: port ?? portOf(tls ? secure : plain),
    path,
    servername: smdpName,
    rejectUnauthorized: false,
    agent: false,
  }
  return new Promise((resolve, reject) => {
    const req = send({ ...own, ...options }, res => {
      const chunks: Buffer[] = []
      res.on('data', chunk => chunks.push(chunk))
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks).toString() }))
      res.on('error', reject)
    })
    req.on('error', reject)
    req.end(body)
  })
}

const es9 = '/gsma/rsp2/es9plus'
const from = (host: string, more: IncomingHttpHeaders = {}) => ({ headers: { host, ...more } })

describe('a host name', () => {
  const cases: [string, string, string, number][] = [
    ['that is not ours is misdirected', 'evil.example.com', '/', 421],
    ['that is not ours is misdirected for devices too', 'evil.example.com', `${es9}/initiateAuthentication`, 421],
    ['of the portal gets the portal', portalName, '/profiles', 200],
    ['of the portal has no /gsma', portalName, `${es9}/initiateAuthentication`, 404],
    ['of the portal has no /gsma, however it is spelt', portalName, '/a/..//%67sma/x', 404],
    ['of the SM-DP+ has no portal', smdpName, '/', 404],
    ['of the SM-DP+ has no portal behind dots', smdpName, '/gsma/../sign-in', 404],
    ['of the SM-DP+ has no portal behind a backslash', smdpName, '/gsma\\..\\sign-in', 404],
    ['of the SM-DP+ has nothing else under /gsma', smdpName, '/gsma/rsp2/asn1', 404],
    ['of the SM-DP+ answers POST only', smdpName, `${es9}/initiateAuthentication`, 405],
    ['with an impossible port is misdirected', `${portalName}:99999`, '/', 421],
    ['is of no use with control characters in the path', portalName, '/profiles/%00', 400],
    ['is of no use without a path', portalName, '*', 400],
    ['is of no use with a broken path', portalName, '/%zz', 400],
  ]
  test.each(cases)('%s', async (_, host, path, status) => {
    expect((await ask(path, from(host))).status).toBe(status)
  })
})

describe('/healthz', () => {
  test('answers 200 on any host name and port', async () => {
    for (const tls of [false, true]) {
      const answer = await ask('/healthz', { ...from('10.0.0.7:1234'), tls })
      expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { status: 'ok' }])
    }
    expect((await ask('/healthz', { ...from(smdpName), method: 'HEAD' })).status).toBe(200)
    expect((await ask('/healthz', { ...from(smdpName), method: 'POST' })).status).toBe(405)
  })

  test('says in words what is wrong', async () => {
    const away = openDatabase('postgresql://nobody:secret@127.0.0.1:1/none')
    const serving = checks
    checks = () => servingChecks(away, { contextFor: () => Promise.reject(new Error()), defaultKeyPair: () => Promise.reject(new Error()) })
    const fresh = await listen({ variable: 'X', port: 0, host: '127.0.0.1' }, { request: requestHandler(doorWith()) })
    const answer = await ask('/healthz', { ...from('any'), port: portOf(fresh) })
    checks = serving
    await Promise.all([fresh.close(0), away.close()])
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.body)).toEqual({
      status: 'unavailable',
      problems: ['The database does not answer.', 'There is no valid TLS certificate for the SM-DP+ address.'],
    })
  })
})

describe('ES9+', () => {
  const post = (name: string, body: string | Buffer, headers: IncomingHttpHeaders = {}) =>
    ask(`${es9}/${name}`, { method: 'POST', body, tls: true, ...from(smdpName, { 'content-type': 'application/json', ...headers }) })

  test('is answered, with the version of the protocol', async () => {
    const answer = await post('initiateAuthentication', JSON.stringify({ smdpAddress: smdpName }))
    expect(answer.headers['x-admin-protocol']).toMatch(/^gsma\/rsp\/v2\./)
    expect(JSON.parse(answer.body)).toHaveProperty('header.functionExecutionStatus.status', 'Failed')
  })

  test.each([
    ['unknown functions', 'nothing', '{}', {}, 404],
    ['what is no JSON', 'initiateAuthentication', '{', {}, 400],
    ['types that cannot be JSON', 'initiateAuthentication', '{}', { 'content-type': 'application/x-gsma-rsp-asn1' }, 415],
    ['compressed bodies', 'initiateAuthentication', '{}', { 'content-encoding': 'gzip' }, 415],
  ])('refuses %s', async (_, name, body, headers, status) => {
    expect((await post(name, body, headers)).status).toBe(status)
  })

  test('refuses a body over 64 kB, announced or not, and closes the connection', async () => {
    const large = Buffer.alloc(300_000, 0x20)
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const answer = await post('initiateAuthentication', large, headers)
      expect([answer.status, answer.headers.connection]).toEqual([413, 'close'])
    }
  })

  test('is not disturbed by a client that goes away in the middle of its body', async () => {
    const socket = connectTcp(portOf(plain), '127.0.0.1')
    socket.write(`POST ${es9}/initiateAuthentication HTTP/1.1\r\nHost: ${smdpName}\r\nContent-Length: 100\r\n\r\n{`)
    await new Promise(resolve => socket.write(' ', resolve))
    socket.destroy()
    expect((await ask('/healthz', from(smdpName))).status).toBe(200)
  })
})

describe('what the portal gets to see', () => {
  const strange = {
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-host': 'evil.example.com',
    'x-forwarded-proto': 'gopher',
    'x-forwarded-port': '1',
    'x-real-ip': '1.2.3.4',
    'x-slipway-inside': 'a guess',
    forwarded: 'for=1.2.3.4',
    'x-slipway-path': '/elsewhere',
    'content-security-policy': "script-src 'nonce-mine'",
  }

  test('of a stranger is the socket’s address and the name that was asked for', async () => {
    const { headers, url } = JSON.parse((await ask('/a?b=1', from(portalName, strange))).body)
    expect(url).toBe('/a?b=1')
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': portalName,
      'x-forwarded-proto': 'http',
      'x-slipway-path': '/a?b=1',
    })
    expect(headers).not.toHaveProperty('x-real-ip')
    expect(headers).not.toHaveProperty('forwarded')
    expect(headers['content-security-policy']).not.toContain('mine')
  })

  test('over TLS is that it was TLS', async () => {
    const { headers } = JSON.parse((await ask('/', { ...from(portalName, strange), tls: true })).body)
    expect(headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' })
  })

  test('of a trusted proxy is what it says, its host name and TLS too', async () => {
    const proxied = await listen({ variable: 'X', port: 0, host: '127.0.0.1' }, { request: requestHandler(doorWith(['127.0.0.1'])) })
    const said = { 'x-forwarded-for': '1.2.3.4, 203.0.113.9', 'x-forwarded-host': portalName, 'x-forwarded-proto': 'https' }
    const { body } = await ask('/', { ...from('inside:8080', said), port: portOf(proxied) })
    await proxied.close(0)
    expect(JSON.parse(body).headers).toMatchObject({ 'x-forwarded-for': '203.0.113.9', host: portalName, 'x-forwarded-proto': 'https' })
  })

  test('of Next itself, on its way to another page, is what was settled before', async () => {
    const settled = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': portalName, 'x-forwarded-proto': 'https' }
    const { body } = await ask('/', from('127.0.0.1', { ...settled, 'x-slipway-inside': 'a secret of this process' }))
    expect(JSON.parse(body).headers).toMatchObject(settled)
  })

  test('comes back with headers that keep its pages to themselves', async () => {
    const overTls = await ask('/', { ...from(portalName), tls: true })
    expect(overTls.headers).toMatchObject({
      'strict-transport-security': 'max-age=31536000',
    })
    const policy = String(overTls.headers['content-security-policy'])
    expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/]{22}=='(;|$)/)
    expect(JSON.parse(overTls.body).headers['content-security-policy']).toBe(policy)
    expect((await ask('/', from(portalName))).headers).not.toHaveProperty('strict-transport-security')
  })
})

describe('this very machine’s name', () => {
  const mixed = createHosts({ smdpAddresses: [smdpName], portalUrl: 'http://localhost' })

  test('gets nobody elsewhere the portal', async () => {
    const door = { ...doorWith(['127.0.0.1']), hosts: mixed }
    const listener = await listen({ variable: 'X', port: 0, host: '127.0.0.1' }, { request: requestHandler(door) })
    const statusFor = async (host: string, more: IncomingHttpHeaders) =>
      (await ask('/sign-in', { ...from(host, more), port: portOf(listener) })).status
    for (const host of ['localhost', '127.0.0.1:443', '[::1]']) {
      expect(await statusFor(host, { 'x-forwarded-for': '203.0.113.9' })).toBe(421)
      expect(await statusFor('any', { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': host })).toBe(421)
      expect(await statusFor(host, {})).toBe(200)
    }
    await listener.close(0)
  })
})

describe('a body for the portal', () => {
  const hashOf = (body: Buffer) => createHash('sha256').update(body).digest('hex')
  const post = (path: string, body: Buffer, headers: IncomingHttpHeaders = {}) =>
    ask(path, { method: 'POST', body, ...from(portalName, headers) })
  const chunked = { 'transfer-encoding': 'chunked' }
  const sizes: [string, number, number][] = [
    ['/profiles', 2_097_152, 2_097_153],
    ['/api/auth/callback/credentials', 16_384, 16_385],
    ['/api/%61uth//x', 16_384, 16_385],
  ]

  test.each(sizes)(
    'of %s arrives whole up to %i octets, announced or not; beyond it is refused, and the connection closed',
    async (path, most, over) => {
      for (const headers of [{}, chunked]) {
        const body = randomBytes(most)
        const { status, body: text } = await post(path, body, { ...headers, 'x-slipway-path': 'mine' })
        expect([status, JSON.parse(text).body]).toEqual([200, hashOf(body)])
        expect(JSON.parse(text)).toMatchObject({
          method: 'POST',
          url: path,
          headers: { 'x-slipway-path': path, 'x-forwarded-for': '127.0.0.1' },
        })
        const refused = await post(path, randomBytes(over), headers)
        expect([refused.status, refused.headers.connection]).toEqual([413, 'close'])
      }
    },
  )

  test('without an announcement may be empty', async () => {
    expect(JSON.parse((await post('/profiles', Buffer.alloc(0), chunked)).body).body).toBe(hashOf(Buffer.alloc(0)))
  })

  test('is counted by the upload itself', async () => {
    const body = randomBytes(5_000_000)
    for (const headers of [{}, chunked]) expect(JSON.parse((await post('/api/upload?type=x', body, headers)).body).body).toBe(hashOf(body))
  })

  test('is refused at once when it is announced as too large', async () => {
    const socket = connectTcp(portOf(plain), '127.0.0.1')
    socket.write(`POST /api/auth/callback/credentials HTTP/1.1\r\nHost: ${portalName}\r\nContent-Length: 4000000000\r\n\r\n`)
    expect(await new Promise<string>(resolve => socket.once('data', data => resolve(String(data))))).toMatch(/^HTTP\/1.1 413 /)
    socket.destroy()
  })
})

describe('strangers', () => {
  const limited = async (perMinute: number) => {
    const portalLimits = new PortalLimits({ isOurs: async cookie => cookie === 'good', perMinute, now: () => 1_000_000 })
    const door = { ...doorWith(['127.0.0.1']), services: () => ({ answerEs9, portal: echo, portalLimits }) }
    return listen({ variable: 'X', port: 0, host: '127.0.0.1' }, { request: requestHandler(door) })
  }
  const asking =
    (listener: Listener) =>
    (address: string, path = '/sign-in', cookie?: string): Promise<Answer> =>
      ask(path, {
        port: portOf(listener),
        ...from(portalName, {
          'x-forwarded-for': address,
          'x-forwarded-host': portalName,
          'x-forwarded-proto': 'http',
          ...(cookie === undefined ? {} : { cookie: `a=b; next-auth.session-token=${cookie}` }),
        }),
      })

  test('may ask the portal for so much a minute, by network; who is signed in, icons and scripts are not counted', async () => {
    const listener = await limited(3)
    const come = asking(listener)
    for (let i = 0; i < 5; i++) {
      expect((await come('203.0.113.9', '/_next/static/chunks/a.js')).status).toBe(200)
      expect((await come('203.0.113.9', '/', 'good')).status).toBe(200)
    }
    for (let i = 0; i < 3; i++) expect((await come('203.0.113.9')).status).toBe(200)
    const turned = await come('203.0.113.9', '/sign-in', 'forged')
    expect([turned.status, turned.headers['retry-after']]).toEqual([429, '20'])
    expect((await come('203.0.113.9', '/icon.svg')).status).toBe(200)
    expect((await come('203.0.113.9', '/', 'good')).status).toBe(200)
    expect((await come('203.0.113.10')).status).toBe(200)
    for (let i = 0; i < 3; i++) expect((await come(`2001:db8:7:7::${i}`)).status).toBe(200)
    expect((await come('2001:db8:7:7:ffff::1')).status).toBe(429)
    await listener.close(0)
  })

  test('on this very machine are not counted', async () => {
    const listener = await limited(1)
    for (let i = 0; i < 5; i++) expect((await asking(listener)('127.0.0.1')).status).toBe(200)
    await listener.close(0)
  })
})

describe('TLS', () => {
  const handshake = (options: object): Promise<PeerCertificate> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ host: '127.0.0.1', port: portOf(secure), rejectUnauthorized: false, ...options }, () => {
        resolve(socket.getPeerCertificate())
        socket.destroy()
      })
      socket.on('error', reject)
    })

  test('shows CERT.DPtls for the SM-DP+ address, and for a client that names none', async () => {
    expect((await handshake({ servername: smdpName })).subjectaltname).toContain(`DNS:${smdpName}`)
    const unnamed = () =>
      handshake({}).then(
        certificate => certificate.subjectaltname,
        () => undefined,
      )
    await expect.poll(unnamed).toContain(`DNS:${smdpName}`)
  })

  test('is 1.2 at least', async () => {
    await handshake({ servername: smdpName, maxVersion: 'TLSv1.2' })
    const old = { servername: smdpName, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
    await expect(handshake(old)).rejects.toThrow()
  })
})

test('stopping lets running requests end and cuts streams of events', async () => {
  let finish = () => {}
  const slow: PortalHandler = async (req, res) => {
    if (req.url === '/events') return echo(req, res)
    await new Promise<void>(resolve => {
      finish = resolve
    })
    res.end('done')
  }
  const arrived: (() => void)[] = []
  const request = requestHandler({ ...doorWith(), services: () => ({ answerEs9, portal: slow }) })
  const listener = await listen(
    { variable: 'X', port: 0, host: '127.0.0.1' },
    {
      request: (req, res) => {
        request(req, res)
        arrived.shift()?.()
      },
    },
  )
  const arrival = () => new Promise<void>(resolve => arrived.push(resolve))
  const both = [arrival(), arrival()]
  const running = ask('/slow', { ...from(portalName), port: portOf(listener) })
  const stream = ask('/events', { ...from(portalName), port: portOf(listener) })
  await Promise.all(both)
  const closed = listener.close(10_000)
  await expect(stream).rejects.toThrow()
  finish()
  expect((await running).body).toBe('done')
  await closed
})

test('a port that is taken is told in a sentence', async () => {
  const taken = { variable: 'HTTP_PORT', port: portOf(plain), host: '127.0.0.1' }
  await expect(listen(taken, { request: () => undefined })).rejects.toThrow(/^Port \d+ is in use already.*HTTP_PORT/)
})

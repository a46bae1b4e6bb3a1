import { randomUUID, X509Certificate } from 'node:crypto'
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addPartner, addPartnerCertificate, PartnerInput } from '@/lib/partners/partner'
import { partnerOfCertificate } from '@/lib/partners/partner-of-certificate'
import { type MadeCertificate, makeCa } from '@/lib/partners/testing/certificates'
import { createCredentialStore } from '@/lib/smdp/credentials'
import { answerEs2 } from '@/lib/smdp/es2/answer'
import { Office } from '@/lib/smdp/es2/testing/office'
import { actor, address, Laboratory } from '@/lib/smdp/testing/laboratory'
import { type Es2Service, es2Handler } from './es2'
import { certificatesInHeader } from './es2-certificate'
import { listenEs2 } from './es2-listener'
import { createHosts } from './host-routing'
import { type Listener, listenTls } from './listeners'
import { createTlsContexts } from './tls-contexts'

const operator = makeCa('Operator CA')
const issuing = operator.ca('Operator issuing CA')
const bss = makeCa('BSS').client('bss.example.com')
const ofCa = issuing.client('crm.example.com')
const stranger = makeCa('Stranger').client('bss.example.com')
const expired = makeCa('Expired').client('old.example.com', { notAfter: new Date(Date.now() + 86_400_000) })

let lab: Laboratory
let office: Office
let mutual: Listener
let behindProxy: Listener
/** As no port of ours is: it hands out sessions. */
let resuming: Listener
let service: Es2Service | undefined
const header = 'client-cert'

beforeAll(async () => {
  lab = await Laboratory.open()
  office = new Office(lab)
  const ctx = { actor, now: lab.now, vault: lab.vault }
  const certificates: [string, Buffer[]][] = [
    ['bss.example.com', [bss.der]],
    ['crm.example.com', [operator.der]],
    ['old.example.com', [expired.der]],
  ]
  for (const [identifier, files] of certificates) {
    const { id } = await addPartner(lab.db, ctx, PartnerInput.parse({ name: identifier, identifier, allTypes: true }))
    for (const file of files) await addPartnerCertificate(lab.db, ctx, id, { file })
  }
  const credentials = createCredentialStore(lab.db, lab.vault, () => new Date())
  const contexts = createTlsContexts({
    hosts: createHosts({ smdpAddresses: [address], portalUrl: 'https://portal.example.com' }),
    mainName: address,
    portal: undefined,
    credentials: async () => (await credentials.current()).tls,
    now: () => new Date(),
  })
  service = {
    answerEs2: request => answerEs2(request, office.context()),
    partnerOf: shown => partnerOfCertificate(lab.db, { ...shown, now: lab.now }),
  }
  const door = { service: () => service, health: async () => [] }
  const port = { es2Port: 0, host: '127.0.0.1' }
  mutual = await listenEs2({ ...port, es2Proxy: undefined }, door, contexts)
  const tls = { requestCert: true, rejectUnauthorized: false }
  resuming = await listenTls({ variable: 'PORT', port: 0, host: port.host }, { request: es2Handler(door) }, contexts, { tls })
  behindProxy = await listenEs2({ ...port, es2Proxy: { addresses: ['127.0.0.1/32'], certificateHeader: header } }, door, contexts)
})
afterAll(async () => {
  await Promise.all([mutual, resuming, behindProxy].map(listener => listener?.close(0)))
  await lab?.close()
})

const portOf = (listener: Listener) => (listener.server.address() as AddressInfo).port

interface Asked {
  by?: MadeCertificate | undefined
  /** Sent along with the certificate */
  chain?: MadeCertificate[]
  identifier?: string
  method?: string
  path?: string
  body?: string
  headers?: OutgoingHttpHeaders
  plain?: boolean
  maxVersion?: 'TLSv1.2' | 'TLSv1.3'
  from?: string
}

/** An order of an ICCID that is not in stock: whoever is let in hears 8.2.1/3.9. */
const order = (identifier: string) =>
  JSON.stringify({
    header: { functionRequesterIdentifier: identifier, functionCallIdentifier: randomUUID() },
    iccid: '89019990001234567893',
  })

function ask({ by, chain = [], identifier = 'bss.example.com', plain, from, ...more }: Asked): Promise<string> {
  const send = plain ? httpRequest : httpsRequest
  const tls = by ? { cert: [by, ...chain].map(({ pem }) => pem).join(''), key: by.keyPem } : {}
  return new Promise((resolve, reject) => {
    const req = send(
      {
        host: '127.0.0.1',
        port: portOf(plain ? behindProxy : mutual),
        servername: address,
        rejectUnauthorized: false,
        agent: false,
        method: more.method ?? 'POST',
        path: more.path ?? '/gsma/rsp2/es2plus/downloadOrder',
        ...(from ? { localAddress: from } : {}),
        ...(more.maxVersion ? { maxVersion: more.maxVersion } : {}),
        ...tls,
        headers: { 'content-type': 'application/json', 'x-admin-protocol': 'gsma/rsp/v2.2.0', ...more.headers },
      },
      res => {
        let text = ''
        res.setEncoding('utf8').on('data', part => {
          text += part
        })
        res.on('end', () => {
          const { message, header } = JSON.parse(text)
          const code = header?.functionExecutionStatus.statusCodeData
          resolve(code ? `${res.statusCode} ${code.subjectCode}/${code.reasonCode}` : `${res.statusCode} ${message}`)
        })
      },
    )
    req.on('error', reject)
    req.end(more.body ?? order(identifier))
  })
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('mutual TLS (%s)', maxVersion => {
  test('a partner’s certificate is let in', async () => {
    expect(await ask({ by: bss, maxVersion })).toBe('200 8.2.1/3.9')
  })

  test('so is one that a partner’s CA has issued, through the CA between them that comes with it', async () => {
    expect(await ask({ by: ofCa, chain: [issuing], identifier: 'crm.example.com', maxVersion })).toBe('200 8.2.1/3.9')
    expect(await ask({ by: ofCa, identifier: 'crm.example.com', maxVersion })).toMatch(/^403 This certificate belongs to no partner/)
  })

  test('none, an unknown one and an expired one are refused', async () => {
    expect(await ask({ maxVersion })).toMatch(/^403 ES2\+ needs the client certificate/)
    expect(await ask({ by: stranger, maxVersion })).toMatch(/^403 This certificate belongs to no partner/)
    expect(await ask({ by: expired, identifier: 'old.example.com', maxVersion })).toBe('200 8.2.1/3.9')
    const { now } = lab
    lab.now = new Date(Date.now() + 3 * 86_400_000)
    expect(await ask({ by: expired, identifier: 'old.example.com', maxVersion })).toMatch(/^403 .*expired/)
    lab.now = now
  })

  test('the certificate of another partner does not do for this one (1.1/1.2)', async () => {
    expect(await ask({ by: bss, identifier: 'crm.example.com', maxVersion })).toBe('200 1.1/1.2')
  })

  test.each([
    ['without a certificate', undefined],
    ['with a partner’s certificate', bss],
  ])('a session that was begun %s is not taken up again without one', async (_, by) => {
    const once = await exchange({ by, maxVersion })
    const again = await exchange({ session: once.session, maxVersion })
    expect(once.answer).toMatch(by ? /^HTTP\/1.1 200/ : /^HTTP\/1.1 403/)
    expect([again.reused, again.answer.split('\r\n')[0]]).toEqual([false, 'HTTP/1.1 403 Forbidden'])
  })

  test.each([
    ['without a certificate', undefined],
    ['with a partner’s certificate', bss],
  ])('nor would one begun %s count, were it taken up', async (_, by) => {
    const { session } = await exchange({ by, maxVersion, listener: resuming })
    const again = await exchange({ session, maxVersion, listener: resuming })
    expect([again.reused, again.answer.split('\r\n')[0]]).toEqual([true, 'HTTP/1.1 403 Forbidden'])
  })
})

interface Exchange {
  by?: MadeCertificate | undefined
  session?: Buffer | undefined
  maxVersion: 'TLSv1.2' | 'TLSv1.3'
  listener?: Listener
}

/** One request on a connection whose session is kept, or taken up. */
function exchange({
  by,
  session,
  maxVersion,
  listener = mutual,
}: Exchange): Promise<{ session: Buffer | undefined; reused: boolean; answer: string }> {
  return new Promise((resolve, reject) => {
    let kept: Buffer | undefined
    let reused = false
    let answer = ''
    const socket: TLSSocket = connect({
      host: '127.0.0.1',
      port: portOf(listener),
      servername: address,
      rejectUnauthorized: false,
      maxVersion,
      ...(by ? { cert: by.pem, key: by.keyPem } : {}),
      ...(session ? { session } : {}),
    })
    socket.on('session', ticket => {
      kept = ticket
    })
    socket.on('secureConnect', () => {
      reused = socket.isSessionReused()
      const body = order('bss.example.com')
      const head = [
        'POST /gsma/rsp2/es2plus/downloadOrder HTTP/1.1',
        `host: ${address}`,
        'content-type: application/json',
        'connection: close',
      ]
      socket.write(`${head.join('\r\n')}\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
    })
    socket.on('data', part => {
      answer += part
    })
    socket.on('close', () => resolve({ session: kept, reused, answer }))
    socket.on('error', reject)
  })
}

describe('what is no call', () => {
  test.each([
    ['another method', { method: 'GET', body: '' }, /^405 /],
    ['another path', { path: '/gsma/rsp2/es9plus/initiateAuthentication' }, /^404 /],
    ['a path beside it', { path: '/gsma/rsp2/es2plus/../../../' }, /^404 /],
    ['another type', { headers: { 'content-type': 'image/png' } }, /^415 /],
    ['too large a body', { body: JSON.stringify({ x: 'x'.repeat(70_000) }) }, /^413 /],
    ['no JSON', { body: 'x' }, /^400 /],
  ] as [string, Asked, RegExp][])('%s is refused in a sentence', async (_, asked, wanted) => {
    expect(await ask({ by: bss, ...asked })).toMatch(wanted)
  })

  test('while the server starts it says so', async () => {
    const held = service
    service = undefined
    expect(await ask({ by: bss })).toMatch(/^503 /)
    service = held
  })
})

describe('behind a proxy that ends the TLS', () => {
  const inHeader = (made: MadeCertificate) => `:${made.der.toString('base64')}:`
  const by = (value: string | string[]) => ask({ plain: true, headers: { [header]: value } })

  test('the certificate in its header counts', async () => {
    expect(await by(inHeader(bss))).toBe('200 8.2.1/3.9')
    expect(await by(inHeader(stranger))).toMatch(/^403 This certificate belongs to no partner/)
  })

  test('none, two, or anything else in the header is refused', async () => {
    expect(await ask({ plain: true })).toMatch(/^403 The proxy/)
    expect(await by([inHeader(stranger), inHeader(bss)])).toMatch(/^403 The proxy/)
    expect(await by('CN=bss.example.com')).toMatch(/^403 The proxy/)
  })

  test('nobody but the proxy is served, whatever the header says', async () => {
    expect(await ask({ plain: true, from: '127.0.0.2', headers: { [header]: inHeader(bss) } })).toMatch(/^403 This port serves/)
  })

  test.each([
    ['RFC 9440', `:${bss.der.toString('base64')}:`],
    ['escaped PEM', encodeURIComponent(bss.pem)],
    ['PEM with blanks for line breaks', bss.pem.trim().replaceAll('\n', ' ')],
    ['PEM with tabs for line breaks', bss.pem.replaceAll('\n', '\t')],
    ['base64 of the DER', bss.der.toString('base64')],
    ['a quoted PEM', `"${encodeURIComponent(bss.pem)}"`],
  ])('%s is understood', (_, text) => {
    expect(certificatesInHeader(text)?.raw.equals(new X509Certificate(bss.pem).raw)).toBe(true)
  })

  test.each(['', ':', '::', ':AAAA:', 'AAAA', '%', '-----BEGIN CERTIFICATE-----', '%zz-----BEGIN'])('“%s” is no certificate', text => {
    expect(certificatesInHeader(text)).toBeUndefined()
  })
})

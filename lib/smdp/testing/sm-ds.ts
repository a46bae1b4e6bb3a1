import { constants, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { decodeAuthenticateServerResponse } from '@/lib/rsp/asn1/authenticate-server-response'
import { encodeServerSigned1, encodeSignature } from '@/lib/rsp/asn1/server-signed'
import { signRaw, verifyRaw } from '@/lib/rsp/crypto/ecdsa'
import { type Certificate, parseCertificate } from '@/lib/rsp/pki/certificate'
import { checkEuiccChain, readEuiccCertificate, readEumCertificate } from '@/lib/rsp/pki/euicc-chain'
import { issueCertificate } from '@/lib/rsp/pki/issue'
import { EXTENSION } from '@/lib/rsp/pki/oids'
import { type IssuedCredential, issueTls, type TestPki } from '@/lib/rsp/pki/test-pki'
import { tlv } from '@/lib/rsp/tlv'
import { pemOf } from '../es12/client-identity'
import { issuing } from '../pki/test-pki-files'

type Json = Record<string, unknown>

const smdsOid = '2.999.20'
const dsAuthPolicy = Buffer.from('300b3009060767811201020107', 'hex')

interface Event {
  eid: string
  eventId: string
  rspServerAddress: string
  /** Fingerprint of the certificate of whoever registered it */
  owner: string
}

/** What an SM-DS does instead of its work. */
export type Mood =
  | { kind: 'refuses'; subjectCode: string; reasonCode: string }
  | { kind: 'answers'; status: number; text: string }
  | { kind: 'hangs up' }
  | { kind: 'is silent' }
  /** Does its work, and breaks the connection instead of an answer */
  | { kind: 'breaks off' }
  /** Does its work when it catches up */
  | { kind: 'is slow' }

interface Call {
  function: string
  body: Json
  headers: IncomingMessage['headers']
}

const succeeded = (members: Json = {}): Json => ({ header: { functionExecutionStatus: { status: 'Executed-Success' } }, ...members })
const failed = (subjectCode: string, reasonCode: string): Json => ({
  header: { functionExecutionStatus: { status: 'Failed', statusCodeData: { subjectCode, reasonCode } } },
})

const refusalOf = ({ header }: Json): string[] => {
  const { statusCodeData } = (header as { functionExecutionStatus: { statusCodeData?: Record<string, string> } }).functionExecutionStatus
  return statusCodeData ? [`${statusCodeData.subjectCode}/${statusCodeData.reasonCode}`] : []
}

/**
 * A small SM-DS (SGP.22 §3.6): servers register and delete events by ES12 with a certificate under its CI, devices that prove themselves by ES11 hear of theirs.
 * Only who registered an event may delete it.
 */
export class SmDs {
  /** Of ES12, in the order in which they came */
  readonly calls: Call[] = []
  /** Codes with which it refused them */
  readonly refusals: string[] = []
  readonly events = new Map<string, Event>()
  /** Of ES12, until it is taken back */
  mood: Mood | undefined
  private readonly sessions = new Map<string, { transactionId: Buffer; challenge: Buffer; address: string }>()
  private readonly silent = new Set<ServerResponse>()
  private waiting: (() => void)[] = []

  private constructor(
    private readonly ci: Certificate,
    private readonly auth: IssuedCredential,
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  /** Serves under `localhost`, with certificates of this PKI. @param names other names in its TLS certificate */
  static async open({ ci }: Pick<TestPki, 'ci'>, names: string[] = ['localhost']): Promise<SmDs> {
    const certificate = parseCertificate(ci.certificate)
    const context = issuing(new Date())
    const tls = issueTls({ ci: certificate, ciKey: ci.privateKey, dnsNames: names, oid: smdsOid }, context)
    const server = createServer({
      cert: pemOf(tls.certificate),
      key: tls.privateKey.export({ format: 'pem', type: 'pkcs8' }),
      ca: pemOf(ci.certificate),
      // Devices have no certificate for TLS.
      requestCert: true,
      rejectUnauthorized: false,
      secureOptions: constants.SSL_OP_NO_TICKET,
    })
    const smds: SmDs = new SmDs(certificate, issueDsAuth(ci, certificate), server)
    server.on('request', (req, res) => void smds.serve(req, res))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return smds
  }

  /** As orders name it. */
  get address(): string {
    return `localhost:${(this.server.address() as AddressInfo).port}`
  }

  /** Names of the functions that were called by ES12. */
  get called(): string[] {
    return this.calls.map(call => call.function)
  }

  async close(): Promise<void> {
    this.recover()
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }

  /** Ends its mood, and the calls that it has kept waiting. */
  recover(): void {
    this.mood = undefined
    this.waiting = []
    for (const res of this.silent) res.destroy()
    this.silent.clear()
  }

  /** Ends its mood, and does what it was asked while it was slow, whether or not anybody waits for it still. */
  catchUp(): void {
    this.mood = undefined
    for (const work of this.waiting.splice(0)) work()
  }

  /** As a server that has gone on to close what it had kept open. */
  closeIdleConnections = (): void => this.server.closeIdleConnections()

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json
    const [, port = '', name = ''] = /^\/gsma\/rsp2\/(es12|es9plus)\/(\w+)$/.exec(req.url ?? '') ?? []
    if (port === 'es9plus') return answer(res, this.es11(name, body))
    const owner = certificateOf(req.socket as TLSSocket)
    if (!owner) return answer(res, {}, 403)
    this.calls.push({ function: name, body, headers: req.headers })
    const { mood } = this
    if (mood?.kind === 'hangs up') return void res.destroy()
    if (mood?.kind === 'is silent') return void this.silent.add(res)
    if (mood?.kind === 'answers') return void res.writeHead(mood.status).end(mood.text)
    const work = () => {
      const answered = mood?.kind === 'refuses' ? failed(mood.subjectCode, mood.reasonCode) : this.es12(name, body, owner)
      this.refusals.push(...refusalOf(answered))
      if (mood?.kind === 'breaks off') res.destroy()
      else answer(res, answered)
    }
    if (mood?.kind === 'is slow') this.waiting.push(work)
    else work()
  }

  private es12(name: string, { eid, eventId, rspServerAddress, forwardingIndicator }: Json, owner: string): Json {
    if (typeof eid !== 'string' || typeof eventId !== 'string') return failed('8.1.1', '2.2')
    const key = `${eid} ${eventId}`
    const known = this.events.get(key)
    if (name === 'registerEvent') {
      if (typeof rspServerAddress !== 'string' || typeof forwardingIndicator !== 'boolean') return failed('8.8.1', '2.2')
      if (known) return failed('8.9.5', '3.3')
      this.events.set(key, { eid, eventId, rspServerAddress, owner })
      return succeeded()
    }
    if (!known) return failed('8.9.5', '3.9')
    if (known.owner !== owner) return failed('8.9.5', '1.2')
    this.events.delete(key)
    return succeeded()
  }

  private es11(name: string, body: Json): Json {
    if (name === 'initiateAuthentication') return this.initiateAuthentication(body)
    const session = this.sessions.get(String(body.transactionId))
    const response = decodeAuthenticateServerResponse(Buffer.from(String(body.authenticateServerResponse), 'base64'))
    if (!session || response.kind === 'error') return failed('8.10.1', '3.9')
    const ci = { keyId: this.ci.subjectKeyId ?? '', certificate: this.ci }
    const eum = readEumCertificate(response.eumCertificate)
    const { eid, publicKey } = checkEuiccChain({ eum, euicc: readEuiccCertificate(response.euiccCertificate), ci, now: new Date() })
    const { euiccSigned1: signed, euiccSignature1 } = response
    const proven =
      verifyRaw(publicKey.key, euiccSignature1.value, signed.raw) &&
      signed.serverChallenge.equals(session.challenge) &&
      signed.serverAddress === session.address
    if (!proven) return failed('8.1', '6.1')
    const eventEntries = [...this.events.values()]
      .filter(event => event.eid === eid)
      .map(({ eventId, rspServerAddress }) => ({ eventId, rspServerAddress }))
    return succeeded({ transactionId: body.transactionId, eventEntries })
  }

  private initiateAuthentication({ euiccChallenge, smdpAddress }: Json): Json {
    const [transactionId, challenge, address] = [randomBytes(16), randomBytes(16), String(smdpAddress)]
    const id = transactionId.toString('hex').toUpperCase()
    this.sessions.set(id, { transactionId, challenge, address })
    const serverSigned1 = encodeServerSigned1({
      transactionId,
      euiccChallenge: Buffer.from(String(euiccChallenge), 'base64'),
      serverAddress: address,
      serverChallenge: challenge,
    })
    const octets = {
      serverSigned1,
      serverSignature1: encodeSignature(signRaw(this.auth.privateKey, serverSigned1)),
      euiccCiPKIdToBeUsed: tlv(0x04, Buffer.from(this.ci.subjectKeyId ?? '', 'hex')),
      serverCertificate: this.auth.certificate,
    }
    const members = Object.fromEntries(Object.entries(octets).map(([name, value]) => [name, value.toString('base64')]))
    return succeeded({ transactionId: id, ...members })
  }
}

const answer = (res: ServerResponse, body: Json, status = 200): void => {
  res.writeHead(status, { 'content-type': 'application/json', 'x-admin-protocol': 'gsma/rsp/v2.2.2' }).end(JSON.stringify(body))
}

/** Whose key has signed this handshake, under our CI. */
function certificateOf(socket: TLSSocket): string | undefined {
  const { raw, fingerprint256 } = socket.getPeerCertificate()
  return socket.authorized && raw && !socket.isSessionReused() ? fingerprint256 : undefined
}

function issueDsAuth(ci: IssuedCredential, issuer: Certificate): IssuedCredential {
  const { generateKeyPair, random, now } = issuing(new Date())
  const { privateKey, publicKey } = generateKeyPair('P-256')
  const certificate = issueCertificate({
    role: 'DPauth',
    subject: { O: 'Test', CN: 'Test SM-DS authentication' },
    publicKey,
    issuer,
    issuerKey: ci.privateKey,
    serialNumber: random(8),
    notBefore: new Date(now.getTime() - 3_600_000),
    notAfter: new Date(now.getTime() + 86_400_000),
    oid: smdsOid,
    adjustExtensions: profile =>
      profile.map(extension => (extension.oid === EXTENSION.certificatePolicies ? { ...extension, value: dsAuthPolicy } : extension)),
  })
  return { certificate, privateKey }
}

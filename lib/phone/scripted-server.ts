import { createHash } from 'node:crypto'
import { oidValue, readSingle, TlvReader, tlv } from '@/lib/rsp/tlv'
import { type Card, type CardSettings, createCard } from './card'
import { ROLE_POLICY } from './chain'
import { agree, type Curve, type EcPrivateKey, newPrivateKey, privateKeyDer, publicPoint, signRaw, verifyRaw } from './curve'
import type { HttpAnswer, Transport } from './es9-client'
import { type CertificateRequest, certificateExtension, distinguishedName, issueCertificate, keyIdOf } from './issue-certificate'
import { hashConfirmationCode } from './prepare-download'
import { sealSegment } from './segment'
import { deriveSessionKeys, type SessionKeys } from './session-keys'
import { ATTRIBUTE, EXTENSION, KEY_USAGE, readCertificate } from './x509'

/** For tests of the phone alone: a PKI and a server that says what its script wants, correctly signed and protected. */
export const scriptedSmdpOid = '2.999.10'
export const scriptedAddress = 'smdp.example.com'

/** Octets that look random and are the same each time. */
export function seededRandom(seed: string): (length: number) => Buffer {
  let counter = 0
  return length => {
    let octets = Buffer.alloc(0)
    while (octets.length < length) {
      octets = Buffer.concat([octets, createHash('sha256').update(`${seed}/${counter++}`).digest()])
    }
    return octets.subarray(0, length)
  }
}

interface Holder {
  key: EcPrivateKey
  der: Buffer
}

export interface ScriptedPki {
  curve: Curve
  ci: Holder
  ciKeyId: string
  eum: Holder
  dpAuth: Holder
  dpPb: Holder
  /** another certificate of the SM-DP+ for the same key, with something changed */
  reissue(role: 'dpAuth' | 'dpPb', change: Partial<CertificateRequest> & { smdpOid?: string | undefined; issuer?: Buffer }): Buffer
  /** a TLS certificate for a host name */
  issueTls(host: string): Holder
}

const from = new Date(Date.UTC(2020, 0, 1))
const until = new Date(Date.UTC(2049, 0, 1))

export const registeredId = (oid: string): Buffer =>
  certificateExtension(EXTENSION.subjectAltName, false, tlv(0x30, tlv(0x88, oidValue(oid))))

/** A test PKI on one curve; the seed makes its keys. */
export function makePki(curve: Curve = 'P-256', seed = 'pki'): ScriptedPki {
  const random = seededRandom(`${seed}/${curve}`)
  const ciName = distinguishedName([[ATTRIBUTE.commonName, 'Scripted Test CI']])
  const ciKey = newPrivateKey(curve, random)
  const ciKeyId = keyIdOf(publicPoint(ciKey))
  const issue = (
    key: EcPrivateKey,
    change: Partial<CertificateRequest> & Pick<CertificateRequest, 'subject' | 'policy' | 'keyUsage'>,
  ): Holder => ({
    key,
    der: issueCertificate({
      serialNumber: Buffer.concat([Buffer.of(1), random(7)]),
      issuer: ciName,
      issuerKey: ciKey,
      issuerKeyId: ciKeyId,
      curve: key.curve,
      publicKey: publicPoint(key),
      notBefore: from,
      notAfter: until,
      ...change,
    }),
  })
  const certificateAuthority = (...pathLength: Buffer[]) =>
    certificateExtension(EXTENSION.basicConstraints, true, tlv(0x30, tlv(0x01, Buffer.of(0xff)), ...pathLength))
  const permitted = distinguishedName([
    [ATTRIBUTE.organization, 'Scripted EUM'],
    [ATTRIBUTE.serialNumber, '89049032'],
  ])
  const nameConstraints = certificateExtension(EXTENSION.nameConstraints, true, tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0xa4, permitted)))))
  const eumName = distinguishedName([
    [ATTRIBUTE.country, 'ES'],
    [ATTRIBUTE.organization, 'Scripted EUM'],
  ])
  const dpName = distinguishedName([[ATTRIBUTE.commonName, 'Scripted SM-DP+']])
  const dp = (role: 'dpAuth' | 'dpPb') => ({ subject: dpName, policy: ROLE_POLICY[role], keyUsage: [KEY_USAGE.digitalSignature] })
  const keys = { dpAuth: newPrivateKey(curve, random), dpPb: newPrivateKey(curve, random) }
  return {
    curve,
    ciKeyId,
    ci: issue(ciKey, {
      subject: ciName,
      policy: ROLE_POLICY.ci,
      keyUsage: [KEY_USAGE.keyCertSign, KEY_USAGE.cRLSign],
      extensions: [certificateAuthority()],
    }),
    eum: issue(newPrivateKey(curve, random), {
      subject: eumName,
      policy: ROLE_POLICY.eum,
      keyUsage: [KEY_USAGE.keyCertSign],
      extensions: [certificateAuthority(tlv(0x02, Buffer.of(0))), nameConstraints],
    }),
    dpAuth: issue(keys.dpAuth, { ...dp('dpAuth'), extensions: [registeredId(scriptedSmdpOid)] }),
    dpPb: issue(keys.dpPb, { ...dp('dpPb'), extensions: [registeredId(scriptedSmdpOid)] }),
    reissue: (role, change) =>
      issue(keys[role], { ...dp(role), extensions: [registeredId(change.smdpOid ?? scriptedSmdpOid)], ...change }).der,
    issueTls: host => {
      const altName = tlv(0x30, tlv(0x82, Buffer.from(host)))
      const extensions = [certificateExtension(EXTENSION.subjectAltName, false, altName)]
      return issue(newPrivateKey(curve, random), { ...dp('dpAuth'), policy: ROLE_POLICY.dpTls, extensions })
    },
  }
}

export const makeCard = (pki: ScriptedPki, settings: Partial<CardSettings> = {}, seed = 'card'): Card =>
  createCard({
    ciCertificates: [pki.ci.der],
    eumCertificate: pki.eum.der,
    eumPrivateKey: privateKeyDer(pki.eum.key),
    settings,
    random: seededRandom(seed),
  })

interface Sequences {
  configureIsdp: Buffer[]
  storeMetadata: Buffer[]
  replaceSessionKeys: Buffer[]
  profileElements: Buffer[]
}

/** What to say; everything that is left out is said rightly. */
export interface Script {
  profilePackage: Buffer
  metadata: Buffer
  metadataInPackage?: Buffer
  confirmationCode?: string
  dpAuthCertificate?: Buffer
  dpPbCertificate?: Buffer
  ciKeyIdToBeUsed?: string
  serverAddress?: string
  signedEuiccChallenge?: Buffer
  transactionIdInSigned2?: Buffer
  /** repeats this key of the eUICC in smdpSigned2 */
  bppEuiccOtpk?: Buffer
  randomKeys?: boolean
  configureIsdp?: Buffer
  maxPlainBytes?: number
  secureChannel?: (fields: { remoteOpId: Buffer; transactionId: Buffer; controlRefTemplate: Buffer; smdpOtpk: Buffer }) => void
  beforeSegments?: (keys: SessionKeys) => void
  sequences?: (sequences: Sequences) => void
  /** changes the answer of a function, or refuses in its place */
  answer?: (fn: string, fields: Record<string, unknown>) => Record<string, unknown> | { refuse: [subjectCode: string, reasonCode: string] }
}

/** Answers ES9+ from a script and keeps what it was told. */
export class ScriptedServer implements Transport {
  readonly calls: string[] = []
  readonly notifications: Buffer[] = []
  readonly cancellations: Buffer[] = []
  readonly euiccOtpks: Buffer[] = []
  private readonly random: (length: number) => Buffer
  private transactionId: Buffer = Buffer.alloc(0)
  private euiccKey: ReturnType<typeof readCertificate>['publicKey'] | undefined
  private smdpSignature2: Buffer = Buffer.alloc(0)

  constructor(
    readonly pki: ScriptedPki,
    public script: Script,
    seed = 'server',
  ) {
    this.random = seededRandom(seed)
  }

  async post(path: string, body: Record<string, unknown>): Promise<HttpAnswer> {
    const fn = path.split('/').at(-1) ?? ''
    this.calls.push(fn)
    const octets = (name: string) => Buffer.from(String(body[name]), 'base64')
    if (fn === 'handleNotification') {
      this.notifications.push(octets('pendingNotification'))
      return { status: 204, headers: {}, json: undefined }
    }
    const honest = this.respond(fn, body, octets)
    const answered = this.script.answer?.(fn, honest) ?? honest
    const refused = 'refuse' in answered && Array.isArray(answered.refuse) ? answered.refuse : undefined
    const refusal = { status: 'Failed', statusCodeData: { subjectCode: refused?.[0], reasonCode: refused?.[1] } }
    const header = { functionExecutionStatus: refused ? refusal : { status: 'Executed-Success' } }
    return { status: 200, headers: { 'x-admin-protocol': 'gsma/rsp/v2.5.0' }, json: { header, ...(refused ? {} : answered) } }
  }

  private respond(fn: string, body: Record<string, unknown>, octets: (name: string) => Buffer): Record<string, unknown> {
    if (fn === 'initiateAuthentication') return this.initiateAuthentication(octets('euiccChallenge'), String(body.smdpAddress))
    if (fn === 'authenticateClient') return this.authenticateClient(octets('authenticateServerResponse'))
    if (fn === 'getBoundProfilePackage') return this.getBoundProfilePackage(octets('prepareDownloadResponse'))
    if (fn === 'cancelSession') this.cancellations.push(octets('cancelSessionResponse'))
    return {}
  }

  private initiateAuthentication(euiccChallenge: Buffer, smdpAddress: string) {
    const { script, pki } = this
    this.transactionId = this.random(16)
    const serverSigned1 = tlv(
      0x30,
      tlv(0x80, this.transactionId),
      tlv(0x81, script.signedEuiccChallenge ?? euiccChallenge),
      tlv(0x83, Buffer.from(script.serverAddress ?? smdpAddress)),
      tlv(0x84, this.random(16)),
    )
    return this.fields({
      serverSigned1,
      serverSignature1: tlv(0x5f37, signRaw(pki.dpAuth.key, serverSigned1)),
      euiccCiPKIdToBeUsed: tlv(0x04, Buffer.from(script.ciKeyIdToBeUsed ?? pki.ciKeyId, 'hex')),
      serverCertificate: script.dpAuthCertificate ?? pki.dpAuth.der,
    })
  }

  private authenticateClient(response: Buffer) {
    const { script, pki } = this
    const ok = readSingle(readSingle(response, 0xbf38).value)
    if (ok.tag !== 0xa0) return { refuse: ['8.1', '6.1'] }
    const reader = new TlvReader(ok.value)
    const [euiccSigned1, euiccSignature1] = [reader.next(0x30), reader.next(0x5f37)]
    this.euiccKey = readCertificate(reader.next(0x30).raw).publicKey
    if (!verifyRaw(this.euiccKey, euiccSigned1.raw, euiccSignature1.value)) return { refuse: ['8.1', '6.1'] }
    const smdpSigned2 = tlv(
      0x30,
      tlv(0x80, script.transactionIdInSigned2 ?? this.transactionId),
      tlv(0x01, Buffer.of(script.confirmationCode === undefined ? 0 : 0xff)),
      script.bppEuiccOtpk && tlv(0x5f49, script.bppEuiccOtpk),
    )
    this.smdpSignature2 = tlv(0x5f37, signRaw(pki.dpPb.key, Buffer.concat([smdpSigned2, euiccSignature1.raw])))
    const smdpCertificate = script.dpPbCertificate ?? pki.dpPb.der
    return this.fields({ profileMetadata: script.metadata, smdpSigned2, smdpSignature2: this.smdpSignature2, smdpCertificate })
  }

  private getBoundProfilePackage(response: Buffer) {
    const { script } = this
    const ok = readSingle(readSingle(response, 0xbf21).value)
    if (ok.tag !== 0xa0 || !this.euiccKey) return { refuse: ['8.1', '6.1'] }
    const reader = new TlvReader(ok.value)
    const euiccSigned2 = reader.next(0x30)
    const signed = Buffer.concat([euiccSigned2.raw, this.smdpSignature2])
    if (!verifyRaw(this.euiccKey, signed, reader.next(0x5f37).value)) return { refuse: ['8.1', '6.1'] }
    const members = new TlvReader(euiccSigned2.value)
    members.next(0x80)
    const euiccOtpk = members.next(0x5f49).value
    this.euiccOtpks.push(euiccOtpk)
    const expected = script.confirmationCode === undefined ? undefined : hashConfirmationCode(script.confirmationCode, this.transactionId)
    if (expected && !members.optional(0x04)?.value.equals(expected)) return { refuse: ['8.2.7', '3.8'] }
    return this.fields({ boundProfilePackage: this.bind(euiccOtpk) })
  }

  /** EID of the card that is being served; set by the test, as a scripted server keeps no orders. */
  eid = ''

  private bind(euiccOtpk: Buffer): Buffer {
    const { script, pki } = this
    const otsk = newPrivateKey(pki.dpPb.key.curve, this.random)
    const hostId = Buffer.from('scripted')
    const channel = {
      remoteOpId: tlv(0x82, Buffer.of(1)),
      transactionId: tlv(0x80, this.transactionId),
      controlRefTemplate: tlv(0xa6, tlv(0x80, Buffer.of(0x88)), tlv(0x81, Buffer.of(0x10)), tlv(0x84, hostId)),
      smdpOtpk: tlv(0x5f49, publicPoint(otsk)),
    }
    script.secureChannel?.(channel)
    const plain = [channel.remoteOpId, channel.transactionId, channel.controlRefTemplate, channel.smdpOtpk]
    const smdpSign = tlv(0x5f37, signRaw(pki.dpPb.key, Buffer.concat([...plain, tlv(0x5f49, euiccOtpk)])))
    const keys = deriveSessionKeys(agree(otsk, euiccOtpk), hostId, this.eid)
    script.beforeSegments?.(keys)
    const size = script.maxPlainBytes ?? 1007
    const cut = (octets: Buffer) =>
      Array.from({ length: Math.ceil(octets.length / size) }, (_, i) => octets.subarray(i * size, (i + 1) * size))
    const configureIsdp = [sealSegment(keys, 0x87, script.configureIsdp ?? tlv(0xbf24))]
    const storeMetadata = cut(script.metadataInPackage ?? script.metadata).map(part => sealSegment(keys, 0x88, part))
    const replaceSessionKeys: Buffer[] = []
    if (script.randomKeys) {
      const [chaining, encryption, mac] = [this.random(16), this.random(16), this.random(16)]
      replaceSessionKeys.push(sealSegment(keys, 0x87, tlv(0xbf26, tlv(0x80, chaining), tlv(0x81, encryption), tlv(0x82, mac))))
      Object.assign(keys, { macChainingValue: chaining, encryptionKey: encryption, macKey: mac, counter: 1 })
    }
    const profileElements = cut(script.profilePackage).map(part => sealSegment(keys, 0x86, part))
    const sequences = { configureIsdp, storeMetadata, replaceSessionKeys, profileElements }
    script.sequences?.(sequences)
    return tlv(
      0xbf36,
      tlv(0xbf23, ...plain, smdpSign),
      tlv(0xa0, ...sequences.configureIsdp),
      tlv(0xa1, ...sequences.storeMetadata),
      sequences.replaceSessionKeys.length ? tlv(0xa2, ...sequences.replaceSessionKeys) : undefined,
      tlv(0xa3, ...sequences.profileElements),
    )
  }

  private fields(elements: Record<string, Buffer>): Record<string, unknown> {
    const encoded = Object.entries(elements).map(([name, der]) => [name, der.toString('base64')])
    return { transactionId: this.transactionId.toString('hex').toUpperCase(), ...Object.fromEntries(encoded) }
  }
}

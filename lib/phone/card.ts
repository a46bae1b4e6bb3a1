import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { checkEuicc, checkEum, checkTestCi, ROLE_POLICY } from './chain'
import { newPrivateKey, privateKeyDer, publicPoint, readPrivateKey } from './curve'
import { eidWithinEum } from './eid'
import { distinguishedName, issueCertificate } from './issue-certificate'
import { ATTRIBUTE, KEY_USAGE, nameAttribute, permittedNamesOf, readCertificate, subjectKeyIdOf } from './x509'

/** The eUICC's identity under one CI; certificates and key (PKCS#8) are DER in base64. */
export interface Credential {
  ciKeyId: string
  euiccCertificate: string
  euiccPrivateKey: string
  eumCertificate: string
}

/** What the eUICC and the device around it say of themselves; versions are written `2.5.0`, bits by their numbers in SGP.22. */
export interface CardSettings {
  svn: string
  profileVersion: string
  firmwareVersion: string
  /** memory for profiles when none is installed */
  nonVolatileMemoryBytes: number
  volatileMemoryBytes: number
  uiccCapability: number[]
  rspCapability: number[]
  forbiddenProfilePolicyRules: number[]
  /** complete TLVs in hexadecimal, put at the end of EUICCInfo1 and EUICCInfo2: v3 fields, or unknown ones */
  extraEuiccInfo1: string
  extraEuiccInfo2: string
  /** 8 digits */
  tac: string
  /** 15 or 16 digits */
  imei?: string
}

export interface InstalledProfile {
  iccid: string
  /** AID of the ISD-P in hexadecimal */
  isdpAid: string
  state: 'Disabled' | 'Enabled'
  /** StoreMetadataRequest 'BF25', base64 */
  metadata: string
  /** the decrypted profile package, base64 */
  profilePackage: string
  smdpAddress: string
  smdpOid: string
}

export type NotificationEvent = 'install' | 'enable' | 'disable' | 'delete'

/** A notification that the LPA has not delivered yet. */
export interface PendingNotification {
  seqNumber: number
  event: NotificationEvent
  address: string
  iccid?: string
  /** ProfileInstallationResult or OtherSignedNotification, DER in base64 */
  der: string
}

/** A one-time key pair that a retry may use again; hexadecimal. */
export interface OneTimeKeyPair {
  smdpOid: string
  transactionId: string
  euiccOtpk: string
  euiccOtsk: string
}

/** The card's file. A card is always a test card: its eUICC was issued from an EUM key that the creator holds. */
export interface Card {
  format: 'virtual-phone-card-1'
  test: true
  eid: string
  credentials: Credential[]
  /** trusted roots, DER in base64 */
  ciCertificates: string[]
  settings: CardSettings
  profiles: InstalledProfile[]
  notifications: PendingNotification[]
  lastSeqNumber: number
  oneTimeKeys: OneTimeKeyPair[]
}

export const defaultSettings: CardSettings = {
  svn: '2.5.0',
  profileVersion: '2.3.1',
  firmwareVersion: '1.0.0',
  nonVolatileMemoryBytes: 512 * 1024,
  volatileMemoryBytes: 16 * 1024,
  uiccCapability: [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25],
  rspCapability: [0, 1, 3, 4, 5],
  forbiddenProfilePolicyRules: [],
  extraEuiccInfo1: '',
  extraEuiccInfo2: '',
  tac: '35290611',
}

/** Certificates are PEM or DER, keys PEM or PKCS#8 DER. */
export interface CardIssuer {
  ciCertificates: (Uint8Array | string)[]
  eumCertificate: Uint8Array | string
  eumPrivateKey: Uint8Array | string
  /** whoever knows that these CIs belong to the live network says so, and is refused */
  live?: boolean
}

export interface NewCard extends CardIssuer {
  /** 32 digits inside the EUM's range; a fresh one when left out */
  eid?: string
  settings?: Partial<CardSettings>
  random?: (length: number) => Buffer
  now?: Date
}

/**
 * Makes a card: issues a CERT.EUICC under the EUM, on the EUM's curve.
 * @throws Error in words when the chain does not hold, the key is another's, or a CI is of the live network
 */
export function createCard(request: NewCard): Card {
  const random = request.random ?? randomBytes
  const eid = request.eid ?? eidWithinEum(request.eumCertificate, BigInt(`0x${random(6).toString('hex')}`))
  return assembleCard({
    credentials: [issueCredential(request, eid, request.now ?? new Date(), random)],
    ciCertificates: request.ciCertificates,
    settings: request.settings,
  })
}

/** The same card with one more identity, under another CI (a second curve, say). */
export function addCredential(card: Card, issuer: CardIssuer, now = new Date(), random: (length: number) => Buffer = randomBytes): Card {
  const known = [...card.ciCertificates.map(base64 => Buffer.from(base64, 'base64')), ...issuer.ciCertificates]
  const credential = issueCredential(issuer, card.eid, now, random)
  const assembled = assembleCard({ credentials: [...card.credentials, credential], ciCertificates: known, settings: card.settings })
  return { ...card, credentials: assembled.credentials, ciCertificates: assembled.ciCertificates }
}

/** Puts a card together from certificates and keys that exist already. @throws Error in words when they do not fit */
export function assembleCard(parts: {
  credentials: {
    euiccCertificate: Uint8Array | string
    euiccPrivateKey: Uint8Array | string
    eumCertificate: Uint8Array | string
  }[]
  ciCertificates: (Uint8Array | string)[]
  settings?: Partial<CardSettings>
}): Card {
  const cis = new Map(parts.ciCertificates.map(readCertificate).map(ci => [checkTestCi(ci), ci]))
  const eids = new Set<string>()
  const credentials = parts.credentials.map(({ euiccCertificate, euiccPrivateKey, eumCertificate }) => {
    const eum = readCertificate(eumCertificate)
    const euicc = readCertificate(euiccCertificate)
    const ciKeyId = checkEum(eum, [...cis.values()])
    eids.add(checkEuicc(euicc, eum))
    const key = readPrivateKey(isDerInBase64(euiccPrivateKey) ? Buffer.from(euiccPrivateKey, 'base64') : euiccPrivateKey)
    if (!euicc.tbs.includes(publicPoint(key))) throw new Error("The eUICC's private key does not belong to its certificate.")
    return {
      ciKeyId,
      euiccCertificate: euicc.raw.toString('base64'),
      euiccPrivateKey: privateKeyDer(key).toString('base64'),
      eumCertificate: eum.raw.toString('base64'),
    }
  })
  const [eid] = eids
  if (!eid || eids.size > 1) throw new Error('A card needs certificates of exactly one EID.')
  return {
    format: 'virtual-phone-card-1',
    test: true,
    eid,
    credentials,
    ciCertificates: [...cis.values()].map(ci => ci.raw.toString('base64')),
    settings: { ...defaultSettings, ...parts.settings },
    profiles: [],
    notifications: [],
    lastSeqNumber: 0,
    oneTimeKeys: [],
  }
}

/** Reads a card's file and checks its chains again. @throws Error in words */
export function readCard(path: string): Card {
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (!isCard(parsed)) throw new Error(`${path} is not the card of a virtual phone.`)
  const { eid } = assembleCard(parsed)
  if (eid !== parsed.eid) throw new Error(`${path} names another EID than its certificate.`)
  return parsed
}

/** Writes a card's file in one step (temporary file, then rename), readable by its owner only. */
export function writeCard(path: string, card: Card): void {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, `${JSON.stringify(card, null, 2)}\n`, { mode: 0o600 })
  chmodSync(temporary, 0o600)
  renameSync(temporary, path)
}

function issueCredential(issuer: CardIssuer, eid: string, now: Date, random: (length: number) => Buffer): Credential {
  if (issuer.live) throw new Error('A virtual phone works with test CIs only; this one is said to be live.')
  const cis = issuer.ciCertificates.map(ci => readCertificate(ci))
  for (const ci of cis) checkTestCi(ci)
  const eum = readCertificate(issuer.eumCertificate)
  const ciKeyId = checkEum(eum, cis)
  const eumKey = readPrivateKey(issuer.eumPrivateKey)
  if (!eum.tbs.includes(publicPoint(eumKey))) throw new Error('The private key does not belong to the EUM certificate.')
  const organization = permittedNamesOf(eum)[0]?.organization ?? nameAttribute(eum.subject, ATTRIBUTE.organization) ?? ''
  const key = newPrivateKey(eumKey.curve, random)
  const euiccCertificate = issueCertificate({
    serialNumber: Buffer.concat([Buffer.of(1), random(8)]),
    issuer: eum.subject,
    issuerKey: eumKey,
    issuerKeyId: subjectKeyIdOf(eum) ?? '',
    subject: distinguishedName([
      [ATTRIBUTE.country, nameAttribute(eum.subject, ATTRIBUTE.country) ?? 'ZZ'],
      [ATTRIBUTE.organization, organization],
      [ATTRIBUTE.serialNumber, eid],
      [ATTRIBUTE.commonName, 'Virtual eUICC'],
    ]),
    curve: key.curve,
    publicKey: publicPoint(key),
    notBefore: new Date(now.getTime() - 86_400_000),
    notAfter: new Date(Date.UTC(7496, 0, 24)),
    keyUsage: [KEY_USAGE.digitalSignature],
    policy: ROLE_POLICY.euicc,
  })
  return {
    ciKeyId,
    euiccCertificate: euiccCertificate.toString('base64'),
    euiccPrivateKey: privateKeyDer(key).toString('base64'),
    eumCertificate: eum.raw.toString('base64'),
  }
}

const isDerInBase64 = (key: Uint8Array | string): key is string => typeof key === 'string' && !key.includes('-----BEGIN')

function isCard(value: unknown): value is Card {
  if (typeof value !== 'object' || value === null) return false
  const card = value as Partial<Card>
  return (
    card.format === 'virtual-phone-card-1' &&
    card.test === true &&
    typeof card.eid === 'string' &&
    typeof card.settings === 'object' &&
    [card.credentials, card.ciCertificates, card.profiles, card.notifications, card.oneTimeKeys].every(Array.isArray) &&
    Number.isSafeInteger(card.lastSeqNumber)
  )
}

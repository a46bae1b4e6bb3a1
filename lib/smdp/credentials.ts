import { createPrivateKey, hash, type KeyObject } from 'node:crypto'
import { type CredentialRow, configurationVersion, readCis, readCredentials } from '@/lib/db/credential-rows'
import { perProcess, setPerProcess } from '@/lib/db/per-process'
import type { Database } from '@/lib/db/pool'
import type { Curve } from '@/lib/rsp/crypto/curves'
import { type Certificate, parseCertificate } from '@/lib/rsp/pki/certificate'
import { checkEum, readEumCertificate, type TrustedCi } from '@/lib/rsp/pki/euicc-chain'
import type { Vault } from '@/lib/vault/vault'

export interface Ci extends TrustedCi {
  number: number
  live: boolean
}

/** CERT.DPauth, CERT.DPpb or CERT.DPtls with its key. */
export interface Credential {
  number: number
  ciKeyId: string
  /** DER */
  certificate: Buffer
  privateKey: KeyObject
  fingerprint: string
  oid: string
  dnsNames: string[]
  curve: Curve
  notBefore: Date
  notAfter: Date
}

/** DPauth and DPpb under one CI: what a session is served with. */
export interface CredentialSet {
  ciKeyId: string
  auth: Credential
  pb: Credential
}

/** Everything that ES9+ needs of certificates and keys, parsed once. */
export interface CredentialSnapshot {
  cis: Ci[]
  ciByNumber: Map<number, Ci>
  /** For new sessions, in the order of their import */
  sets: CredentialSet[]
  /** Retired ones too: sessions under way name them */
  byNumber: Map<number, Credential>
  tls: Credential[]
  /** CERT.EUM as received, from memory when it has passed before. */
  readEum(der: Buffer): Certificate
  /** As `checkEum`, but a certificate that has passed is known by its hash. */
  checkEum(eum: Certificate, ci: TrustedCi): void
}

const rememberedEums = 1_000

/** CERT.EUMs that have passed under a CI are parsed and verified once; dates and revocation are checked each time all the same. */
function eumMemory(): Pick<CredentialSnapshot, 'readEum' | 'checkEum'> {
  const byHash = new Map<string, Certificate>()
  const passed = new WeakMap<Certificate, TrustedCi>()
  const idOf = (der: Buffer) => hash('sha256', der, 'base64')
  return {
    readEum: der => byHash.get(idOf(der)) ?? readEumCertificate(der),
    checkEum: (eum, ci) => {
      if (passed.get(eum) === ci) return
      checkEum(eum, ci)
      if (byHash.size >= rememberedEums) byHash.clear()
      // A copy: the octets of a request would keep its whole body in memory.
      const kept = readEumCertificate(Buffer.from(eum.raw))
      byHash.set(idOf(kept.raw), kept)
      passed.set(kept, ci)
    },
  }
}

function credentialOf(row: CredentialRow, vault: Vault): Credential {
  const { privateKey, curve, role, retiredAt, ...rest } = row
  const key = vault.open(privateKey, `credential:${row.fingerprint}`)
  return { ...rest, curve: curve as Curve, privateKey: createPrivateKey({ key, format: 'der', type: 'pkcs8' }) }
}

/** Reads CIs and credentials and opens the keys; those that have expired at `now` serve no new session. */
export async function loadCredentials(db: Database, vault: Vault, now: Date): Promise<CredentialSnapshot> {
  const [ciRows, rows] = await Promise.all([readCis(db), readCredentials(db)])
  const cis = ciRows.map(row => ({ number: row.number, live: row.live, keyId: row.keyId, certificate: parseCertificate(row.certificate) }))
  const byNumber = new Map(rows.map(row => [row.number, credentialOf(row, vault)]))
  const usable = (role: CredentialRow['role']) =>
    rows.filter(row => row.role === role && !row.retiredAt && row.notAfter > now).flatMap(row => byNumber.get(row.number) ?? [])
  const pbs = usable('DPpb')
  const sets = usable('DPauth').flatMap(auth => {
    const pb = pbs.find(candidate => candidate.ciKeyId === auth.ciKeyId && candidate.oid === auth.oid)
    return pb ? [{ ciKeyId: auth.ciKeyId, auth, pb }] : []
  })
  return {
    cis,
    ciByNumber: new Map(cis.map(ci => [ci.number, ci])),
    sets,
    byNumber,
    tls: usable('DPtls'),
    ...eumMemory(),
  }
}

/** Credentials as the database has them, at most `maxAgeMs` old. */
export interface CredentialStore {
  current(): Promise<CredentialSnapshot>
}

const maxAgeMs = 500

/** Watches the configuration's version, so that an import from anywhere is served within a second; nothing is read while nobody asks. */
export function createCredentialStore(db: Database, vault: Vault, clock: () => Date = () => new Date()): CredentialStore {
  let snapshot: CredentialSnapshot | undefined
  let version: string | undefined
  let checkedAt = 0
  let loading: Promise<CredentialSnapshot> | undefined

  const refresh = async (): Promise<CredentialSnapshot> => {
    const found = await configurationVersion(db)
    if (!snapshot || found !== version) snapshot = await loadCredentials(db, vault, clock())
    version = found
    checkedAt = clock().getTime()
    return snapshot
  }
  return {
    current: () => {
      const age = clock().getTime() - checkedAt
      if (snapshot && age >= 0 && age < maxAgeMs) return Promise.resolve(snapshot)
      loading ??= refresh().finally(() => {
        loading = undefined
      })
      return loading
    },
  }
}

/** The process's credentials, put there by `setCredentials` at start. */
export const credentials = (): CredentialStore =>
  perProcess<CredentialStore>('credentials', () => {
    throw new Error('The credentials are not loaded yet.')
  })

export const setCredentials = (store: CredentialStore | undefined): void => setPerProcess('credentials', store)

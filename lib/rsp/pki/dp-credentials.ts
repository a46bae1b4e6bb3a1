import type { Curve } from '@/lib/rsp/crypto/curves'
import { type Certificate, verifyCertificate } from './certificate'
import { type CredentialFile, type FolderCertificate, type FolderContents, readFolder } from './credential-folder'
import type { TrustedCi } from './euicc-chain'
import { EXT_KEY_USAGE, KEY_USAGE, ROLE_POLICIES } from './oids'

export type { CredentialFile }

export type DpRole = 'DPauth' | 'DPpb' | 'DPtls'

export interface ImportedCi {
  file: string
  /** DER. */
  certificate: Buffer
  /** SubjectKeyIdentifier, upper-case hexadecimal. */
  keyId: string
  curve: Curve
  /** Common name, for people. */
  name: string
  notAfter: Date
}

interface ImportedKeyPair {
  file: string
  /** Key identifier of the CI above it. */
  ciKeyId: string
  /** DER. */
  certificate: Buffer
  /** PKCS#8 DER, not encrypted. */
  privateKey: Buffer
  curve: Curve
  notAfter: Date
}

export interface DpCredential extends ImportedKeyPair {
  role: DpRole
  /** SM-DP+ OID (registeredID). */
  oid: string
  dnsNames: string[]
}

/** A manufacturer of test eUICCs: of use to the virtual phone only. */
export interface ImportedEum extends ImportedKeyPair {
  /** SubjectKeyIdentifier, upper-case hexadecimal. */
  keyId: string
}

export interface FileNote {
  file: string
  sentence: string
}

export interface ImportReport {
  cis: ImportedCi[]
  credentials: DpCredential[]
  eums: ImportedEum[]
  /** Files of no use here, and why. */
  ignored: { file: string; reason: string }[]
  /** While there is one, nothing of the folder may be taken. */
  problems: FileNote[]
  /** What was left out although it would have been of use (expired), and what is missing. */
  warnings: FileNote[]
}

/**
 * What `pki import` makes of a folder: finds the role of each certificate from its contents, pairs keys by public key, and
 * follows chains by key identifier, never by name (the 2017 and 2020 Test CI hold one key under two names).
 * @param options.knownCis CIs that the server trusts already, so that a folder may hold SM-DP+ certificates alone
 */
export function assembleCredentials(files: CredentialFile[], options: { now: Date; knownCis?: TrustedCi[] }): ImportReport {
  const { now, knownCis = [] } = options
  const report: ImportReport = { cis: [], credentials: [], eums: [], ignored: [], problems: [], warnings: [] }
  const folder = readFolder(files, report)
  const trusted = takeCis(folder, now, knownCis, report)
  const candidates = folder.certificates.flatMap(found => takeDp(found, now, trusted, report) ?? [])
  report.credentials.push(...newestOfEach(candidates, report))
  checkPairs(candidates, report)
  for (const found of folder.certificates) takeEum(found, trusted, report)
  for (const { file, role, certificate } of folder.certificates) {
    if (role !== 'CI' && role !== 'EUM' && !isDpRole(role)) report.ignored.push({ file, reason: describeUnused(role, certificate) })
  }
  noteUnusedKeys(folder, report)
  if (!report.cis.length && !report.credentials.length && !report.problems.length) {
    report.problems.push({ file: '', sentence: 'The folder holds no CI and no SM-DP+ certificate that can be used.' })
  }
  return report
}

const isDpRole = (role: string): role is DpRole => role === 'DPauth' || role === 'DPpb' || role === 'DPtls'

const day = (date: Date) => date.toISOString().slice(0, 10)

const nameOf = (certificate: Certificate) => certificate.subject.CN ?? certificate.subject.O ?? 'without a name'

function describeUnused(role: FolderCertificate['role'], certificate: Certificate): string {
  if (role === 'EUICC') return 'The certificate of one eUICC; each device sends its own.'
  if (role !== 'unknown') return `A certificate of the role ${ROLE_POLICIES[role].title}, which this server has no use for.`
  return certificate.policies.includes(ROLE_POLICIES.CI.v2)
    ? 'It claims to be a CI but is not signed with its own key.'
    : 'A certificate without a role of SGP.22 in its policies.'
}

/** Says that a certificate is out of its time, as a warning; the rest of the folder goes on. */
function isCurrent({ file, certificate }: FolderCertificate, title: string, now: Date, report: ImportReport): boolean {
  const { notBefore, notAfter } = certificate
  if (now > notAfter) report.warnings.push({ file, sentence: `The ${title} certificate expired on ${day(notAfter)}; it is left out.` })
  else if (now < notBefore) {
    report.warnings.push({ file, sentence: `The ${title} certificate is not valid before ${day(notBefore)}; it is left out.` })
  } else return true
  return false
}

/** Takes the CIs of the folder, one certificate for each key; returns them with the known ones by key identifier. */
function takeCis(folder: FolderContents, now: Date, knownCis: TrustedCi[], report: ImportReport): Map<string, Certificate> {
  const trusted = new Map(knownCis.map(ci => [ci.keyId, ci.certificate]))
  const taken = new Map<string, FolderCertificate>()
  const roots = folder.certificates.filter(found => found.role === 'CI')
  roots.sort((a, b) => b.certificate.notAfter.getTime() - a.certificate.notAfter.getTime())
  for (const root of roots) {
    const { file, certificate } = root
    const { subjectKeyId: keyId, publicKey } = certificate
    if (!isCurrent(root, 'CI', now, report)) continue
    if (!keyId || !certificate.basicConstraints?.ca || !certificate.keyUsage?.has(KEY_USAGE.keyCertSign)) {
      report.problems.push({ file, sentence: 'The CI certificate has no key identifier or may not sign certificates.' })
      continue
    }
    const holder = trusted.get(keyId)
    if (holder && !holder.publicKey.point.equals(publicKey.point)) {
      report.problems.push({ file, sentence: `Two CIs with different keys claim the key identifier ${keyId}.` })
      continue
    }
    const first = taken.get(keyId)
    if (first) {
      report.ignored.push({ file, reason: `Another certificate of the CI key in ${first.file}.` })
      continue
    }
    taken.set(keyId, root)
    trusted.set(keyId, certificate)
    const { notAfter } = certificate
    report.cis.push({ file, certificate: certificate.raw, keyId, curve: publicKey.curve, name: nameOf(certificate), notAfter })
  }
  return trusted
}

/** What keeps a current SM-DP+ certificate from being used, as a sentence; undefined when nothing does. */
function defectOf({ role, certificate, privateKey }: FolderCertificate, ci: Certificate | undefined): string | undefined {
  const { authorityKeyId, publicKey, registeredIds, keyUsage, unknownCritical } = certificate
  if (!authorityKeyId) return 'It does not say which CI key signed it (authorityKeyIdentifier).'
  if (!ci) return `It is under the CI key ${authorityKeyId}, whose certificate is neither in the folder nor known to the server.`
  if (!verifyCertificate(certificate, ci.publicKey.key)) return `It names the CI key ${authorityKeyId} but is not signed with it.`
  if (!privateKey) return 'No private key in the folder belongs to it.'
  if (unknownCritical.length) return `It has the unknown critical extension ${unknownCritical[0]}.`
  if (!keyUsage?.has(KEY_USAGE.digitalSignature)) return 'Its key may not be used for signatures (key usage).'
  if (registeredIds.length !== 1) return 'It does not name one SM-DP+ OID (registeredID).'
  if (role === 'DPtls') {
    if (!certificate.extKeyUsage.includes(EXT_KEY_USAGE.serverAuth)) return 'It may not be used by a TLS server (extended key usage).'
    return certificate.dnsNames.length ? undefined : 'It names no host (dNSName).'
  }
  return publicKey.curve === ci.publicKey.curve ? undefined : 'Its key is on another curve than that of its CI.'
}

function takeDp(found: FolderCertificate, now: Date, cis: Map<string, Certificate>, report: ImportReport): DpCredential | undefined {
  const { file, role, certificate, privateKey } = found
  if (!isDpRole(role)) return undefined
  const { title } = ROLE_POLICIES[role]
  if (!isCurrent(found, title, now, report)) return undefined
  const { authorityKeyId = '', publicKey, registeredIds, dnsNames, notAfter } = certificate
  if (role === 'DPtls' && publicKey.curve !== 'P-256') {
    report.ignored.push({
      file,
      reason: `A TLS certificate on ${publicKey.curve}: ES9+ is served with a P-256 certificate, whatever the CI.`,
    })
    return undefined
  }
  const defect = defectOf(found, cis.get(authorityKeyId))
  const [oid] = registeredIds
  if (defect || !oid || !privateKey) {
    report.problems.push({ file, sentence: `The ${title} certificate cannot be used. ${defect}` })
    return undefined
  }
  return {
    file,
    role,
    ciKeyId: authorityKeyId,
    certificate: certificate.raw,
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
    oid,
    dnsNames,
    curve: publicKey.curve,
    notAfter,
  }
}

/** Of a certificate and its renewals, the one that lasts longest. */
function newestOfEach(candidates: DpCredential[], report: ImportReport): DpCredential[] {
  const newest = new Map<string, DpCredential>()
  for (const candidate of [...candidates].sort((a, b) => b.notAfter.getTime() - a.notAfter.getTime())) {
    const slot = `${candidate.ciKeyId} ${candidate.role}`
    const better = newest.get(slot)
    if (better)
      report.ignored.push({ file: candidate.file, reason: `The certificate in ${better.file} has the same role and lasts longer.` })
    else newest.set(slot, candidate)
  }
  return [...newest.values()]
}

/** Under each CI: DPauth and DPpb both or neither, and one OID for all (the eUICC compares them). */
function checkPairs(candidates: DpCredential[], report: ImportReport): void {
  for (const ciKeyId of new Set(candidates.map(candidate => candidate.ciKeyId))) {
    const under = candidates.filter(candidate => candidate.ciKeyId === ciKeyId)
    const oids = [...new Set(under.map(candidate => candidate.oid))]
    if (oids.length > 1) {
      const file = under.map(candidate => candidate.file).join(', ')
      const sentence = `The SM-DP+ certificates under the CI key ${ciKeyId} carry different OIDs (${oids.join(', ')}); one SM-DP+ has one.`
      report.problems.push({ file, sentence })
    }
    const auth = under.find(candidate => candidate.role === 'DPauth')
    const pb = under.find(candidate => candidate.role === 'DPpb')
    if (auth && !pb) report.problems.push({ file: auth.file, sentence: missing('profile binding', ciKeyId) })
    if (pb && !auth) report.problems.push({ file: pb.file, sentence: missing('authentication', ciKeyId) })
  }
  for (const { file, keyId, name } of report.cis) {
    if (candidates.some(candidate => candidate.ciKeyId === keyId && candidate.role !== 'DPtls')) continue
    report.warnings.push({ file, sentence: `The folder has no SM-DP+ certificates under the CI “${name}” (${keyId}).` })
  }
}

const missing = (what: string, ciKeyId: string) => `There is no usable ${what} certificate beside it under the CI key ${ciKeyId}.`

function takeEum(found: FolderCertificate, cis: Map<string, Certificate>, report: ImportReport): void {
  const { file, role, certificate, privateKey } = found
  if (role !== 'EUM') return
  const { authorityKeyId = '', subjectKeyId: keyId, publicKey, notAfter } = certificate
  const ci = cis.get(authorityKeyId)
  if (!privateKey) report.ignored.push({ file, reason: 'The certificate of an eUICC manufacturer; each device sends its own.' })
  else if (!ci || !keyId || !verifyCertificate(certificate, ci.publicKey.key)) {
    report.ignored.push({ file, reason: 'The certificate of an eUICC manufacturer under none of the CIs.' })
  } else {
    const key = privateKey.export({ format: 'der', type: 'pkcs8' })
    report.eums.push({
      file,
      ciKeyId: authorityKeyId,
      keyId,
      certificate: certificate.raw,
      privateKey: key,
      curve: publicKey.curve,
      notAfter,
    })
  }
}

function noteUnusedKeys({ certificates, unpairedKeys }: FolderContents, report: ImportReport): void {
  const taken = new Set([...report.credentials, ...report.eums].map(entry => entry.file))
  const reasons = new Map<string, string>()
  for (const { file, role, keyFile } of certificates) {
    if (!keyFile) continue
    if (role === 'CI') reasons.set(keyFile, 'The private key of a CI: a server does not need it and does not take it.')
    else if (!taken.has(file) && !reasons.has(keyFile)) reasons.set(keyFile, `The private key of ${file}, which is not taken.`)
  }
  for (const { file, keyFile } of certificates) if (keyFile && taken.has(file)) reasons.delete(keyFile)
  for (const { file } of unpairedKeys) reasons.set(file, 'A private key that belongs to no certificate in the folder.')
  for (const [file, reason] of reasons) report.ignored.push({ file, reason })
}

import { createHash, type X509Certificate } from 'node:crypto'
import { type CallerRow, readCallers } from '@/lib/db/partners/partner-certificate-rows'
import { perProcess } from '@/lib/db/per-process'
import type { Queryable } from '@/lib/db/pool'
import { fingerprintOf, isForClients, parsedCertificate, validityOf } from './certificate'
import type { KnownPartner } from './known-partner'

/** What a client showed in its TLS handshake, or a proxy in its place. */
export interface ShownCertificate {
  /** DER */
  raw: Uint8Array
  /** DER of what came with it, its issuer first */
  chain?: readonly Uint8Array[] | undefined
  now: Date
}

export interface UnknownCaller {
  /** A sentence for whoever runs the client; it names no partner. */
  refusal: string
}

interface Found {
  certificate: X509Certificate
  /** From its issuer up to the CA that a partner is known by; empty when it is known itself. */
  above: X509Certificate[]
  partner: KnownPartner
}

interface Remembered {
  at: number
  found: Promise<Found | UnknownCaller>
}

// As long as a certificate that another process takes away still opens something.
const rememberedMs = 1_000
const maxRemembered = 1_000
const maxIntermediates = 4
const callers = () => perProcess('partners-by-certificate', () => new WeakMap<Queryable, Map<string, Remembered>>())

/** Partners or their certificates have changed: whoever comes next is looked up anew. */
export const forgetCallers = (db: Queryable): boolean => callers().delete(db)

const day = (at: Date): string => at.toISOString().slice(0, 10)

const unknown: UnknownCaller = {
  refusal: 'This certificate belongs to no partner of this server. Ask whoever runs it to enter the certificate, or the CA that issued it.',
}

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)

/** The nearest CA of a partner above a certificate, through what the client sent with it. */
function issuedFor(certificate: X509Certificate, chain: readonly Uint8Array[], rows: readonly CallerRow[]): Found | undefined {
  const cas = rows.flatMap(({ kind, certificate: der, partner }) => {
    const ca = kind === 'ca' && der ? parsedCertificate(der) : undefined
    return ca ? [{ ca, partner }] : []
  })
  if (cas.length === 0) return undefined
  const sent = chain.slice(0, maxIntermediates).flatMap(der => parsedCertificate(der) ?? [])
  const path = [certificate]
  for (const below of path) {
    const issuers = cas.filter(({ ca }) => isIssuedBy(below, ca))
    const [issuer] = issuers
    if (issuer) {
      // One key under the CAs of two partners: it says nothing about whose the certificate is.
      if (issuers.some(({ partner }) => partner.id !== issuer.partner.id)) return undefined
      return { certificate, above: [...path.slice(1), issuer.ca], partner: issuer.partner }
    }
    const next = sent.find(each => !path.includes(each) && isIssuedBy(below, each))
    if (next) path.push(next)
  }
  return undefined
}

async function lookUp(db: Queryable, raw: Uint8Array, chain: readonly Uint8Array[]): Promise<Found | UnknownCaller> {
  const certificate = parsedCertificate(raw)
  if (!certificate) return { refusal: 'The certificate cannot be read.' }
  const fingerprint = fingerprintOf(certificate)
  const rows = await readCallers(db, fingerprint)
  const own = rows.find(row => row.fingerprint === fingerprint)
  const found = own ? { certificate, above: [], partner: own.partner } : issuedFor(certificate, chain, rows)
  if (!found) return unknown
  return own || isForClients(certificate) ? found : { refusal: 'This certificate is not for TLS clients (extended key usage).' }
}

function keyOf(raw: Uint8Array, chain: readonly Uint8Array[]): string {
  const hash = createHash('sha256').update(raw)
  for (const der of chain) hash.update(createHash('sha256').update(der).digest())
  return hash.digest('base64')
}

/** The look-up, remembered for a moment: a partner's calls come by the hundred. */
function remembered(db: Queryable, { raw, chain = [], now }: ShownCertificate): Promise<Found | UnknownCaller> {
  const known = callers().get(db) ?? new Map<string, Remembered>()
  callers().set(db, known)
  const key = keyOf(raw, chain)
  const at = now.getTime()
  const before = known.get(key)
  if (before && Math.abs(at - before.at) < rememberedMs) return before.found
  if (known.size >= maxRemembered) known.clear()
  const found = lookUp(db, raw, chain)
  known.set(key, { at, found })
  found.catch(() => known.delete(key))
  return found
}

/**
 * Whose a client's certificate is: of the partner that has entered it, else of the one whose CA has issued it. That the client has the
 * private key must be proved before (TLS handshake). A change counts at once in this process, within a second in others.
 * @throws when the database is away
 */
export async function partnerOfCertificate(db: Queryable, shown: ShownCertificate): Promise<KnownPartner | UnknownCaller> {
  const found = await remembered(db, shown)
  if ('refusal' in found) return found
  const { now } = shown
  const { from, until } = validityOf(found.certificate)
  if (until < now) return { refusal: `This certificate has expired on ${day(until)}.` }
  if (now < from) return { refusal: `This certificate does not hold before ${day(from)}.` }
  const ended = found.above.map(validityOf).some(each => each.until < now || now < each.from)
  return ended ? { refusal: 'The CA that issued this certificate has expired, or does not hold yet.' } : found.partner
}

import type { KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import type { Hosts } from './host-routing'

/** CERT.DPtls with its key. */
export interface TlsCredential {
  /** DER */
  certificate: Uint8Array
  privateKey: KeyObject
  fingerprint: string
  dnsNames: string[]
  curve: string
  /** Goes up with every import. */
  number: number
  notBefore: Date
  notAfter: Date
}

/** What a TLS server needs to speak for a name. */
export type KeyPair = Required<Pick<SecureContextOptions, 'cert' | 'key'>>

export interface TlsContexts {
  /** The context for a name (SNI); names that are not ours, and none, get that of the SM-DP+ address. */
  contextFor(name: string | undefined): Promise<SecureContext>
  /** For clients that name no host. */
  defaultKeyPair(): Promise<KeyPair>
}

interface Options {
  hosts: Pick<Hosts, 'isSmdp' | 'isWeb'>
  /** Name of the SM-DP+ address, without port. */
  mainName: string
  /** The portal's own, also for customers' pages; used where the name is not an SM-DP+ name as well. */
  portal: KeyPair | undefined
  /** The CERT.DPtls of now. */
  credentials: () => Promise<readonly TlsCredential[]>
  now: () => Date
}

export const minVersion = 'TLSv1.2'
const maxContexts = 100

const pem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})(?!$)/g, '$1\n')}\n-----END CERTIFICATE-----\n`

const keyPairOf = (credential: TlsCredential): KeyPair => ({
  cert: pem(credential.certificate),
  key: credential.privateKey.export({ format: 'pem', type: 'pkcs8' }),
})

/** RFC 6125 §6.4.3: a wildcard stands for exactly one left-most label. */
const covers = (dnsNames: string[], name: string): boolean =>
  dnsNames.some(dns => {
    const pattern = dns.toLowerCase()
    return pattern === name || (pattern.startsWith('*.') && pattern.slice(1) === name.slice(name.indexOf('.')))
  })

/** The best credential for a name: one that carries it before others, valid ones before expired, P-256 before other curves, then what was imported last. */
export function bestFor<T extends TlsCredential>(credentials: readonly T[], name: string, now: Date): T | undefined {
  const rank = ({ dnsNames, notBefore, notAfter, curve, number }: T): number[] => [
    covers(dnsNames, name) ? 1 : 0,
    notBefore <= now && now <= notAfter ? 1 : 0,
    curve === 'P-256' ? 1 : 0,
    number,
  ]
  const ranked = credentials.map(credential => ({ credential, rank: rank(credential) }))
  ranked.sort((a, b) => b.rank.map((value, i) => value - (a.rank[i] ?? 0)).find(difference => difference !== 0) ?? 0)
  return ranked[0]?.credential
}

/** Reads the portal's own certificate chain and key (PEM). @throws a sentence when they cannot be used */
export async function readPortalKeyPair(files: { certificate: string; key: string }): Promise<KeyPair> {
  const read = (name: string, path: string) =>
    readFile(path).catch((error: Error) => {
      throw new Error(`${name} cannot be read: ${error.message}.`)
    })
  const pair = { cert: await read('PORTAL_TLS_CERT', files.certificate), key: await read('PORTAL_TLS_KEY', files.key) }
  try {
    createSecureContext(pair)
  } catch (error) {
    const reason = error instanceof Error ? error.message : error
    throw new Error(
      `PORTAL_TLS_CERT and PORTAL_TLS_KEY do not make a pair: ${reason}. PEM files, the certificate first in its chain, are expected.`,
    )
  }
  return pair
}

/** One context per certificate; which one a name gets is asked at every handshake. */
export function createTlsContexts({ hosts, mainName, portal, credentials, now }: Options): TlsContexts {
  const made = new Map<string, { pair: KeyPair; context: SecureContext }>()
  let known: readonly TlsCredential[] = []
  const own = portal && { pair: portal, context: createSecureContext({ ...portal, minVersion }) }

  async function served(asked: string | undefined) {
    const name = asked?.toLowerCase().replace(/\.$/, '') ?? mainName
    if (own && hosts.isWeb(name) && !hosts.isSmdp(name)) return own
    // A database that is away is told by the answers, which need a handshake first.
    known = await credentials().catch(error => {
      if (known.length > 0) return known
      throw error
    })
    const credential = bestFor(known, hosts.isSmdp(name) || hosts.isWeb(name) ? name : mainName, now())
    if (!credential) throw new Error('There is no certificate for TLS.')
    const before = made.get(credential.fingerprint)
    if (before) return before
    if (made.size >= maxContexts) made.clear()
    const pair = keyPairOf(credential)
    const fresh = { pair, context: createSecureContext({ ...pair, minVersion }) }
    made.set(credential.fingerprint, fresh)
    return fresh
  }

  return {
    contextFor: async name => (await served(name)).context,
    defaultKeyPair: async () => (await served(undefined)).pair,
  }
}

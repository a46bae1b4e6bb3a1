import type { Credential, CredentialSnapshot } from '../credentials'

/** As whom this server shows itself to others by mutual TLS: CERT.DPtls with its key. */
export interface ClientIdentity {
  /** PEM */
  cert: string
  /** PEM */
  key: string
  fingerprint: string
  /** OID of the SM-DP+; empty where the certificate has none */
  oid: string
}

export const pemOf = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`

/** Our functionRequesterIdentifier towards others: the OID of the SM-DP+, else its address. */
export const requesterOf = (own: Pick<ClientIdentity, 'oid'> | undefined, smdpAddress: string): string => own?.oid || smdpAddress

/**
 * The CERT.DPtls that names the SM-DP+ address before others, P-256 before other curves, then the one imported last; undefined when none is valid.
 * @param name the SM-DP+ address, with or without a port
 */
export function clientIdentity({ tls }: Pick<CredentialSnapshot, 'tls'>, name: string, now: Date): ClientIdentity | undefined {
  const host = name.replace(/:\d+$/, '').toLowerCase()
  const rank = ({ dnsNames, curve, number }: Credential) =>
    [dnsNames.some(dns => dns.toLowerCase() === host) ? 1 : 0, curve === 'P-256' ? 1 : 0, number] as const
  const best = tls
    .filter(({ notBefore, notAfter }) => notBefore <= now && now <= notAfter)
    .map(credential => ({ credential, rank: rank(credential) }))
    .sort(({ rank: a }, { rank: b }) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2])[0]?.credential
  if (!best) return undefined
  const key = best.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  return { cert: pemOf(best.certificate), key, fingerprint: best.fingerprint, oid: best.oid }
}

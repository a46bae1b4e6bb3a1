import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readEndpointTls } from '@/lib/db/partners/callback-rows'
import type { Queryable } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { certificatesFromFile } from '@/lib/rsp/pki/credential-file'
import type { Vault } from '@/lib/vault/vault'
import { parsedCertificate, validityOf } from './certificate'

/** What `https.request` takes beside an address. */
export interface EndpointTls {
  /** PEM; undefined: the system's CAs */
  ca?: string
  /** PEM, with key; undefined: this server's own certificate */
  cert?: string
  /** PEM */
  key?: string
}

/** Under which name the vault keeps the key of an endpoint's client certificate. */
export const endpointKeyIdentity = (endpointId: string): string => `endpoint_key:${endpointId}`

const field = (name: string, sentence: string) => new FormError(sentence, { [name]: sentence })

const pemOf = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`

/** The certificates of a file, as PEM without what stood around them. */
function certificatesOf(text: string, name: string) {
  const ders = certificatesFromFile(Buffer.from(text, 'latin1'))
  const certificates = ders.flatMap(der => parsedCertificate(der) ?? [])
  const [first] = certificates
  if (!first || certificates.length < ders.length)
    throw field(name, 'There is no certificate in this file that can be read: PEM is expected.')
  return { first, pem: certificates.map(({ raw }) => pemOf(raw)).join('') }
}

/** The CAs by which a partner's server is known. @throws FormError */
export function readTrustedCa(text: string, now: Date): string {
  if (text.includes('PRIVATE KEY-----'))
    throw field('trustedCa', 'There is a private key in this file: give the certificate of the CA alone.')
  const { first, pem } = certificatesOf(text, 'trustedCa')
  if (validityOf(first).until < now) throw field('trustedCa', 'This certificate has expired.')
  return pem
}

/** A certificate (its chain may follow it) and its private key. @throws FormError when they do not belong together or it has expired */
export function readClientCertificate(given: { certificate: string; key: string }, now: Date): { certificate: string; key: string } {
  const { first, pem } = certificatesOf(given.certificate, 'clientCertificate')
  if (validityOf(first).until < now) throw field('clientCertificate', 'This certificate has expired.')
  if (/ENCRYPTED/.test(given.key))
    throw field('clientKey', 'The private key is encrypted. Decrypt it first, for instance with openssl pkey; it is kept encrypted here.')
  let key: KeyObject
  try {
    key = createPrivateKey(given.key)
  } catch {
    throw field('clientKey', 'There is no private key in this file that can be read: PEM is expected.')
  }
  if (!first.checkPrivateKey(key)) throw field('clientKey', 'This private key is not that of the certificate.')
  return { certificate: pem, key: key.export({ format: 'pem', type: 'pkcs8' }).toString() }
}

/** What a delivery to an endpoint needs for TLS. @throws VaultError */
export async function endpointTls(db: Queryable, vault: Vault, endpointId: string): Promise<EndpointTls> {
  const row = await readEndpointTls(db, endpointId)
  if (!row) return {}
  const { trustedCa, clientCertificate, clientKey } = row
  if (clientKey) await vault.load(clientKey)
  return {
    ...(trustedCa ? { ca: trustedCa } : {}),
    ...(clientCertificate && clientKey
      ? { cert: clientCertificate, key: vault.open(clientKey, endpointKeyIdentity(endpointId)).toString() }
      : {}),
  }
}

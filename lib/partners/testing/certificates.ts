import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { type Certificate, parseCertificate } from '@/lib/rsp/pki/certificate'
import { issueCertificate } from '@/lib/rsp/pki/issue'
import { EXTENSION } from '@/lib/rsp/pki/oids'

/** A certificate with its key, as a test shows or enters it. */
export interface MadeCertificate {
  der: Buffer
  pem: string
  privateKey: KeyObject
  /** PKCS #8 */
  keyPem: string
}

export interface Validity {
  notBefore?: Date
  notAfter?: Date
}

export interface MadeCa extends MadeCertificate {
  /** A CA under this one. */
  ca(name: string, validity?: Validity): MadeCa
  /** @param more.purposes the DER of an extKeyUsage in place of that for servers and clients; null: none */
  client(name: string, more?: Validity & { purposes?: Buffer | null }): MadeCertificate
}

const dayMs = 86_400_000

const made = (der: Buffer, privateKey: KeyObject): MadeCertificate => ({
  der,
  pem: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  privateKey,
  keyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
})

const common = ({ notBefore, notAfter }: Validity) => ({
  serialNumber: randomBytes(8),
  notBefore: notBefore ?? new Date(Date.now() - dayMs),
  notAfter: notAfter ?? new Date(Date.now() + 365 * dayMs),
})

function caUnder(name: string, issuer: { certificate: Certificate; key: KeyObject } | undefined, validity: Validity): MadeCa {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const der = issueCertificate({
    ...common(validity),
    role: 'CI',
    subject: { O: 'Operator', CN: name },
    publicKey,
    issuer: issuer?.certificate ?? 'self',
    issuerKey: issuer?.key ?? privateKey,
  })
  const certificate = parseCertificate(der)
  return {
    ...made(der, privateKey),
    ca: (below, more = {}) => caUnder(below, { certificate, key: privateKey }, more),
    client: (called, { purposes, ...more } = {}) => {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const client = issueCertificate({
        ...common(more),
        role: 'DPtls',
        subject: { O: 'Operator', CN: called },
        publicKey: pair.publicKey,
        issuer: certificate,
        issuerKey: privateKey,
        dnsNames: [called],
        adjustExtensions: profile =>
          profile.flatMap(each => {
            if (each.oid !== EXTENSION.extKeyUsage || purposes === undefined) return each
            return purposes ? { ...each, value: purposes } : []
          }),
      })
      return made(client, pair.privateKey)
    },
  }
}

/** A root of an operator's own, with a new key. */
export const makeCa = (name: string, validity: Validity = {}): MadeCa => caUnder(name, undefined, validity)

import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Card } from '@/lib/phone/card'
import { CURVES, type Curve } from '@/lib/rsp/crypto/curves'
import { parseCertificate } from '@/lib/rsp/pki/certificate'
import { type IssueRequest, issueCertificate } from '@/lib/rsp/pki/issue'
import { testEidPrefix } from '@/lib/rsp/pki/test-pki'
import type { Laboratory } from './laboratory'

type Over = Partial<IssueRequest>

/** What is wrong with the certificates of a card. */
export interface Forgery {
  curve?: Curve
  eid?: string
  /** Changes the request of CERT.EUM or CERT.EUICC before it is signed. */
  eum?: Over
  euicc?: Over
  /** Changes the octets afterwards. */
  eumDer?: (der: Buffer) => Buffer
  euiccDer?: (der: Buffer) => Buffer
}

/** A card whose chain was issued by the laboratory's CI, with the defects that are asked for; nothing checks it. */
export function forgedCard(lab: Laboratory, forgery: Forgery = {}): Card {
  const { curve = 'P-256', eid = `${testEidPrefix}${String(randomBytes(6).readUIntBE(0, 6)).padStart(24, '0')}` } = forgery
  const pki = lab.pki.get(curve)
  if (!pki) throw new Error('no such PKI')
  const namedCurve = CURVES[curve].openssl
  const keys = { eum: generateKeyPairSync('ec', { namedCurve }), euicc: generateKeyPairSync('ec', { namedCurve }) }
  const dates = { notBefore: new Date(lab.now.getTime() - 86_400_000), notAfter: new Date(lab.now.getTime() + 20 * 365 * 86_400_000) }
  const eum = issueCertificate({
    role: 'EUM',
    subject: { O: 'Slipway Test EUM', CN: 'EUM' },
    publicKey: keys.eum.publicKey,
    issuer: parseCertificate(pki.ci.certificate),
    issuerKey: pki.ci.privateKey,
    serialNumber: randomBytes(8),
    eidPrefix: testEidPrefix,
    ...dates,
    ...forgery.eum,
  })
  const euicc = issueCertificate({
    role: 'EUICC',
    subject: { O: 'Slipway Test EUM', serialNumber: eid, CN: 'eUICC' },
    publicKey: keys.euicc.publicKey,
    issuer: parseCertificate(eum),
    issuerKey: keys.eum.privateKey,
    serialNumber: randomBytes(8),
    ...dates,
    ...forgery.euicc,
  })
  const base = lab.card({ curve })
  const [credential] = base.credentials
  if (!credential) throw new Error('no credential')
  return {
    ...base,
    eid,
    credentials: [
      {
        ...credential,
        eumCertificate: (forgery.eumDer?.(eum) ?? eum).toString('base64'),
        euiccCertificate: (forgery.euiccDer?.(euicc) ?? euicc).toString('base64'),
        euiccPrivateKey: keys.euicc.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
      },
    ],
  }
}

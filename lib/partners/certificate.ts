import { X509Certificate } from 'node:crypto'
import type { NewPartnerCertificate } from '@/lib/db/partners/partner-certificate-rows'
import { FormError } from '@/lib/form-error'
import { certificatesFromFile } from '@/lib/rsp/pki/credential-file'

const clientAuthentication = '1.3.6.1.5.5.7.3.2'
const anyPurpose = '2.5.29.37.0'

/** SHA-256 of the certificate, lower-case hexadecimal. */
export const fingerprintOf = (certificate: X509Certificate): string => certificate.fingerprint256.replaceAll(':', '').toLowerCase()

/** From when until when it holds. */
export const validityOf = (certificate: X509Certificate): { from: Date; until: Date } => ({
  from: new Date(certificate.validFrom),
  until: new Date(certificate.validTo),
})

/** RFC 5280 §4.2.1.12: without an extended key usage it is for anything. `keyUsage` of Node is the extended one. */
export const isForClients = (certificate: X509Certificate): boolean => {
  const purposes: readonly string[] | undefined = certificate.keyUsage
  return !purposes || purposes.includes(clientAuthentication) || purposes.includes(anyPurpose)
}

/** The subject in one line: CN=bss.example.com, O=Operator. */
const subjectOf = ({ subject }: X509Certificate): string =>
  (subject ?? '')
    .split('\n')
    .reverse()
    .join(', ')
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 300)

/** What people are shown of a certificate. */
export interface CertificateFacts {
  subject: string
  notAfter: Date
}

/** What the first certificate of a PEM says; undefined when there is none. */
export function certificateFacts(pem: string | null): CertificateFacts | undefined {
  const [der] = pem ? certificatesFromFile(Buffer.from(pem)) : []
  const certificate = der && parsedCertificate(der)
  return certificate && { subject: subjectOf(certificate), notAfter: validityOf(certificate).until }
}

/** Reads DER. @returns undefined when it is no certificate */
export function parsedCertificate(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der)
  } catch {
    return undefined
  }
}

/**
 * The one certificate in a PEM or DER file: a CA (basicConstraints) stands for all that it issues, any other for itself.
 * @throws FormError when there is none, more than one, a private key beside it, or it has expired
 */
export function readPartnerCertificate(bytes: Buffer, now: Date): NewPartnerCertificate {
  const no = (sentence: string) => new FormError(sentence, { certificate: sentence })
  if (bytes.includes('PRIVATE KEY-----'))
    throw no('There is a private key in this file. The partner keeps it to itself: give the certificate alone.')
  const found = certificatesFromFile(bytes)
  const [der] = found
  if (!der) throw no('There is no certificate in this file: PEM or DER is expected.')
  if (found.length > 1)
    throw no(`There are ${found.length} certificates in this file. Give one: the partner’s own, or that of the CA which issues them.`)
  const certificate = parsedCertificate(der)
  if (!certificate) throw no('The certificate in this file cannot be read.')
  const { until } = validityOf(certificate)
  if (until < now) throw no(`This certificate has expired on ${until.toISOString().slice(0, 10)}.`)
  if (!certificate.ca && !isForClients(certificate))
    throw no('This certificate is not for TLS clients (extended key usage), so no connection can be made with it.')
  return {
    kind: certificate.ca ? 'ca' : 'client',
    fingerprint: fingerprintOf(certificate),
    certificate: Buffer.from(certificate.raw),
    subject: subjectOf(certificate),
    notAfter: until,
  }
}

/** A SHA-256 fingerprint as tools print it, with colons or blanks or none. @throws FormError */
export function readFingerprint(text: string): NewPartnerCertificate {
  const fingerprint = text.replace(/^.*=/, '').replace(/[\s:]/g, '').toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(fingerprint)) {
    const sentence = 'A SHA-256 fingerprint is expected: 64 hexadecimal digits, with or without colons.'
    throw new FormError(sentence, { fingerprint: sentence })
  }
  return { kind: 'client', fingerprint, certificate: null, subject: '', notAfter: null }
}

/** A certificate or key that cannot be read or used; the message is a sentence for people and holds no key material. */
export class CertificateError extends Error {
  override name = 'CertificateError'
}

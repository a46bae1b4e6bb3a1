import { type KeyObject, sign, verify } from 'node:crypto'

/** Octets of r and s in a row. */
export const signatureBytes = 64

const joined = (parts: Uint8Array[]): Uint8Array => (parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts))

/** ECDSA with SHA-256 over the parts in a row; answers r ‖ s, 64 octets (SGP.22 §2.6.7.2). */
export const signRaw = (privateKey: KeyObject, ...parts: Uint8Array[]): Buffer =>
  sign('sha256', joined(parts), { key: privateKey, dsaEncoding: 'ieee-p1363' })

/** Checks r ‖ s over the parts in a row, as they arrived. A signature of another length is simply wrong. */
export const verifyRaw = (publicKey: KeyObject, signature: Uint8Array, ...parts: Uint8Array[]): boolean =>
  signature.length === signatureBytes && verify('sha256', joined(parts), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)

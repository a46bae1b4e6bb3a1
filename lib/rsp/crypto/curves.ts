/** Curves of SGP.22 §2.6.7.1 that the runtime's OpenSSL has; FRP256v1 is not among them. */
export const CURVES = {
  'P-256': { openssl: 'prime256v1', jwk: 'P-256' },
  brainpoolP256r1: { openssl: 'brainpoolP256r1', jwk: undefined },
} as const
export type Curve = keyof typeof CURVES

/** Octets of an uncompressed point: 04, X, Y. */
export const pointBytes = 65

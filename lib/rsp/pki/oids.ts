import type { Curve } from '@/lib/rsp/crypto/curves'

/** One row per certificate role: its certificatePolicies value in v2.x and in v3.x, and what to call it in a sentence. */
export const ROLE_POLICIES = {
  CI: { v2: '2.23.146.1.2.1.0', v3: '2.23.146.1.2.1.0', title: 'CI' },
  CISubCA: { v2: undefined, v3: '2.23.146.1.2.1.0.0', title: 'subordinate CI' },
  EUICC: { v2: '2.23.146.1.2.1.1', v3: '2.23.146.1.2.1.0.0.0.0.0', title: 'eUICC' },
  EUM: { v2: '2.23.146.1.2.1.2', v3: '2.23.146.1.2.1.0.0.0', title: 'eUICC manufacturer' },
  EUMSubCA: { v2: undefined, v3: '2.23.146.1.2.1.0.0.0.0', title: 'subordinate eUICC manufacturer' },
  DPSubCA: { v2: undefined, v3: '2.23.146.1.2.1.0.0.1', title: 'subordinate SM-DP+ authority' },
  DPtls: { v2: '2.23.146.1.2.1.3', v3: '2.23.146.1.2.1.0.0.1.0', title: 'SM-DP+ TLS' },
  DPauth: { v2: '2.23.146.1.2.1.4', v3: '2.23.146.1.2.1.0.0.1.1', title: 'SM-DP+ authentication' },
  DPpb: { v2: '2.23.146.1.2.1.5', v3: '2.23.146.1.2.1.0.0.1.2', title: 'SM-DP+ profile binding' },
  DSSubCA: { v2: undefined, v3: '2.23.146.1.2.1.0.0.2', title: 'subordinate SM-DS authority' },
  DStls: { v2: '2.23.146.1.2.1.6', v3: '2.23.146.1.2.1.0.0.2.0', title: 'SM-DS TLS' },
  DSauth: { v2: '2.23.146.1.2.1.7', v3: '2.23.146.1.2.1.0.0.2.1', title: 'SM-DS authentication' },
} as const satisfies Record<string, { v2: string | undefined; v3: string; title: string }>

export type CertificateRole = keyof typeof ROLE_POLICIES

/** OIDs of the curves in a SubjectPublicKeyInfo. */
export const CURVE_OIDS: Record<Curve, string> = { 'P-256': '1.2.840.10045.3.1.7', brainpoolP256r1: '1.3.36.3.3.2.8.1.1.7' }

export const CURVE_NAMES = Object.keys(CURVE_OIDS) as Curve[]

export const ALGORITHM = { ecPublicKey: '1.2.840.10045.2.1', ecdsaWithSha256: '1.2.840.10045.4.3.2' } as const

export const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  permittedEins: '2.23.146.1.2.2.0',
} as const

/** Bit numbers of the keyUsage extension (RFC 5280 §4.2.1.3). */
export const KEY_USAGE = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const

export const EXT_KEY_USAGE = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const

export const ATTRIBUTE = { CN: '2.5.4.3', serialNumber: '2.5.4.5', C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11' } as const

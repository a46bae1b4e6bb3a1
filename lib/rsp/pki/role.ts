import { type Certificate, verifyCertificate } from './certificate'
import { type CertificateRole, ROLE_POLICIES } from './oids'

const roleByPolicy = new Map<string, CertificateRole>()
for (const [role, { v2, v3 }] of Object.entries(ROLE_POLICIES)) {
  for (const oid of [v2, v3]) if (oid) roleByPolicy.set(oid, role as CertificateRole)
}

/** Whether the certificate verifies with its own key. */
export const isSelfSigned = (certificate: Certificate): boolean => verifyCertificate(certificate, certificate.publicKey.key)

/** The role that certificatePolicies claims, in its v2 or v3 value; 'unknown' with none or with several. */
export function claimedRole(certificate: Certificate): CertificateRole | 'unknown' {
  const roles = new Set(certificate.policies.flatMap(oid => roleByPolicy.get(oid) ?? []))
  const [role] = roles
  return role && roles.size === 1 ? role : 'unknown'
}

/** What a certificate is, from its contents alone. A CI must be signed with its own key; nothing else about it is judged here. */
export function roleOf(certificate: Certificate): CertificateRole | 'unknown' {
  const role = claimedRole(certificate)
  return role === 'CI' && !isSelfSigned(certificate) ? 'unknown' : role
}

/** Whether a certificate carries the v2 value of its role. */
export const hasV2Policy = (certificate: Certificate, role: CertificateRole): boolean =>
  certificate.policies.some(oid => oid === ROLE_POLICIES[role].v2)

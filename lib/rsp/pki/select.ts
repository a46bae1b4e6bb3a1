import { RspError } from '@/lib/rsp/status'

/** The CI lists of EUICCInfo1, key identifiers in hexadecimal, in the eUICC's order of preference. */
export interface EuiccCiLists {
  forVerification: readonly string[]
  forSigning: readonly string[]
}

/**
 * SGP.22 §5.6.1: chooses the CI under which the eUICC shall sign, and the server's credentials that it can verify: those under
 * the same CI when possible, else those under the first CI of its list that has some.
 * @param available sets of DPauth and DPpb, each under the CI with this key identifier
 * @param trustedCiKeyIds CIs whose certificates the server holds; those of `available` unless given
 * @returns `ciKeyId` is euiccCiPKIdToBeUsed, in upper case
 * @throws RspError signingCiUnsupported, noDpCertificate
 */
export function selectCredentials<CredentialSet extends { ciKeyId: string }>(
  lists: EuiccCiLists,
  available: readonly CredentialSet[],
  trustedCiKeyIds: readonly string[] = available.map(set => set.ciKeyId),
): { ciKeyId: string; credentials: CredentialSet } {
  const trusted = new Set(trustedCiKeyIds.map(upper))
  const ciKeyId = lists.forSigning.map(upper).find(keyId => trusted.has(keyId))
  if (!ciKeyId) throw new RspError('signingCiUnsupported', `The eUICC signs under ${listed(lists.forSigning)}.`)
  const verifiable = lists.forVerification.map(upper)
  const preferred = verifiable.includes(ciKeyId) ? [ciKeyId, ...verifiable] : verifiable
  for (const keyId of preferred) {
    const credentials = available.find(set => upper(set.ciKeyId) === keyId)
    if (credentials) return { ciKeyId, credentials }
  }
  throw new RspError('noDpCertificate', `The eUICC verifies ${listed(lists.forVerification)}.`)
}

const upper = (keyId: string) => keyId.toUpperCase()

const listed = (keyIds: readonly string[]) => (keyIds.length ? keyIds.slice(0, 10).map(upper).join(', ') : 'no CI at all')

import type { DownloadOrder } from '@/lib/db/es9-rows'
import type { EuiccInfo2 } from '@/lib/rsp/asn1/euicc-info'
import type { EligibilityRule } from '@/lib/rsp/explain/eligibility-rules'
import { unsupportedServices } from '@/lib/rsp/saip/header'
import type { StatusName } from '@/lib/rsp/status'
import type { Ci } from '../credentials'

/** Bits of PprIds (SGP.22 §2.4.2) */
const PPR_BITS = { pprUpdateControl: 0, ppr1: 1, ppr2: 2 } as const
/** Bit of RspCapability */
const testProfileSupport = 3

export interface Finding {
  rule: EligibilityRule
  status: StatusName
  sentence: string
  /** Certain rules refuse; the others warn, unless the profile type is strict. */
  certain: boolean
}

const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`

/** SGP.22 Annex F: what stands against this profile on this eUICC, certain rules first. */
export function eligibility(
  order: Pick<DownloadOrder, 'type' | 'installBytes' | 'saipVersion' | 'mandatoryServices'>,
  euicc: EuiccInfo2,
  ci: Pick<Ci, 'live'>,
): Finding[] {
  const findings: Finding[] = []
  const add = (rule: EligibilityRule, certain: boolean, sentence: string) =>
    findings.push({ rule, status: rule === 'memory' ? 'insufficientMemory' : 'profileNotEligible', certain, sentence })

  if (order.type.live !== ci.live)
    add(
      order.type.live ? 'liveProfile' : 'testProfile',
      true,
      order.type.live
        ? 'The eUICC proved itself under a test CI, whose keys are public: it gets profiles of test types only.'
        : 'A profile of a test type goes to test eUICCs only.',
    )
  for (const rule of order.type.policyRules)
    if (euicc.forbiddenProfilePolicyRules.has(PPR_BITS[rule]))
      add('policyRule', true, `The eUICC forbids the policy rule ${rule} that this profile has.`)

  if (euicc.freeNonVolatileMemory !== undefined && euicc.freeNonVolatileMemory < order.installBytes)
    add(
      'memory',
      false,
      `The eUICC has ${kilobytes(euicc.freeNonVolatileMemory)} free and this profile needs about ${kilobytes(order.installBytes)}.`,
    )
  if (!takesVersion(euicc, order.saipVersion))
    add('packageVersion', false, `The profile is of package version ${order.saipVersion}; the eUICC names ${euicc.profileVersion}.`)
  const missing = unsupportedServices(order.mandatoryServices, euicc.uiccCapability)
  if (missing.length > 0) add('services', false, `The eUICC does not promise what the package demands: ${missing.join(', ')}.`)
  if (order.type.profileClass === 'test' && !euicc.rspCapability.has(testProfileSupport))
    add('testClass', false, 'The eUICC does not say that it takes profiles of class test.')
  return findings
}

function takesVersion({ profileVersion, additionalProfileVersions }: EuiccInfo2, wanted: string): boolean {
  const [major = 0, minor = 0] = wanted.split('.').map(Number)
  return [profileVersion, ...additionalProfileVersions].some(version => {
    const [hasMajor = 0, hasMinor = 0] = version.split('.').map(Number)
    return hasMajor === major && hasMinor >= minor
  })
}

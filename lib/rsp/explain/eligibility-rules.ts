/** What can stand against a profile on an eUICC (SGP.22 Annex F), as the event of authenticateClient names it; a few words each. */
export const ELIGIBILITY_RULES = {
  liveProfile: 'a profile of the live network, asked for by a test device',
  testProfile: 'a test profile, asked for by a device of the live network',
  policyRule: 'a policy rule that the eUICC forbids',
  memory: 'the free memory',
  packageVersion: 'the version of the profile package',
  services: 'services that the eUICC does not name',
  testClass: 'a profile of class test',
} as const
export type EligibilityRule = keyof typeof ELIGIBILITY_RULES

/** EuiccCategory of EUICCInfo2 (SGP.22 §5.7.8) */
export const EUICC_CATEGORIES: Record<number, string> = { 0: 'other', 1: 'basic', 2: 'medium', 3: 'contactless' }

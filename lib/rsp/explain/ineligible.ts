import type { Case, Teller, Told } from './case'
import { tryAgain } from './case'
import type { EligibilityRule } from './eligibility-rules'

const otherPhone = 'Offer the customer another phone, or another type of eSIM for this one; trying again changes nothing.'

type RuleTeller = (it: Case) => Told

/** A refusal by eligibility (SGP.22 Annex F), one row for each rule. The memory has a status of its own. */
const BY_RULE: Record<Exclude<EligibilityRule, 'memory'>, RuleTeller> = {
  liveProfile: () => ({
    sentence: 'This is a test phone, and the eSIM is one of the live network, which no test phone may have.',
    advice:
      'Give test phones an eSIM of a test type. If the customer holds an ordinary phone, it was opened for tests: another phone is needed.',
    actions: ['replace', 'changeType'],
  }),
  testProfile: () => ({
    sentence: 'The eSIM is of a test type, and this is an ordinary phone, which takes none of those.',
    advice: 'Replace it with an eSIM of a live type.',
    actions: ['replace', 'changeType'],
  }),
  policyRule: it => ({
    sentence: `${it.phone} forbids a rule that this eSIM carries, such as one that it may not be switched off or deleted.`,
    advice: 'Another code would not help. Replace it with an eSIM of a type without this rule, or have the rule taken out of the type.',
    actions: ['replace', 'changeType'],
  }),
  packageVersion: it => ({
    sentence: `This eSIM is made for ${it.device.profileVersion ? 'another version of eSIM chips than that of this phone' : 'newer eSIM chips'}.`,
    advice: `Ask the customer to update the phone and to try once more: the code stays good. Otherwise replace it with an eSIM of a type that is made for older chips.`,
    actions: ['replace', 'changeType'],
  }),
  services: it => ({
    sentence: `${it.phone} lacks a service that this eSIM cannot do without.`,
    advice: otherPhone,
    actions: ['replace', 'changeType'],
  }),
  testClass: it => ({
    sentence: `${it.phone} does not take eSIMs that are meant for tests.`,
    advice: 'Replace it with an eSIM of an operational type.',
    actions: ['replace', 'changeType'],
  }),
}

/** What an event of authenticateClient names as having stood against the profile. */
export const rulesAgainst = (data: Record<string, unknown> | null | undefined): EligibilityRule[] =>
  Array.isArray(data?.against) ? (data.against as EligibilityRule[]) : []

export const ineligible: Teller = it => {
  const [rule] = rulesAgainst(it.attempt.decisive.data)
  const tell = rule && rule !== 'memory' ? BY_RULE[rule] : undefined
  if (tell) return { tone: 'bad', ...tell(it) }
  if (it.attempt.decisive.detail?.startsWith('The metadata of type'))
    return {
      sentence: 'The names and settings of the eSIM’s type do not fit its contents, so nothing could be offered to the phone.',
      advice: 'Nothing is wrong with the phone. Have the type mended, then let the customer scan again: the code stays good.',
      actions: ['changeType'],
      tone: 'bad',
    }
  return { sentence: `${it.phone} cannot take this eSIM.`, ...tryAgain(it, otherPhone.split(';')[0]), tone: 'bad' }
}

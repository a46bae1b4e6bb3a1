import type { Language } from '@/lib/customer-page/language'
import { MatchingId, SmdsAddress } from '@/lib/rsp/identifiers'
import { bareEid, type EidPolicy, eidProblem } from './eid-field'

/** Whether orders ask for a confirmation code: as their type does, none, one of its own for each, or the one that is typed. */
export type CodeChoice = 'asType' | 'none' | 'each' | 'typed'

/** What a person may set for new orders, as typed. */
export interface OrderDraft {
  eid: string
  /** A default SM-DP+ order: the device asks by its EID, without a code */
  withoutCode: boolean
  customerEmail: string
  reference: string
  /** Empty: as the customer's device has it */
  language: Language | ''
  codeChoice: CodeChoice
  confirmationCode: string
  /** Empty: as the type has it */
  codeTries: string
  matchingId: string
  /** The SM-DS on which the device finds the order by itself */
  smdsAddress: string
  /** As of an input of type datetime-local */
  expiresAt: string
  /** Confirmed, and released by hand afterwards */
  releaseLater: boolean
}

export const emptyDraft: OrderDraft = {
  eid: '',
  withoutCode: false,
  customerEmail: '',
  reference: '',
  language: '',
  codeChoice: 'asType',
  confirmationCode: '',
  codeTries: '',
  matchingId: '',
  smdsAddress: '',
  expiresAt: '',
  releaseLater: false,
}

const common = (draft: OrderDraft) => ({
  ...(draft.reference.trim() ? { reference: draft.reference.trim() } : {}),
  ...(draft.language ? { language: draft.language } : {}),
  ...(draft.expiresAt ? { expiresAt: new Date(draft.expiresAt) } : {}),
  ...(draft.releaseLater ? { release: false } : {}),
  ...(draft.codeTries.trim() ? { confirmationLimit: Number(draft.codeTries) } : {}),
})

/** The draft of one order as the verb takes it: empty fields are left out. */
export const draftInput = (draft: OrderDraft) => ({
  ...common(draft),
  ...(draft.eid.trim() ? { eid: bareEid(draft.eid) } : {}),
  ...(draft.customerEmail.trim() ? { customerEmail: draft.customerEmail.trim() } : {}),
  ...(draft.withoutCode ? { matchingId: '' } : draft.matchingId.trim() ? { matchingId: draft.matchingId.trim() } : {}),
  ...(draft.smdsAddress.trim() && !draft.withoutCode ? { smdsAddress: draft.smdsAddress.trim() } : {}),
  ...(draft.codeChoice === 'none' ? { confirmationCode: null } : {}),
  ...(draft.codeChoice === 'each' ? { makeConfirmationCode: 'always' as const } : {}),
  ...(draft.codeChoice === 'typed' ? { confirmationCode: draft.confirmationCode } : {}),
})

/** The draft of many orders, as a run takes it. */
export const draftOfMany = (draft: OrderDraft) => ({
  ...common(draft),
  confirmationCode: draft.codeChoice === 'typed' ? { same: draft.confirmationCode } : draft.codeChoice,
})

/** Why the order cannot do without its device. */
function neededEid({ withoutCode, smdsAddress }: OrderDraft): string | undefined {
  if (withoutCode) return 'Without a code the device is known by its EID alone.'
  return smdsAddress.trim() ? 'On an SM-DS the device is known by its EID.' : undefined
}

/** What can be seen to be wrong before anything is sent. */
export function draftProblems(draft: OrderDraft, eidPolicy: EidPolicy = 'refuse'): Record<string, string> {
  const email = draft.customerEmail.trim()
  const problems: [keyof OrderDraft, string | undefined | false][] = [
    ['eid', (!draft.eid.trim() && neededEid(draft)) || eidProblem(draft.eid, eidPolicy)],
    ['customerEmail', email !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) && 'This is no e-mail address.'],
    ['confirmationCode', draft.codeChoice === 'typed' && !draft.confirmationCode && 'Type the code, or have one made.'],
    ['codeTries', draft.codeTries.trim() !== '' && !/^([1-9][0-9]?|100)$/.test(draft.codeTries.trim()) && 'A number from 1 to 100.'],
    ['matchingId', draft.withoutCode ? undefined : MatchingId.safeParse(draft.matchingId.trim()).error?.issues[0]?.message],
    [
      'smdsAddress',
      draft.withoutCode || !draft.smdsAddress.trim()
        ? undefined
        : SmdsAddress.safeParse(draft.smdsAddress.trim()).error?.issues[0]?.message,
    ],
    [
      'expiresAt',
      draft.expiresAt !== '' && new Date(draft.expiresAt).getTime() <= Date.now() && 'This moment has passed. Choose a later one.',
    ],
  ]
  return Object.fromEntries(problems.filter((each): each is [keyof OrderDraft, string] => Boolean(each[1])))
}

/** Six digits, each as likely as any other. */
export function makeConfirmationCode(): string {
  const limit = 4_294_000_000
  const numbers = new Uint32Array(1)
  do crypto.getRandomValues(numbers)
  while ((numbers[0] ?? limit) >= limit)
  return String((numbers[0] ?? 0) % 1_000_000).padStart(6, '0')
}

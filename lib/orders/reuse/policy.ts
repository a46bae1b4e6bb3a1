import type { ProfileState, RuntimeState } from '@/lib/rsp/lifecycle'

/** What a profile type says of profiles that a device has had. */
export interface ReusePolicy {
  /** Which eUICC may download an installed profile again */
  device: 'none' | 'same' | 'any'
  /** Only when the eUICC has reported that it deleted the profile */
  afterDeletion: boolean
  /** How often; null: without limit */
  limit: number | null
  /** Between the order before and the next */
  waitHours: number
  /** Whether a profile that its eUICC has deleted may become stock again */
  returnsToStock: 'never' | 'afterDeletion'
}

/** What is known of a profile when somebody wants it on a new phone. */
export interface ReuseFacts {
  state: ProfileState
  runtimeState: RuntimeState | null
  /** The eUICC to which its package was given last; null: it has not left the server, unless that was erased */
  installedEid: string | null
  /** An eUICC had it, and which that was has been erased with its subscriber's data */
  deviceErased?: boolean
  /** When that eUICC reported that it deleted the profile */
  deletedAt: Date | null
  /** That eUICC reported that it could not install the profile: it has nothing to delete */
  failed: boolean
  /** Codes for a next phone since the profile was issued first; cancelled ones and one that no phone has used yet do not count */
  reissues: number
  lastOrderAt: Date | null
  hasOpenOrder: boolean
}

/** Rules of the policy, in the order in which people are told of them. */
export const REUSE_RULES = ['state', 'device', 'deletion', 'times', 'wait'] as const
export type ReuseRule = (typeof REUSE_RULES)[number]

export interface ReuseReason {
  rule: ReuseRule
  holds: boolean
  sentence: string
}

export interface ReuseVerdict {
  allowed: boolean
  /** Which device may have it when it is allowed; null: none */
  device: 'same' | 'any' | null
  /** One for each rule, whether it stands in the way or not */
  reasons: ReuseReason[]
  /** Where waiting is what is missing: until when */
  allowedFrom?: Date
}

const hourMs = 3_600_000

const counted = (count: number, one: string): string => `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`

const STATE: Record<ProfileState, string> = {
  Available: 'The profile is in stock: issue it to a customer instead.',
  Allocated: 'An order without a code holds the profile, and no phone has it.',
  Linked: 'An order without a code holds the profile, and no phone has it.',
  Confirmed: 'The profile has a code that waits for its release, and no phone has it.',
  Released: 'The profile has a code that no phone has used: that one can be shown again.',
  Downloaded: 'A phone has taken the package, and no phone has said that it installed it. If that phone is lost, replace the profile.',
  Installed: 'The profile was installed on a phone.',
  Error: 'The last download has failed, and its code is dead.',
  Unavailable: 'The profile is out of use.',
}

const end = (eid: string): string => `EID ending ${eid.slice(-4)}`

/**
 * What the policy says of a profile that is wanted on a new phone.
 * @param wantedEid the eUICC that is to have it, where that is known
 */
export function reuseVerdict(policy: ReusePolicy, facts: ReuseFacts, now: Date, wantedEid?: string): ReuseVerdict {
  const device = deviceOf(policy, facts)
  const waitedAt = facts.lastOrderAt ? new Date(facts.lastOrderAt.getTime() + policy.waitHours * hourMs) : undefined
  const reasons: ReuseReason[] = [
    { rule: 'state', holds: facts.state === 'Installed' || facts.state === 'Error', sentence: STATE[facts.state] },
    { rule: 'device', ...deviceReason(device, facts, wantedEid) },
    { rule: 'deletion', ...deletionReason(policy, facts) },
    { rule: 'times', ...timesReason(policy, facts) },
    { rule: 'wait', ...waitReason(policy, waitedAt, now) },
  ]
  return {
    allowed: reasons.every(({ holds }) => holds),
    device,
    reasons,
    ...(waitedAt && waitedAt > now ? { allowedFrom: waitedAt } : {}),
  }
}

/** Whether a person may go past what the policy says: over its own rules, never over the state of the profile. */
export const mayGoPast = ({ allowed, reasons }: ReuseVerdict): boolean =>
  !allowed && reasons.every(({ rule, holds }) => holds || rule !== 'state')

const neverLeft = ({ installedEid, deviceErased = false }: ReuseFacts): boolean => installedEid === null && !deviceErased

/** A package that never left the server may go to anybody. */
const deviceOf = ({ device }: ReusePolicy, facts: ReuseFacts): 'same' | 'any' | null =>
  neverLeft(facts) ? 'any' : device === 'none' ? null : device

function deviceReason(device: 'same' | 'any' | null, facts: ReuseFacts, wantedEid?: string): Omit<ReuseReason, 'rule'> {
  const { installedEid } = facts
  if (neverLeft(facts)) return { holds: true, sentence: 'No device has had the package.' }
  if (device === 'any') return { holds: true, sentence: 'Any device may download it.' }
  if (device === null) return { holds: false, sentence: 'A profile of this type is downloaded once: no device may have it again.' }
  if (installedEid === null)
    return {
      holds: false,
      sentence: 'Only the eUICC that had it may download it again, and which that was has been erased with its subscriber’s personal data.',
    }
  if (wantedEid !== undefined && wantedEid !== installedEid)
    return { holds: false, sentence: `Only the eUICC that had it may download it again (${end(installedEid)}), and another EID was given.` }
  return { holds: true, sentence: `Only the eUICC that had it may download it again (${end(installedEid)}).` }
}

function deletionReason({ afterDeletion }: ReusePolicy, facts: ReuseFacts): Omit<ReuseReason, 'rule'> {
  const { deletedAt, failed } = facts
  if (deletedAt) return { holds: true, sentence: 'The phone that had it has reported that it deleted the profile.' }
  if (neverLeft(facts) || failed) return { holds: true, sentence: 'No phone has it, so there is nothing to delete.' }
  if (!afterDeletion) return { holds: true, sentence: 'It need not have been deleted from the phone that had it.' }
  return {
    holds: false,
    sentence:
      'The phone that had it has not reported that it deleted the profile. The customer deletes it there while the phone is online; if that phone is lost or broken, replace the profile.',
  }
}

function timesReason({ limit }: ReusePolicy, { reissues }: ReuseFacts): Omit<ReuseReason, 'rule'> {
  if (limit === null) return { holds: true, sentence: `It may move any number of times; it has moved ${counted(reissues, 'time')}.` }
  if (limit === 0) return { holds: false, sentence: 'A profile of this type never moves.' }
  const sentence = `It may move ${counted(limit, 'time')} and has moved ${counted(reissues, 'time')}.`
  return { holds: reissues < limit, sentence }
}

function waitReason({ waitHours }: ReusePolicy, waitedAt: Date | undefined, now: Date): Omit<ReuseReason, 'rule'> {
  if (waitHours === 0 || !waitedAt) return { holds: true, sentence: 'It need not wait after the order before.' }
  const left = Math.ceil((waitedAt.getTime() - now.getTime()) / hourMs)
  if (left <= 0) return { holds: true, sentence: `The order before is at least ${counted(waitHours, 'hour')} old.` }
  return { holds: false, sentence: `Between two orders lie ${counted(waitHours, 'hour')}: ${counted(left, 'hour')} are left.` }
}

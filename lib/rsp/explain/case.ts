import type { ProfileState, RuntimeState } from '../lifecycle'
import type { ActionName } from './actions'
import { counted, eidEnd, momentWords } from './amounts'
import type { Attempt, DeviceFacts } from './attempt'
import { deviceName } from './device-name'
import type { Explanation } from './explanation'

/** What an explanation looks at in an order. */
export interface ExplainedOrder {
  id: string
  /** The eUICC that the order was made for */
  eid: string | null
  matchingId: string | null
  confirmationCodeRequired: boolean
  confirmationAttempts: number
  confirmationLimit: number
  downloadAttempts: number
  downloadLimit: number
  expiresAt: Date | null
  closedAt: Date | null
  outcome: string | null
}

/** What an explanation looks at in a profile. */
export interface ExplainedProfile {
  state: ProfileState
  stateSince: Date
  runtimeState: RuntimeState | null
  runtimeSince: Date | null
  /** The eUICC that took the package */
  eid: string | null
}

/** What is known beside the attempt itself; `order` is the one that the attempt was for. */
export interface Surroundings {
  order?: ExplainedOrder | undefined
  profile?: ExplainedProfile | undefined
  now: Date
}

/** Whether the code of the attempt is good for another try now. */
export type CodeState = 'usable' | 'unknown' | 'unreleased' | 'expired' | 'usedUp' | 'ended'

export interface Case extends Surroundings {
  attempt: Attempt
  device: DeviceFacts
  /** "The phone", or its brand and model */
  phone: string
  code: CodeState
}

/** What was found out, before its tone. */
export type Told = Pick<Explanation, 'sentence' | 'advice' | 'actions'> & Partial<Pick<Explanation, 'tone'>>
export type Teller = (it: Case) => Told

function codeState({ order, profile, now }: Surroundings): CodeState {
  if (!order) return 'unknown'
  if (order.closedAt) return 'ended'
  if (profile && !['Released', 'Downloaded'].includes(profile.state)) return 'unreleased'
  if (order.expiresAt && order.expiresAt <= now) return 'expired'
  if (order.downloadAttempts >= order.downloadLimit) return 'usedUp'
  return 'usable'
}

export const phoneWords = (device: DeviceFacts): string => `The ${deviceName(device) ?? 'phone'}`

export const caseOf = (attempt: Attempt, surroundings: Surroundings): Case => ({
  ...surroundings,
  attempt,
  device: attempt.device,
  phone: phoneWords(attempt.device),
  code: codeState(surroundings),
})

/** How often the code may still be tried, where it may soon be over. */
function triesLeft({ order }: Case): string {
  const left = order ? order.downloadLimit - order.downloadAttempts : Number.POSITIVE_INFINITY
  return left <= 2 ? ` ${counted(left, 'download attempt')} ${left === 1 ? 'is' : 'are'} left.` : ''
}

/** Where a phone has taken the package, no other can have it with this code. */
const sameOnly = ({ profile }: Case): string =>
  profile?.state === 'Downloaded' && profile.eid ? ` on the phone that took it before, with ${eidEnd(profile.eid)}` : ''

const newCode: ActionName[] = ['move', 'replace']

/** How the customer gets another go after `first` was done, which may be nothing. */
export function tryAgain(it: Case, first?: string): Pick<Told, 'advice' | 'actions'> {
  const begun = first ? `${first}, then ` : ''
  const said = (words: string) => `${begun}${begun ? words : words.charAt(0).toUpperCase() + words.slice(1)}`
  switch (it.code) {
    case 'usable':
      return {
        advice: `${said(`let them scan again${sameOnly(it)}: the code still works.`)}${triesLeft(it)}`,
        actions: ['mailLink', 'showCode', ...(triesLeft(it) ? (['raiseLimit'] as const) : [])],
      }
    case 'unknown':
      return { advice: said('let them try once more with the code that they were sent.'), actions: [] }
    case 'unreleased':
      return { advice: said('release the order and let them scan again.'), actions: ['releaseOrder'] }
    case 'expired':
      return {
        advice: said(
          `extend the code and let them scan it again: it was good until ${it.order?.expiresAt ? momentWords(it.order.expiresAt) : 'then'}.`,
        ),
        actions: ['extendExpiry', 'cancelOrder', 'issueCode'],
      }
    case 'usedUp':
      return {
        advice: said('allow more attempts and let them scan again: the code was tried as often as it may be.'),
        actions: ['raiseLimit', 'cancelOrder', 'issueCode'],
      }
    case 'ended':
      return { advice: said(`${ENDED[it.order?.outcome ?? ''] ?? 'give them a new code: this one is dead.'}`), actions: newCode }
  }
}

const ENDED: Record<string, string> = {
  installed:
    'look whether the eSIM is on that phone: this order ended with an installation, so a new code is needed only where it is gone.',
  cancelled: 'give them a new code: this one was cancelled.',
  confirmationCodeAttemptsExceeded: 'give them a new code and a new confirmation code: these are dead.',
}

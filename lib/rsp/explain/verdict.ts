import { type ProfileState, STATE_MEANING } from '../lifecycle'
import type { TimelineEvent } from '../timeline/event'
import type { SentenceTone } from '../timeline/sentences'
import type { ActionName } from './actions'
import { counted, durationWords, eidEnd, momentWords } from './amounts'
import { type Attempt, attemptsOf, type DeviceFacts } from './attempt'
import type { ExplainedOrder, ExplainedProfile } from './case'
import { deviceName } from './device-name'
import { explain } from './explain'
import type { Explanation } from './explanation'

/** The whole page of an eSIM in a few words. */
export interface Verdict {
  state: ProfileState
  since: Date
  /** What state, since when, on what device. */
  headline: string
  tone: SentenceTone
  /** The device that has the profile, or that tried last */
  device?: DeviceFacts
  /** The last attempt under the order that counts, if there was one */
  lastAttempt?: Attempt
  /** Why the last attempt did not end in an installation */
  why?: Explanation
  /** What to do now. */
  advice: string
  actions: ActionName[]
  /** What comes next when all goes well. */
  next: string
}

interface Situation {
  profile: ExplainedProfile
  /** The open order, else the one that closed last */
  order: ExplainedOrder | undefined
  /** Of that order, newest first */
  attempts: Attempt[]
  now: Date
}

type Said = Pick<Verdict, 'headline' | 'advice' | 'actions' | 'next'> & { tone: SentenceTone }

const onPhone = (eid: string | null, device?: DeviceFacts): string => {
  const name = device && deviceName(device)
  const named = name ? `the ${name}` : 'a phone'
  return eid ? `${named} with ${eidEnd(eid)}` : named
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

const deviceOf = (attempts: Attempt[], eid: string | null): DeviceFacts | undefined =>
  (attempts.find(({ device }) => eid !== null && device.eid === eid) ?? (eid === null ? attempts[0] : undefined))?.device

const ready = ({ order, profile, now }: Situation): Said => {
  const since = durationWords(profile.stateSince, now)
  const next = 'A phone proves itself, is shown the eSIM, takes it and tells that it is installed.'
  if (order?.expiresAt && order.expiresAt <= now)
    return {
      tone: 'bad',
      headline: `The code of this eSIM ran out on ${momentWords(order.expiresAt)}, and no phone has taken it.`,
      advice: 'Make sure that the customer is still to have this eSIM, then extend the code: the one that they have works again.',
      actions: ['extendExpiry', 'cancelOrder', 'issueCode'],
      next: 'With more time the same code makes it ready; cancelled, the eSIM is in stock again.',
    }
  const until = order?.expiresAt ? ` The code is good until ${momentWords(order.expiresAt)}.` : ''
  const bound = order?.eid ? ` for the phone with ${eidEnd(order.eid)}` : ''
  return {
    tone: 'plain',
    headline: `This eSIM has been ready for download${bound} for ${since}, and no phone has asked for it with this code.${until}`,
    advice: `Let the customer open their page or scan the QR code, with the phone online.${order?.confirmationCodeRequired ? ' The phone will ask for the confirmation code.' : ''}`,
    actions: ['mailLink', 'showCode', 'renewLink'],
    next,
  }
}

/** How a phone left off that had taken the package. */
const LEFT_OFF: Partial<Record<Attempt['step'], string>> = {
  notInstalled: 'and could not install it',
  cancelled: 'and left off before it was installed',
}

const delivered = ({ profile, now, attempts }: Situation): Said => {
  const [last] = attempts
  const leftOff = last && last.device.eid === profile.eid ? LEFT_OFF[last.step] : undefined
  return {
    tone: 'warn',
    headline: `${capital(onPhone(profile.eid, deviceOf(attempts, profile.eid)))} took this eSIM ${durationWords(profile.stateSince, now)} ago ${leftOff ?? 'and has not said that it is installed'}.`,
    advice:
      'Ask the customer whether it is in the list of eSIMs of that phone. If it is not, let them scan the same code again on the same phone.',
    actions: ['showCode', 'mailLink', 'replace'],
    next: leftOff
      ? 'The same phone takes it again with the same code, and tells that it is installed.'
      : 'The phone tells the result as soon as it is online; then the eSIM is installed, or can be tried again.',
  }
}

const RUNTIME = {
  Enabled: {
    is: 'switched on',
    advice:
      'The eSIM is where it should be. If nothing works, ask the customer to check mobile data and roaming in the settings of the phone.',
    tone: 'good',
  },
  Disabled: { is: 'switched off', advice: 'Ask the customer to switch it on in the list of eSIMs of the phone.', tone: 'warn' },
  Deleted: {
    is: 'deleted',
    advice: 'If the customer wants it back, or on another phone, make a new code for this eSIM.',
    tone: 'warn',
  },
} as const

const installed = ({ profile, now, attempts }: Situation): Said => {
  const phone = onPhone(profile.eid, deviceOf(attempts, profile.eid))
  const { runtimeState, runtimeSince } = profile
  if (!runtimeState)
    return {
      tone: 'good',
      headline: `This eSIM was installed on ${phone} ${durationWords(profile.stateSince, now)} ago; the phone has not said that it was switched on.`,
      advice: 'If it does not work, ask the customer to switch it on in the list of eSIMs of the phone.',
      actions: ['move'],
      next: 'The phone tells when the eSIM is switched on, off or deleted.',
    }
  const { is, advice, tone } = RUNTIME[runtimeState]
  return {
    tone,
    headline: `This eSIM is installed on ${phone}; it was ${is} ${durationWords(runtimeSince ?? profile.stateSince, now)} ago.`,
    advice,
    actions: ['move', ...(runtimeState === 'Deleted' ? (['replace'] as const) : [])],
    next: 'For a new phone, a new code for this eSIM is made; the one that was used is dead.',
  }
}

const OUTCOMES: Record<string, (order: ExplainedOrder) => string> = {
  failed: () => 'a phone could not install it',
  rejected: () => 'a phone turned it down',
  downloadAttemptsExceeded: order => `the code was tried ${counted(order.downloadLimit, 'time')} without an installation`,
  confirmationCodeAttemptsExceeded: order => `a wrong confirmation code was typed ${counted(order.confirmationLimit, 'time')}`,
}

const failed = ({ profile, order, now }: Situation): Said => {
  const why = order?.outcome ? OUTCOMES[order.outcome]?.(order) : undefined
  return {
    tone: 'bad',
    headline: `The order of this eSIM ended ${durationWords(profile.stateSince, now)} ago${why ? `, because ${why}` : ' in a failure'}.`,
    advice: 'Make a new code for this eSIM, or replace it with another one.',
    actions: ['move', 'replace'],
    next: 'With a new code the eSIM is ready again; the code before is dead.',
  }
}

const plain =
  (actions: ActionName[], advice: string, next: string): ((situation: Situation) => Said) =>
  ({ profile, now }) => ({
    tone: 'plain',
    headline: `${STATE_MEANING[profile.state].split(/[:.]/)[0]}, for ${durationWords(profile.stateSince, now)}.`,
    advice,
    actions,
    next,
  })

const BY_STATE: Record<ProfileState, (situation: Situation) => Said> = {
  Available: plain(['issueCode'], 'Issue a code to give it to a customer.', 'With a code, a phone can download it.'),
  Allocated: plain(['issueCode', 'cancelOrder'], 'Issue its code, or cancel the order.', 'With a code, a phone can download it.'),
  Linked: plain(['issueCode', 'cancelOrder'], 'Issue its code, or cancel the order.', 'With a code, that one phone can download it.'),
  Confirmed: plain(
    ['releaseOrder', 'cancelOrder'],
    'Release the order; the code works from then on.',
    'Once released, a phone can download it.',
  ),
  Released: ready,
  Downloaded: delivered,
  Installed: installed,
  Error: failed,
  Unavailable: plain([], 'Use another eSIM, or the one that took its place.', 'Nothing, as long as it is out of use.'),
}

/** States in which the last attempt, if it went wrong, is what the page is about. */
const OF_ATTEMPTS: readonly ProfileState[] = ['Confirmed', 'Released', 'Downloaded', 'Error']

/**
 * The headline of an eSIM's page: what state, since when, on what device, why the last attempt failed, what to do and what comes next.
 * @param events of the profile, in any order @param orders of the profile, newest first
 */
export function verdictOf(
  events: readonly TimelineEvent[],
  orders: readonly ExplainedOrder[],
  profile: ExplainedProfile,
  now: Date,
): Verdict {
  const order = orders.find(({ closedAt }) => closedAt === null) ?? orders[0]
  const attempts = attemptsOf(events).filter(({ orderId }) => orderId === (order?.id ?? null))
  const situation: Situation = { profile, order, attempts, now }
  const said = BY_STATE[profile.state](situation)
  const [lastAttempt] = attempts
  const device = deviceOf(attempts, profile.eid) ?? lastAttempt?.device
  const common = {
    state: profile.state,
    since: profile.stateSince,
    ...(device ? { device } : {}),
    ...(lastAttempt ? { lastAttempt } : {}),
  }
  const stuck = lastAttempt && lastAttempt.step !== 'installed'
  const concerned = OF_ATTEMPTS.includes(profile.state) || (stuck && profile.state === 'Installed' && lastAttempt.step === 'refused')
  if (!stuck || !concerned) return { ...common, ...said }
  const why = explain(lastAttempt, { order, profile, now })
  const headline = profile.state === 'Released' && lastAttempt ? tried(situation, attempts) : said.headline
  const tone = profile.state === 'Installed' ? said.tone : why.tone
  return { ...common, ...said, headline, tone, why, advice: why.advice, actions: why.actions }
}

/** A code that is good and was tried. */
function tried({ order, profile, now }: Situation, attempts: Attempt[]): string {
  const last = attempts[0]
  const ago = last ? durationWords(new Date(last.endedAt), now) : durationWords(profile.stateSince, now)
  const left = order ? order.downloadLimit - order.downloadAttempts : undefined
  const over = order?.expiresAt && order.expiresAt <= now
  const rest = over
    ? 'its code has run out'
    : left === undefined
      ? 'its code is open'
      : `its code is good for ${counted(left, 'more download', 'more downloads')}`
  return `No phone has this eSIM yet: ${counted(attempts.length, 'attempt')}, the last ${ago} ago, and ${rest}.`
}

import { momentWords } from '../explain/amounts'
import { STATUS } from '../status'
import type { TimelineEvent } from './event'
import { CANCEL_REASONS, INSTALLATION_ERRORS } from './reasons'

export type SentenceTone = 'good' | 'plain' | 'warn' | 'bad'

export interface Sentence {
  tone: SentenceTone
  /** What happened. */
  title: string
  /** Why, and what to do; in the order in which to read it. */
  lines: string[]
  /** Subject and reason code, shown small beside the words. */
  code?: string
}

type Spoken = Pick<TimelineEvent, 'kind' | 'outcome' | 'status' | 'detail' | 'data' | 'actor'>
type Teller = (event: Spoken) => { title: string; tone?: SentenceTone; lines?: string[] }

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter(each => typeof each === 'string') : [])

const attempts = (count: unknown, limit: unknown, what: string): string[] =>
  number(count) && number(limit) ? [`${what} ${count} of ${limit}.`] : []

const reasonOf = (reason: unknown): string[] => (text(reason) ? [sentence(`Reason: ${reason}`)] : [])

const notifications: Record<string, string> = {
  install: 'The device reports that the profile was installed.',
  enable: 'The profile was enabled on the device.',
  disable: 'The profile was disabled on the device.',
  delete: 'The profile was deleted from the device.',
}

const until = (moment: unknown): string => {
  const at = text(moment)
  return at ? `until ${momentWords(new Date(at))}` : 'without end'
}

/** How long a code is good and how often it may be tried; each with what it was before, where that has changed. */
function changed(data: Record<string, unknown>): ReturnType<Teller> {
  const limits = [
    ['Download attempts', data.downloadLimit, data.downloadLimitBefore],
    ['Confirmation code attempts', data.confirmationLimit, data.confirmationLimitBefore],
  ].filter(([, now]) => number(now) !== undefined)
  const tries = limits.map(([what, now, before]) => `${what}: ${now}, before ${before}.`)
  if (data.expiresAt === undefined) return { title: 'The code may be tried more often now.', lines: tries }
  return { title: `The code is good ${until(data.expiresAt)} now.`, lines: [`Before, it was good ${until(data.expiresBefore)}.`, ...tries] }
}

const done: Record<string, Teller> = {
  uploaded: ({ data }) => ({
    title: 'The profile was uploaded.',
    lines: text(data?.file) ? [`From ${data?.file}${number(data?.line) ? `, line ${data?.line}` : ''}.`] : [],
  }),
  approved: ({ data }) => ({ title: `Batch ${data?.batch} was approved: the profile came into stock.` }),
  downloadOrder: ({ data }) => ({
    title: text(data?.eid) ? 'An order reserved this profile for one eUICC.' : 'An order reserved this profile.',
  }),
  confirmOrder: ({ data }) => ({
    title:
      data?.releaseFlag === false || data?.released === false
        ? 'The order was confirmed and waits for its release.'
        : 'The order was confirmed: a device can download now.',
    lines: data?.confirmationCodeRequired === true ? ['The device must give a confirmation code.'] : [],
  }),
  releaseProfile: () => ({ title: 'The order was released: a device can download now.' }),
  orderChanged: ({ data }) => changed(data ?? {}),
  cancelOrder: ({ data }) => ({
    title: 'The order was cancelled.',
    tone: 'warn',
    lines: [
      ...(data?.finalProfileStatusIndicator === 'Available' ? ['The profile is in stock again.'] : []),
      ...(data?.finalProfileStatusIndicator === 'Unavailable' ? ['The profile was taken out of use.'] : []),
    ],
  }),
  bind: ({ data }) => ({
    title: 'The profile was bound to one eUICC.',
    lines: [...(text(data?.from) ? [`Before, it was bound to ${data?.from}.`] : []), 'Only this device can download it.'],
  }),
  unbind: () => ({ title: 'The profile is not bound to an eUICC any more.', lines: ['The first device that uses its code gets it.'] }),
  reissue: ({ data }) => ({
    title: 'The profile moves to a new phone: the code before is dead.',
    lines: [
      ...(text(data?.eid)
        ? [data?.failed === true ? `The eUICC ${data.eid} could not install it.` : `The eUICC ${data?.eid} had it.`]
        : []),
      ...(text(data?.reason) ? [sentence(`Past the policy of its type: ${data?.reason}`)] : []),
      ...(text(data?.requestedBy) ? [`${data?.requestedBy} asked for it.`] : []),
    ],
    ...(text(data?.reason) ? { tone: 'warn' as const } : {}),
  }),
  bar: ({ data }) => ({
    title: 'The profile was barred: no code can be issued for it again.',
    tone: 'warn',
    lines: [...(text(data?.newIccid) ? [`Profile ${data?.newIccid} takes its place.`] : []), ...reasonOf(data?.reason)],
  }),
  replacement: ({ data }) => ({
    title: text(data?.oldIccid)
      ? `The profile takes the place of ${data?.oldIccid}.`
      : text(data?.newIccid)
        ? `Profile ${data?.newIccid} took its place.`
        : 'The profile was replaced.',
    lines: reasonOf(data?.reason),
  }),
  returnToStock: () => ({ title: 'The profile came back to stock: its eUICC had reported that it was deleted.' }),
  linkMade: ({ data }) => ({
    title: 'A new link to the customer’s page was made.',
    lines: data?.ended === 0 ? [] : ['The one before does not work any more.'],
  }),
  linkMailed: ({ data }) => ({
    title: text(data?.to) ? `The link to the customer’s page was mailed to ${data?.to}.` : 'The link to the customer’s page was mailed.',
  }),
  linkOpened: ({ data }) =>
    data?.revoked === true
      ? { title: 'Somebody opened a link to the customer’s page that does not work any more.', tone: 'warn' }
      : { title: 'The customer opened their page.' },
  linkRevoked: () => ({ title: 'The customer’s page was closed: its link does not work any more.', tone: 'warn' }),
  retire: () => ({ title: 'The profile was retired: it is out of use until it is brought back.', tone: 'warn' }),
  restore: () => ({ title: 'The profile was brought back into stock.' }),
  authenticateClient: ({ data }) => ({
    title: 'A device proved itself and was shown the profile.',
    lines: attempts(data?.attempt, data?.attemptLimit, 'Download attempt'),
  }),
  getBoundProfilePackage: ({ data }) => ({
    title:
      data?.rebound === true
        ? 'The device took the package again, after an earlier try.'
        : 'The device took the package. It installs it now.',
  }),
  cancelSession: ({ data }) => ({
    title: 'The device cancelled the download.',
    tone: 'warn',
    lines: [
      CANCEL_REASONS[number(data?.reason) ?? 127] ?? `The device gave reason ${data?.reason}.`,
      ...(data?.effect === 'kept' ? ['The order stays as it was.'] : []),
      ...(data?.effect === 'ended' ? ['The order has ended. Issue a new code for another try.'] : []),
    ],
  }),
  orderEnded: () => ({ title: 'The order has ended.', tone: 'warn' }),
  installationResult: ({ data }) => {
    const late = data?.late === true ? ['This result belongs to an earlier download, so it changes nothing.'] : []
    if (data?.success !== false) return { title: 'The device installed the profile.', tone: 'good', lines: late }
    const reason = number(data.errorReason) ?? 127
    return {
      title: 'The device could not install the profile.',
      tone: 'bad',
      lines: [INSTALLATION_ERRORS[reason] ?? `The eUICC gave error ${reason}.`, ...late],
    }
  },
  notification: ({ data }) => ({
    title: notifications[String(data?.event)] ?? 'The device sent a notification.',
    tone: data?.event === 'delete' ? 'warn' : 'plain',
  }),
}

const refused: Record<string, string> = {
  uploaded: 'The upload was refused.',
  downloadOrder: 'The order was refused.',
  confirmOrder: 'The confirmation of the order was refused.',
  releaseProfile: 'The release was refused.',
  orderChanged: 'The order could not be changed.',
  cancelOrder: 'The cancellation was refused.',
  bind: 'The profile could not be bound.',
  unbind: 'The profile could not be unbound.',
  reissue: 'The move to a new phone was refused.',
  bar: 'The profile could not be barred.',
  replacement: 'The replacement was refused.',
  returnToStock: 'The return to stock was refused.',
  linkMade: 'The customer’s page could not be made.',
  linkMailed: 'The link to the customer’s page could not be mailed.',
  linkOpened: 'The customer’s page was not shown.',
  linkRevoked: 'The customer’s page could not be closed.',
  retire: 'The profile could not be retired.',
  restore: 'The profile could not be brought back.',
  authenticateClient: 'A device was turned away.',
  getBoundProfilePackage: 'The device did not get the package.',
  cancelSession: 'A device tried to cancel, but its message does not hold.',
  orderEnded: 'The order has ended.',
  installationResult: 'An installation result was not accepted.',
  notification: 'A notification was not accepted.',
}

const sentence = (words: string): string => {
  const trimmed = words.trim()
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}

/** An event of the timeline in plain words; codes never stand alone. */
export function tell(event: Spoken): Sentence {
  const { kind, outcome, status, detail, data } = event
  const row = status ? STATUS[status] : undefined
  const warnings = texts(data?.warnings).map(sentence)
  const reason = detail ? [sentence(detail)] : []
  const code = row ? { code: `${row.subjectCode} / ${row.reasonCode}` } : {}

  if (outcome === 'refused') {
    const counted = [
      ...attempts(data?.confirmationAttempt, data?.confirmationLimit, 'Confirmation code attempt'),
      ...attempts(data?.attempt, data?.attemptLimit, 'Download attempt'),
    ]
    const lines = [...(row ? [row.meaning] : []), ...reason, ...counted, ...warnings]
    return { tone: 'bad', title: refused[kind] ?? 'A step was refused.', lines, ...code }
  }
  const told = done[kind]?.(event) ?? { title: `Something else happened (${kind}).` }
  const lines = [...(told.lines ?? []), ...(row ? [row.meaning] : []), ...reason, ...warnings]
  const warned = outcome === 'warning' || warnings.length > 0
  return { tone: warned && told.tone !== 'bad' ? 'warn' : (told.tone ?? 'plain'), title: told.title, lines, ...code }
}

/** The same in one line, for a terminal. */
export function tellInOneLine(event: Spoken): string {
  const { title, lines, code } = tell(event)
  return [title, ...lines, ...(code ? [`(${code})`] : [])].join(' ')
}

const OTHERS: Record<string, string> = { device: 'Device', customer: 'Customer' }

/** Who did it, for the line under a sentence. */
export const tellActor = (actor: string): string =>
  OTHERS[actor] ?? (actor.startsWith('cli:') ? `${actor.slice(4)} at the terminal` : actor)

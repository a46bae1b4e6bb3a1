import type { TimelineStep } from '@/lib/db/partners/timeline-steps'
import type { EventKind } from '@/lib/db/profile-events'
import { CANCEL_REASON_NAMES, ERROR_REASON_NAMES } from '@/lib/rsp/decode/names'
import { STATUS } from '@/lib/rsp/status'
import type { PointName } from '../notification-points'
import type { WebhookEventName } from '../webhooks/events'

/** statusCodeData of SGP.22 §5.2.6. */
export interface StatusCode {
  subjectCode: string
  reasonCode: string
  message: string
}

/** What is told of a step, in the words of both ways to tell it. */
export interface Telling {
  event: WebhookEventName
  /** Of ES2+; steps of staff and partners have none */
  point?: PointName
  /** Left out: it went well */
  failure?: StatusCode
  /** With this step the order is over. */
  orderEnded?: boolean
}

type Step = Pick<TimelineStep, 'kind' | 'outcome' | 'status' | 'data'>

/** What to report of a cancelSession that ends an order: fact sheet of §5.6.5; the pairs are agreed nowhere else. */
const CANCEL_CODES: Readonly<Record<number, readonly [subjectCode: string, reasonCode: string]>> = {
  0: ['8.8.5', '3.8'],
  3: ['8.2.8', '1.2'],
  4: ['8.2.9', '3.11'],
  5: ['8.2.10', '4.2'],
  17: ['8.2.13', '3.1'],
  18: ['8.2.13', '1.2'],
  19: ['8.2.13', '3.8'],
  20: ['8.2.13', '3.12'],
  21: ['8.2.13', '3.8'],
  22: ['8.2.13', '3.8'],
  23: ['8.2.14', '3.1'],
  24: ['8.8.6', '3.8'],
  25: ['8.2.9', '3.8'],
  27: ['8.8.6', '3.8'],
  28: ['8.8.6', '2.1'],
  29: ['8.8.6', '4.2'],
}
const undefinedReason = ['8', '4.2'] as const

/** An installation that failed: the pair that a device reports when it cannot load the package, but for those that say more (docs/deviations.md). */
const INSTALLATION_CODES: Readonly<Record<number, readonly [subjectCode: string, reasonCode: string]>> = {
  10: ['8.1', '4.8'],
  15: ['8.2.8', '1.2'],
}
const loadFailed = ['8.2.10', '4.2'] as const

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

function codeOf([subjectCode, reasonCode]: readonly [string, string], message: string): StatusCode {
  return { subjectCode, reasonCode, message }
}

function refusalOf({ status }: Step): StatusCode {
  const known = status ? STATUS[status] : undefined
  return known ? codeOf([known.subjectCode, known.reasonCode], known.message) : codeOf(undefinedReason, 'Refused')
}

function cancelOf({ data }: Step): StatusCode {
  const reason = numberOf(data?.reason)
  return codeOf(
    (reason !== undefined && CANCEL_CODES[reason]) || undefinedReason,
    `Cancelled by the device: ${(reason !== undefined && CANCEL_REASON_NAMES[reason]) || 'undefinedReason'}`,
  )
}

function installationFailureOf({ data }: Step): StatusCode {
  const reason = numberOf(data?.errorReason)
  return codeOf(
    (reason !== undefined && INSTALLATION_CODES[reason]) || loadFailed,
    `Not installed: ${(reason !== undefined && ERROR_REASON_NAMES[reason]) || 'installFailedDueToUnknownError'}`,
  )
}

/** Refusals of getBoundProfilePackage that are about the confirmation code. */
const aboutTheCode = /^confirmationCode/

function handOut(step: Step): Telling[] {
  if (step.outcome !== 'refused') return [{ event: 'profile.downloaded', point: 'download' }]
  const failure = refusalOf(step)
  if (!aboutTheCode.test(step.status ?? '')) return [{ event: 'profile.refused', point: 'download', failure }]
  const orderEnded = step.status === 'confirmationCodeAttemptsExceeded'
  return [{ event: 'profile.confirmation', point: 'confirmation', failure, orderEnded }]
}

function installation(step: Step): Telling[] {
  // Of an older binding, or after the order had ended: it has changed nothing.
  if (step.data?.late) return []
  if (step.data?.success !== false) return [{ event: 'profile.installed', point: 'installation', orderEnded: true }]
  const orderEnded = step.data.effect === 'ended'
  return [{ event: 'profile.failed', point: 'installation', failure: installationFailureOf(step), orderEnded }]
}

function cancelled(step: Step): Telling[] {
  if (step.data?.effect !== 'ended') return [{ event: 'profile.cancelled', failure: cancelOf(step) }]
  return [{ event: 'profile.cancelled', point: 'confirmation', failure: cancelOf(step), orderEnded: true }]
}

function onDevice({ data }: Step): Telling[] {
  switch (data?.event) {
    case 'enable':
      return [{ event: 'profile.enabled', point: 'enabled' }]
    case 'disable':
      return [{ event: 'profile.disabled', point: 'disabled' }]
    case 'delete':
      return [{ event: 'profile.deleted', point: 'deleted' }]
    default:
      return []
  }
}

/** THE table of what is told of which step. Kinds that are not here are told nobody. */
const TELLINGS: Partial<Record<EventKind, (step: Step) => Telling[]>> = {
  downloadOrder: () => [{ event: 'order.created' }],
  confirmOrder: ({ data }) => [{ event: 'order.confirmed' }, ...(data?.released ? [{ event: 'order.released' as const }] : [])],
  releaseProfile: () => [{ event: 'order.released' }],
  orderChanged: () => [{ event: 'order.changed' }],
  bind: () => [{ event: 'order.changed' }],
  unbind: () => [{ event: 'order.changed' }],
  cancelOrder: () => [{ event: 'order.cancelled', orderEnded: true }],
  authenticateClient: step => [
    { event: 'profile.eligibility', point: 'eligibility', ...(step.outcome === 'refused' ? { failure: refusalOf(step) } : {}) },
  ],
  getBoundProfilePackage: handOut,
  cancelSession: cancelled,
  // ES2+ hears of it by the refusal before: point 1 with the same code.
  orderEnded: step => [{ event: 'profile.failed', failure: refusalOf(step), orderEnded: true }],
  installationResult: installation,
  notification: onDevice,
}

/** Kinds of the timeline of which anything is told. */
export const TOLD_KINDS = Object.keys(TELLINGS) as EventKind[]

/** What is told of a step, in this order; nothing of most. */
export const tellingsOf = (step: Step): Telling[] => TELLINGS[step.kind]?.(step) ?? []

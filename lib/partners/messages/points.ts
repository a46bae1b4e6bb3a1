import type { TimelineStep } from '@/lib/db/partners/timeline-steps'
import { iccidForPeer } from '@/lib/rsp/identifiers'
import { POINT_NAMES, type PointName, type PointNumbers } from '../notification-points'
import { SUBSCRIBABLE_EVENTS, type WebhookEventName, type WebhookPayload } from '../webhooks/events'
import { type StatusCode, type Telling, tellingsOf } from './telling'

export { WEBHOOK_EVENT_NAMES, WEBHOOK_EVENTS, type WebhookEventName, WebhookPayload } from '../webhooks/events'

/** Body of ES2+.HandleDownloadProgressInfo, SGP.22 §5.3.5. */
export interface ProgressInfo {
  header: { functionRequesterIdentifier: string; functionCallIdentifier: string }
  /** Where the device is known */
  eid?: string
  iccid: string
  profileType: string
  /** W3C: 2026-05-03T14:30:00Z */
  timestamp: string
  notificationPointId: number
  notificationPointStatus: { status: 'Executed-Success' } | { status: 'Failed'; statusCodeData: StatusCode }
  /** Base64 of the whole ProfileInstallationResult (BF37); of the point of installation */
  resultData?: string
}

/** Whom messages are made for. */
export interface Listener {
  kind: 'es2plus' | 'webhook'
  /** Whose orders; null: everybody's */
  partnerId: string | null
  /** Null: of all types */
  typeIds: readonly string[] | null
  /** es2plus: the number of each wanted point; webhook: the wanted events, none: all */
  points: PointNumbers | { events?: readonly string[] }
  /** Of X-Admin-Protocol, as in 2.2.2 */
  headerVersion: string
  /** Nothing before is told */
  createdAt: Date
}

/** What one endpoint is to be told of one step. */
export interface Told {
  /** Notification point or webhook event */
  name: PointName | WebhookEventName
  /** @param id the functionCallIdentifier @param requester this server's functionRequesterIdentifier */
  body(id: string, requester: string): ProgressInfo | WebhookPayload
}

const isEid = (eid: string | null): eid is string => eid !== null && /^[0-9]{32}$/.test(eid)

/** Without fractions of a second, which not every system reads. */
export const w3cTime = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`

const progressInfo = (
  step: TimelineStep,
  { point, failure }: Telling,
  number: number,
  { headerVersion }: Pick<Listener, 'headerVersion'>,
): Told['body'] => {
  return (functionCallIdentifier, functionRequesterIdentifier): ProgressInfo => ({
    header: { functionRequesterIdentifier, functionCallIdentifier },
    ...(isEid(step.eid) ? { eid: step.eid } : {}),
    iccid: iccidForPeer(step.iccid, headerVersion),
    profileType: step.typeName,
    timestamp: w3cTime(step.at),
    notificationPointId: number,
    notificationPointStatus: failure ? { status: 'Failed', statusCodeData: failure } : { status: 'Executed-Success' },
    ...(point === 'installation' && step.installationResult?.length ? { resultData: step.installationResult.toString('base64') } : {}),
  })
}

const payload =
  (step: TimelineStep, { event, failure, orderEnded = false }: Telling): Told['body'] =>
  (id): WebhookPayload => ({
    id,
    event,
    at: step.at.toISOString(),
    data: {
      iccid: step.iccid,
      profileType: step.typeName,
      orderId: step.orderId,
      reference: step.reference,
      partner: step.partnerName,
      eid: isEid(step.eid) ? step.eid : null,
      result: failure ? 'failed' : 'success',
      status: failure ?? null,
      orderEnded,
    },
  })

const isFor = ({ kind, partnerId, typeIds, createdAt }: Listener, step: TimelineStep): boolean =>
  step.at >= createdAt &&
  (partnerId === step.partnerId || (kind === 'webhook' && partnerId === null)) &&
  (typeIds === null || typeIds.includes(step.typeId))

const numberOf = (points: Listener['points'], name: PointName): number | undefined => (points as PointNumbers)[name]

const isWanted = (points: Listener['points'], name: WebhookEventName): boolean => {
  const { events = [] } = points as { events?: readonly string[] }
  return events.length === 0 || events.includes(name)
}

/** What an endpoint is told of a step, in this order; nothing of others' orders, of types that it did not ask for, or from before it was made. */
export function toldOf(listener: Listener, step: TimelineStep): Told[] {
  if (!isFor(listener, step)) return []
  return tellingsOf(step).flatMap((telling): Told[] => {
    if (listener.kind === 'webhook')
      return isWanted(listener.points, telling.event) ? [{ name: telling.event, body: payload(step, telling) }] : []
    const number = telling.point && numberOf(listener.points, telling.point)
    return telling.point && number !== undefined ? [{ name: telling.point, body: progressInfo(step, telling, number, listener) }] : []
  })
}

/** Nobody's: a test tells of no profile. */
const testIccid = '0'.repeat(19)

/** A trial of an endpoint: an ES2+ system gets its first point of a profile that there is not. */
export function testOf({ kind, points, headerVersion }: Pick<Listener, 'kind' | 'points' | 'headerVersion'>, at: Date): Told {
  if (kind === 'webhook') return { name: 'test', body: id => ({ id, event: 'test', at: at.toISOString(), data: null }) }
  const number = POINT_NAMES.map(name => numberOf(points, name)).find(each => each !== undefined) ?? 1
  return {
    name: 'test',
    body: (functionCallIdentifier, functionRequesterIdentifier) => ({
      header: { functionRequesterIdentifier, functionCallIdentifier },
      iccid: iccidForPeer(testIccid, headerVersion),
      profileType: 'test',
      timestamp: w3cTime(at),
      notificationPointId: number,
      notificationPointStatus: { status: 'Executed-Success' },
    }),
  }
}

/** What an endpoint can be told of: those of its kind. */
export const namesFor = (kind: Listener['kind']): readonly string[] => (kind === 'webhook' ? SUBSCRIBABLE_EVENTS : POINT_NAMES)

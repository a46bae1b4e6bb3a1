import type { StatusName } from '../status'
import type { TimelineEvent } from '../timeline/event'

/** What a device told of itself, as far as is known. */
export interface DeviceFacts {
  eid?: string
  /** Eight digits */
  tac?: string
  imei?: string
  /** Octets */
  freeMemory?: number
  /** Octets that the profile needs on an eUICC */
  neededMemory?: number
  profileVersion?: string
  svn?: string
  firmware?: string
  /** EuiccCategory */
  category?: number
  /** From the operator's list of TACs */
  brand?: string
  model?: string
}

/** How far a device came: shown the profile, given the package, and what came of it. */
export type AttemptStep = 'refused' | 'shown' | 'taken' | 'cancelled' | 'installed' | 'notInstalled'

/** One go of one device at one profile: all events of a transactionId. */
export interface Attempt {
  /** The transactionId, or what stands for it where there was none */
  id: string
  orderId: string | null
  /** ISO 8601 */
  startedAt: string
  endedAt: string
  step: AttemptStep
  /** The event that decided how it went */
  decisive: TimelineEvent
  /** Oldest first */
  events: TimelineEvent[]
  device: DeviceFacts
  /** Whether the package had been given out before it was decided */
  hadPackage: boolean
  /** The order ended with it. */
  ended: boolean
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

const known = <T extends object>(facts: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as T

/** What the event of authenticateClient tells of the device. */
export function deviceFacts({ eid, data }: Pick<TimelineEvent, 'eid' | 'data'>): DeviceFacts {
  return known<DeviceFacts>({
    eid: eid ?? undefined,
    tac: text(data?.tac),
    imei: text(data?.imei),
    freeMemory: number(data?.freeMemory),
    neededMemory: number(data?.neededMemory),
    profileVersion: text(data?.profileVersion),
    svn: text(data?.svn),
    firmware: text(data?.firmware),
    category: number(data?.category),
    brand: text(data?.brand),
    model: text(data?.model),
  })
}

interface Decided {
  step: AttemptStep
  decisive: TimelineEvent
  hadPackage: boolean
}

/** Steps that a cancel of the LPA only follows: it comes after every failed step. */
const OVER: readonly AttemptStep[] = ['refused', 'installed', 'notInstalled']

function decide(before: Decided | undefined, event: TimelineEvent): Decided | undefined {
  const hadPackage = before?.hadPackage ?? false
  const decided = (step: AttemptStep) => ({ step, decisive: event, hadPackage })
  if (event.kind === 'installationResult') return decided(event.data?.success === false ? 'notInstalled' : 'installed')
  if (event.kind === 'cancelSession') return before && OVER.includes(before.step) ? before : decided('cancelled')
  if (event.kind === 'orderEnded') return before ?? decided('refused')
  if (event.outcome === 'refused') return decided('refused')
  if (event.kind === 'getBoundProfilePackage') return { ...decided('taken'), hadPackage: true }
  return event.kind === 'authenticateClient' ? decided('shown') : before
}

const endsOrder = ({ kind, status, data }: TimelineEvent): boolean =>
  kind === 'orderEnded' || data?.effect === 'ended' || (kind === 'getBoundProfilePackage' && status === 'confirmationCodeAttemptsExceeded')

function attemptOf(id: string, events: TimelineEvent[]): Attempt | undefined {
  const [first] = events
  const last = events.at(-1)
  const decided = events.reduce<Decided | undefined>(decide, undefined)
  if (!first || !last || !decided) return undefined
  return {
    id,
    orderId: events.find(event => event.orderId)?.orderId ?? null,
    startedAt: first.at,
    endedAt: last.at,
    ...decided,
    events,
    device: deviceFacts(events.find(event => event.kind === 'authenticateClient') ?? first),
    ended: events.some(endsOrder),
  }
}

const byId = (a: TimelineEvent, b: TimelineEvent): number => (BigInt(a.id) < BigInt(b.id) ? -1 : 1)

/** Puts a profile's events, in any order, together to attempts, the newest first. */
export function attemptsOf(events: readonly TimelineEvent[]): Attempt[] {
  const groups = new Map<string, TimelineEvent[]>()
  for (const event of [...events].sort(byId)) {
    if (!event.transactionId) continue
    const group = groups.get(event.transactionId)
    if (group) group.push(event)
    else groups.set(event.transactionId, [event])
  }
  return [...groups].flatMap(([id, group]) => attemptOf(id, group) ?? []).reverse()
}

/** A refusal of a device that had not proved itself, as memory keeps it: no profile is known, and no EID. */
export interface UnprovedRefusal {
  at: Date
  /** Name of the ES9+ function */
  function: string
  status: StatusName
  detail?: string | undefined
}

/** The same as an attempt, so that it is explained like any other. */
export function attemptOfUnproved({ at, function: kind, status, detail }: UnprovedRefusal): Attempt {
  const decisive: TimelineEvent = {
    id: '0',
    at: at.toISOString(),
    orderId: null,
    eid: null,
    transactionId: null,
    actor: 'device',
    kind,
    outcome: 'refused',
    status,
    detail: detail ?? null,
    data: null,
  }
  const common = { orderId: null, startedAt: decisive.at, endedAt: decisive.at, events: [decisive], device: {}, hadPackage: false }
  return { id: `${kind} ${decisive.at}`, step: 'refused', decisive, ended: false, ...common }
}

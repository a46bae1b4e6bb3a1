import { addClock, type ClockMark, type ClockRow, type ClockStep, readClocks, stepClock, writeClock } from '@/lib/db/personal/clock-rows'
import {
  type EventClock,
  type Passed,
  passAddresses,
  passApprovals,
  passAuditPersonal,
  passClosedOrders,
  passEvents,
  passMails,
  passNotifications,
} from '@/lib/db/personal/clock-steps'
import { keptTrafficDays } from '@/lib/db/personal/traffic-rows'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import { type Actor, requireMay } from '../actor'
import { audit } from '../audit'
import { passCallDevices, passMessages } from './traffic'

const dayMs = 86_400_000

const perStep = { rows: 2_000, blocks: 512 }

interface StepInput {
  mark: ClockMark
  before: Date
  now: Date
}

type Step = (tx: Transaction, input: StepInput) => Promise<ClockStep>

/** Several ways of a clock, one after the other; the mark has a member for each, and one that says which is next. */
const inTurn =
  (ways: Record<string, (tx: Transaction, after: string | undefined, input: StepInput) => Promise<Passed>>): Step =>
  async (tx, input) => {
    const names = Object.keys(ways)
    const name = input.mark.way && names.includes(input.mark.way) ? input.mark.way : (names[0] ?? '')
    const way = ways[name]
    if (!way) return { removed: 0, mark: input.mark, done: true }
    const { removed, reached, ended } = await way(tx, input.mark[name], input)
    const following = ended ? names[names.indexOf(name) + 1] : name
    const { way: _, ...rest } = input.mark
    return { removed, mark: { ...rest, [name]: reached, ...(following ? { way: following } : {}) }, done: following === undefined }
  }

const events =
  (clock: EventClock) =>
  (tx: Transaction, after: string | undefined, { before, now }: StepInput): Promise<Passed> =>
    passEvents(tx, clock, { after: after ?? '0', before, now, rows: perStep.rows })

const atOnce =
  (remove: (tx: Transaction, before: Date) => Promise<number>) =>
  async (tx: Transaction, _: string | undefined, { before }: StepInput): Promise<Passed> => ({
    removed: await remove(tx, before),
    reached: '',
    ended: true,
  })

interface Kind {
  title: string
  /** What is erased, and what stays */
  about: string
  /** Until somebody sets others; null: for ever */
  days: number | null
  step: Step
}

/** THE table of what is kept for how long. */
const KINDS = {
  devices: {
    title: 'Device identifiers on timelines',
    about:
      'EID and IMEI of what devices did, and of what partners asked and were told. The model (TAC), versions, sizes and results stay. An installed profile still knows its device.',
    days: 400,
    step: inTurn({
      events: events('devices'),
      approvals: atOnce((tx, before) => passApprovals(tx, ['eid', 'fromEid'], before)),
      calls: (tx, after, { before }) => passCallDevices(tx, { after, before, rows: perStep.rows }),
      messages: (tx, after, { before }) => passMessages(tx, 'devices', { after, before, rows: perStep.rows }),
    }),
  },
  evidence: {
    title: 'What eUICCs signed',
    about:
      'Notifications as they arrived, the signed parts of requests, and the results that partners were told. Their digests, and what was read from them, stay.',
    days: 180,
    step: inTurn({
      events: events('evidence'),
      notifications: (tx, after, { before }) => passNotifications(tx, { after: after ?? '0', before, blocks: perStep.blocks }),
      messages: (tx, after, { before }) => passMessages(tx, 'signed', { after, before, rows: perStep.rows }),
    }),
  },
  'customer-emails': {
    title: 'Customers’ e-mail addresses',
    about:
      'Addresses on orders that have ended, counted from their end. The order and your reference stay. An open order keeps its address.',
    days: 365,
    step: inTurn({
      orders: (tx, after, { before }) => passClosedOrders(tx, { after: after || '1970-01-01T00:00:00Z', before, rows: perStep.rows }),
      events: events('mailAddresses'),
      approvals: atOnce((tx, before) => passApprovals(tx, ['customerEmail'], before)),
    }),
  },
  mails: {
    title: 'Mails',
    about: 'Mails that were sent, or could not be, with their text and recipient.',
    days: 365,
    step: inTurn({ outbox: (tx, _, { before }) => passMails(tx, { before, rows: perStep.rows }) }),
  },
  addresses: {
    title: 'Network addresses of sign-ins',
    about:
      'From where people and scripts signed in, and with which browser, once the session is over. Addresses within rows of the audit stay with them.',
    days: 30,
    step: inTurn({ sessions: atOnce(passAddresses) }),
  },
  'audit-personal': {
    title: 'Personal values in the audit',
    about: 'EIDs, addresses and numbers that stand beside audit rows. The rows stay, each with a digest, and the chain still holds.',
    days: 730,
    step: inTurn({ rows: (tx, after, { before }) => passAuditPersonal(tx, { after: after || '0', before, rows: perStep.rows }) }),
  },
} as const satisfies Record<string, Kind>

/** What goes as a whole after a time that nobody sets. */
export interface FixedClock {
  title: string
  about: string
  days: number
}

/** Sent again within this time, a call gets the answer of the first time. */
export const FIXED_CLOCKS: readonly FixedClock[] = [
  {
    title: 'What partners asked and were told',
    about:
      'Calls by ES2+ with their answers, and messages to partners and webhooks, with the EIDs that they name. Whole rows are removed. A call that is sent again is known for as long.',
    days: keptTrafficDays,
  },
]

export type ClockKind = keyof typeof KINDS
export const CLOCK_KINDS = Object.keys(KINDS) as ClockKind[]

/** Longer is for ever. */
export const mostDays = 36_500

/** A clock as people see it. */
export interface Clock {
  kind: ClockKind
  title: string
  about: string
  /** Null: for ever */
  days: number | null
  /** What holds until somebody sets something else */
  usualDays: number | null
  lastRunAt: Date | null
  /** Rows from which something was taken, in all */
  removed: number
  /** Undefined: never, as everything is kept for ever */
  nextRunAt?: Date
  updatedAt: Date | null
  updatedBy: string | null
}

const daysOf = (kind: ClockKind, row: ClockRow | undefined): number | null => (row ? row.days : KINDS[kind].days)

const nextRun = ({ lastRunAt }: Pick<ClockRow, 'lastRunAt'>, now: Date): Date =>
  new Date(Math.max(now.getTime(), (lastRunAt?.getTime() ?? 0) + dayMs))

/** All clocks, in the order of the table. */
export async function clocks(db: Queryable, now: Date): Promise<Clock[]> {
  const rows = new Map((await readClocks(db)).map(row => [row.kind, row]))
  return CLOCK_KINDS.map(kind => {
    const row = rows.get(kind)
    const days = daysOf(kind, row)
    const { lastRunAt = null, removed = 0, updatedAt = null, updatedBy = null } = row ?? {}
    const { title, about, days: usualDays } = KINDS[kind]
    const next = days === null ? {} : { nextRunAt: nextRun({ lastRunAt }, now) }
    return { kind, title, about, days, usualDays, lastRunAt, removed, updatedAt, updatedBy, ...next }
  })
}

/** Sets how long something is kept; what is older goes with the next run. @param days null: for ever. @throws NotAllowed */
export async function setClock(db: Database, actor: Actor, kind: ClockKind, days: number | null, now: Date): Promise<void> {
  requireMay(actor, 'settings:write')
  await transaction(db, async tx => {
    await addClock(tx, kind, KINDS[kind].days)
    const before = (await readClocks(tx)).find(row => row.kind === kind)?.days ?? null
    if (before === days) return
    await writeClock(tx, kind, days, actor.name, now)
    await audit(tx, actor, 'settings:write', { target: `how long is kept: ${KINDS[kind].title}`, detail: { kind, days, before } })
  })
}

const pastLastRun = (row: ClockRow, now: Date): boolean => row.lastRunAt === null || now.getTime() - row.lastRunAt.getTime() >= dayMs

/**
 * Runs the clocks whose last run is a day ago, in short steps; one that the time did not suffice for goes on where it was the next time.
 * @param force also those that ran today
 * @returns rows from which something was taken, by kind
 */
export async function runClocks(
  db: Database,
  now: Date,
  { signal, force = false, withinMs = 120_000 }: { signal?: AbortSignal | undefined; force?: boolean; withinMs?: number } = {},
): Promise<Partial<Record<ClockKind, number>>> {
  const removed: Partial<Record<ClockKind, number>> = {}
  const endsAt = performance.now() + withinMs
  for (const kind of CLOCK_KINDS) {
    await addClock(db, kind, KINDS[kind].days)
    const row = (await readClocks(db)).find(each => each.kind === kind)
    if (!row || !(force || pastLastRun(row, now))) continue
    for (let done = false; !done && !signal?.aborted && performance.now() < endsAt; ) {
      const taken = await stepClock(db, kind, now, (tx, clock) => stepOf(tx, kind, clock, now))
      if (!taken) break
      removed[kind] = (removed[kind] ?? 0) + taken.removed
      done = taken.done
    }
  }
  return removed
}

const stepOf = async (tx: Transaction, kind: ClockKind, { days, mark }: ClockRow, now: Date): Promise<ClockStep> =>
  days === null ? { removed: 0, mark, done: true } : KINDS[kind].step(tx, { mark, before: new Date(now.getTime() - days * dayMs), now })

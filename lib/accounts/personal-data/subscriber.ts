import {
  type DeviceTrace,
  eventsById,
  eventsOfSubscription,
  type HeldEvent,
  type HeldNotification,
  type Holder,
  notificationsAbout,
  otherOrdersOfEmails,
  tracesOfEid,
} from '@/lib/db/personal/held-rows'
import { eidsOfSessions, profilesKnowing, replacementsAmong, type Subscription, subscriptionsOf } from '@/lib/db/personal/subscription-rows'
import { callsNaming } from '@/lib/db/personal/traffic-rows'
import type { Database, Queryable } from '@/lib/db/pool'
import { type Subject, writings } from './subject'

/** Everything by which rows about a subscriber are found. */
export interface Subscriber {
  subject: Subject
  subscriptions: Subscription[]
  eids: string[]
  /** In lower case */
  emails: string[]
  msisdns: string[]
  /** Rows of the timeline about their eUICC that belong to no subscription of theirs; digits */
  otherEventIds: string[]
  /** The profiles that those are about; an empty one where they are about none */
  otherIccids: string[]
  /** Calls of partners that name their eUICC: those about no profile, and looked for by EID all; digits */
  namingCallIds: string[]
  notifications: HeldNotification[]
  /** Orders of others, or of nobody that was found, with one of the e-mail addresses */
  otherOrders: number
}

const distinct = (values: Iterable<string>): string[] => [...new Set(values)]
const isErased = (value: string): boolean => value.startsWith('erased:')

const isWithin = ({ from, until }: Subscription, at: Date): boolean => at >= from && (until === null || at < until)

const isOf = (subscription: Subscription, trace: Pick<DeviceTrace, 'iccid' | 'orderId' | 'at'>): boolean =>
  subscription.iccid === trace.iccid &&
  (trace.orderId === null ? isWithin(subscription, trace.at) : subscription.orderIds.includes(trace.orderId))

/** Of all that these profiles ever were, what is this subscriber's. */
function chosen({ by, value }: Subject, all: readonly Subscription[]): Subscription[] {
  switch (by) {
    case 'email':
      return all.filter(({ emails }) => emails.includes(value))
    case 'eid':
      return all.filter(({ eids }) => eids.includes(value))
    default:
      return all.filter(({ latest }) => latest)
  }
}

/** The same with the profiles that took the place of these, and those whose place these took. */
async function withReplacements(db: Queryable, begun: Subscription[]): Promise<Subscription[]> {
  const found = new Map(begun.map(each => [each.orderIds[0], each]))
  for (let before = 0; before < found.size; ) {
    before = found.size
    const iccids = distinct([...found.values()].map(({ iccid }) => iccid))
    const replaced = await replacementsAmong(db, iccids)
    const all = await subscriptionsOf(db, distinct(replaced.flatMap(({ oldIccid, newIccid }) => [oldIccid, newIccid])))
    for (const { oldIccid, newIccid, orderId, at } of replaced) {
      const older = all.find(each => each.iccid === oldIccid && isWithin(each, at))
      const newer = all.find(each => each.iccid === newIccid && each.orderIds.includes(orderId))
      if (!older || !newer || !(found.has(older.orderIds[0]) || found.has(newer.orderIds[0]))) continue
      found.set(older.orderIds[0], older)
      found.set(newer.orderIds[0], newer)
    }
  }
  return [...found.values()].sort((a, b) => a.from.getTime() - b.from.getTime())
}

/**
 * Finds all that is held about a subscriber. By ICCID, phone number and IMSI that is whoever has the profile now, or had it last; by EID also what
 * the eUICC tried elsewhere. It reads all notifications, and by EID the whole timeline, in bounded steps.
 */
export async function findSubscriber(db: Database, subject: Subject): Promise<Subscriber> {
  const known = await profilesKnowing(db, subject.by, writings(subject))
  const traces = subject.by === 'eid' ? await tracesOfEid(db, subject.value) : []
  const seenAt = distinct(traces.flatMap(({ iccid }) => iccid ?? []))
  const all = await subscriptionsOf(db, distinct([...known, ...seenAt]))
  const subscriptions = await withReplacements(db, chosen(subject, all))
  const eids = distinct([
    ...(subject.by === 'eid' ? [subject.value] : []),
    ...subscriptions.flatMap(each => each.eids),
    ...(await eidsOfSessions(db, subscriptions)),
  ]).filter(eid => !isErased(eid))
  const emails = distinct([
    ...(subject.by === 'email' ? [subject.value] : []),
    ...subscriptions.flatMap(each => each.emails.map(email => email.toLowerCase())),
  ])
  const about = await notificationsAbout(
    db,
    subscriptions.map(({ iccid }) => iccid),
    subject.by === 'eid' ? [subject.value] : [],
  )
  const others = traces.filter(trace => !subscriptions.some(each => isOf(each, trace)))
  return {
    subject,
    subscriptions,
    eids,
    emails,
    msisdns: distinct(subscriptions.flatMap(({ msisdns }) => msisdns)),
    otherEventIds: others.map(({ id }) => id),
    otherIccids: distinct(others.map(({ iccid }) => iccid ?? '')),
    namingCallIds: await callsNaming(db, eids, { all: subject.by === 'eid' }),
    notifications: about
      .filter(
        ({ iccid, eid, receivedAt }) =>
          (subject.by === 'eid' && eid === subject.value) || subscriptions.some(each => each.iccid === iccid && isWithin(each, receivedAt)),
      )
      .sort((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime()),
    otherOrders: await otherOrdersOfEmails(
      db,
      emails,
      subscriptions.flatMap(({ orderIds }) => orderIds),
    ),
  }
}

export const holderOf = ({ subscriptions, eids, emails }: Pick<Subscriber, 'subscriptions' | 'eids' | 'emails'>): Holder => ({
  iccids: distinct(subscriptions.map(({ iccid }) => iccid)),
  orderIds: subscriptions.flatMap(({ orderIds }) => orderIds),
  eids,
  emails,
})

const perStep = 1_000

/** The timeline of a subscriber, subscription by subscription, some hundred rows at a time. */
export async function* eventsOfSubscriber(
  db: Queryable,
  { subscriptions, otherEventIds }: Pick<Subscriber, 'subscriptions' | 'otherEventIds'>,
): AsyncGenerator<HeldEvent[], void> {
  for (const subscription of subscriptions) {
    let after = '0'
    for (;;) {
      const events = await eventsOfSubscription(db, subscription, after, perStep)
      if (events.length > 0) yield events
      const last = events.at(-1)
      if (!last || events.length < perStep) break
      after = last.id
    }
  }
  for (let at = 0; at < otherEventIds.length; at += perStep) yield await eventsById(db, otherEventIds.slice(at, at + perStep))
}

/** Whether anything is held at all. */
export const isKnown = ({ subscriptions, otherEventIds, namingCallIds, notifications }: Subscriber): boolean =>
  [subscriptions, otherEventIds, namingCallIds, notifications].some(({ length }) => length > 0)

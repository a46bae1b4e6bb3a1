import { hasUnsentExchange } from '@/lib/db/personal/erase-rows'
import { heldRows } from '@/lib/db/personal/held-rows'
import type { Database, Queryable } from '@/lib/db/pool'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { type Actor, requireMay } from '../actor'
import { audit } from '../audit'
import { neededSentence, numberStays, stillNeeded } from './standing'
import type { Subject } from './subject'
import { eventsOfSubscriber, findSubscriber, holderOf, isKnown, type Subscriber } from './subscriber'
import { callsOfSubscriber, messagesOfSubscriber } from './traffic'

/** What is held about a subscriber, in numbers, and what stands against erasing it. */
export interface SubscriberSummary {
  found: boolean
  profiles: { iccid: string; state: ProfileState; orders: number }[]
  /** Whole EIDs: who looks somebody up may see them. */
  eids: string[]
  emails: string[]
  msisdns: string[]
  events: number
  notifications: number
  /** Of partners */
  calls: number
  /** To partners and webhooks */
  messages: number
  mails: number
  /** Why not everything can be erased now, and what to do; erasing what is not needed is possible all the same */
  needed: string[]
  /** What stays even so, and why */
  stays: string[]
}

/** Sentences about what an erasure leaves. */
export async function staying(db: Queryable, { subscriptions, emails, otherOrders }: Subscriber): Promise<string[]> {
  const anyLive = subscriptions.some(each => stillNeeded(each) !== undefined)
  const unsent = await hasUnsentExchange(
    db,
    subscriptions.flatMap(({ orderIds }) => orderIds),
  )
  const address = emails.length === 1 ? 'The e-mail address' : 'One of the e-mail addresses'
  return [
    ...subscriptions.flatMap(each => numberStays(each, { anyLive, unsent }) ?? []),
    ...(otherOrders > 0
      ? [
          `${address} is on ${otherOrders === 1 ? 'an order' : `${otherOrders} orders`} of other profiles too. Look for it by e-mail address to include them.`,
        ]
      : []),
  ]
}

async function countOf(pages: AsyncIterable<readonly unknown[]>): Promise<number> {
  let count = 0
  for await (const { length } of pages) count += length
  return count
}

/** Looks up what is held about a subscriber. That it was done is audited. @throws NotAllowed */
export async function lookUpSubscriber(db: Database, actor: Actor, subject: Subject): Promise<SubscriberSummary> {
  requireMay(actor, 'personal:export')
  await audit(db, actor, 'personal:export', {
    target: 'subscriber',
    result: 'looked up',
    detail: { by: subject.by, search: subject.value },
  })
  const subscriber = await findSubscriber(db, subject)
  const events = await countOf(eventsOfSubscriber(db, subscriber))
  const mails = (await heldRows(db, 'mails', holderOf(subscriber))).length
  return {
    found: isKnown(subscriber) || mails > 0,
    profiles: subscriber.subscriptions.map(({ iccid, state, orderIds }) => ({ iccid, state, orders: orderIds.length })),
    eids: subscriber.eids,
    emails: subscriber.emails,
    msisdns: subscriber.msisdns,
    events,
    notifications: subscriber.notifications.length,
    calls: await countOf(callsOfSubscriber(db, subscriber)),
    messages: await countOf(messagesOfSubscriber(db, subscriber)),
    mails,
    needed: subscriber.subscriptions.flatMap(each => neededSentence(each) ?? []),
    stays: await staying(db, subscriber),
  }
}

import {
  callsById,
  callsOfSubscription,
  eraseFromFailures,
  type HeldCall,
  type HeldMessage,
  holdTelling,
  messagesOfEvents,
  messagesOfSubscription,
  olderCalls,
  olderMessages,
  rewriteCalls,
  rewriteMessages,
  type WrittenCall,
  type WrittenMessage,
} from '@/lib/db/personal/traffic-rows'
import type { Queryable, Transaction } from '@/lib/db/pool'
import { type Gone, untold, withoutDevices, withoutPersonal, withoutSigned } from './scrub'
import type { Subscriber } from './subscriber'

const perStep = 500

/** All pages behind one another; a page tells where the next begins by its last row. */
async function* pagesOf<T extends { id: string }>(read: (after: string) => Promise<T[]>): AsyncGenerator<T[], void> {
  for (let after = '0'; ; ) {
    const page = await read(after)
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (!last || page.length < perStep) return
    after = last.id
  }
}

/** What partners asked about a subscriber: about their profiles while they were theirs, then what only named their eUICC; each once. */
export async function* callsOfSubscriber(
  db: Queryable,
  { subscriptions, namingCallIds }: Pick<Subscriber, 'subscriptions' | 'namingCallIds'>,
): AsyncGenerator<HeldCall[], void> {
  const given = new Set<string>()
  for (const subscription of subscriptions)
    for await (const page of pagesOf(after => callsOfSubscription(db, subscription, after, perStep))) {
      for (const { id } of page) given.add(id)
      yield page
    }
  const others = namingCallIds.filter(id => !given.has(id))
  for (let at = 0; at < others.length; at += perStep) yield await callsById(db, others.slice(at, at + perStep))
}

/** What partners and webhooks were told of a subscriber, or are to be. */
export async function* messagesOfSubscriber(
  db: Queryable,
  { subscriptions, otherEventIds, otherIccids }: Pick<Subscriber, 'subscriptions' | 'otherEventIds' | 'otherIccids'>,
): AsyncGenerator<HeldMessage[], void> {
  for (const subscription of subscriptions) yield* pagesOf(after => messagesOfSubscription(db, subscription, after, perStep))
  for (let at = 0; at < otherEventIds.length; at += perStep) {
    const page = await messagesOfEvents(db, otherIccids, otherEventIds.slice(at, at + perStep))
    if (page.length > 0) yield page
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

async function changeCalls<T extends WrittenCall>(
  tx: Transaction,
  calls: readonly T[],
  left: (call: T) => Omit<WrittenCall, 'id'>,
): Promise<number> {
  const different = calls
    .map(call => ({ call, left: left(call) }))
    .filter(({ call, left: { request, response } }) => !(same(call.request, request) && same(call.response, response)))
  if (different.length > 0)
    await rewriteCalls(
      tx,
      different.map(({ call: { id }, left: each }) => ({ id, ...each })),
    )
  return different.length
}

type KnownMessage = WrittenMessage & Pick<HeldMessage, 'kind'>

/** @param left of a body and of what was answered; gets what stands for a member that is gone: nothing in ES2+, null in a webhook's schema */
async function changeMessages(
  tx: Transaction,
  messages: readonly KnownMessage[],
  left: (value: unknown, instead: Gone) => unknown,
): Promise<number> {
  const different = messages
    .map(({ id, kind, body, failure }) => {
      const answered = left(failure, undefined)
      return {
        id,
        body: left(body, kind === 'webhook' ? null : undefined),
        failure: typeof answered === 'string' ? answered : null,
        before: { body, failure },
      }
    })
    .filter(({ body, failure, before }) => !same({ body, failure }, before))
  if (different.length > 0) await rewriteMessages(tx, different)
  return different.length
}

/**
 * Erases a subscriber from what partners asked and were told. A request keeps the tokens, for people. Whatever goes to a partner, now or once more, an
 * answer or a message, goes without what is personal: no token stands where an EID is to be read.
 * @param gone tokens by value
 * @returns how many rows lost something
 */
export async function eraseTraffic(
  tx: Transaction,
  subscriber: Subscriber,
  gone: ReadonlyMap<string, string>,
): Promise<{ calls: number; messages: number }> {
  let [calls, messages] = [0, 0]
  for await (const page of callsOfSubscriber(tx, subscriber))
    calls += await changeCalls(tx, page, ({ request, response }) => ({
      request: withoutPersonal(request, gone),
      response: untold(response, gone),
    }))
  for await (const page of messagesOfSubscriber(tx, subscriber))
    messages += await changeMessages(tx, page, (value, instead) => untold(value, gone, instead))
  for (const [value, token] of gone) await eraseFromFailures(tx, value, token)
  return { calls, messages }
}

/** From now until the transaction ends no messages are made of the timeline, which is about to lose what they would tell. */
export const holdMessages = holdTelling

interface Page {
  after: string | undefined
  before: Date
  rows: number
}

/** Takes devices out of the next calls that are older than a moment. */
export async function passCallDevices(tx: Transaction, { after = '', ...page }: Page) {
  const { rows, reached, ended } = await olderCalls(tx, { after, ...page })
  const removed = await changeCalls(tx, rows, ({ request, response }) => ({
    request: withoutDevices(request),
    response: withoutDevices(response),
  }))
  return { removed, reached, ended }
}

/** Takes devices, or what eUICCs signed, out of the next messages that are older than a moment; those that wait are told without. */
export async function passMessages(tx: Transaction, what: 'devices' | 'signed', { after = '', ...page }: Page) {
  const { rows, reached, ended } = await olderMessages(tx, { after, ...page })
  const removed = await changeMessages(tx, rows, what === 'devices' ? withoutDevices : withoutSigned)
  return { removed, reached, ended }
}

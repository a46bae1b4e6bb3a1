import { createHmac, randomBytes } from 'node:crypto'
import { erasePersonal } from '@/lib/db/audit-rows'
import {
  type EidTokens,
  eraseDevices,
  eraseEvents,
  eraseMails,
  eraseNotifications,
  eraseNumbers,
  eraseOrders,
  eraseSessions,
  hasOpenNaming,
  hasUnsentExchange,
  rewriteNaming,
  rowsNaming,
} from '@/lib/db/personal/erase-rows'
import { type HeldEvent, namesNotification } from '@/lib/db/personal/held-rows'
import { holdProfiles, type Subscription, subscriptionsOf } from '@/lib/db/personal/subscription-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { type Actor, requireMay } from '../actor'
import { audit } from '../audit'
import { staying } from './look-up-subscriber'
import { withoutPersonal } from './scrub'
import { neededSentence, numberEnds, stillNeeded } from './standing'
import { type Subject, writings } from './subject'
import { eventsOfSubscriber, findSubscriber, holderOf, isKnown, type Subscriber } from './subscriber'
import { eraseTraffic, holdMessages } from './traffic'

/** How many rows lost something, by what it was. */
export interface Erased {
  orders: number
  profiles: number
  phoneNumbers: number
  events: number
  notifications: number
  /** Calls of partners */
  calls: number
  /** What partners and webhooks were told, or are to be */
  messages: number
  sessions: number
  mails: number
  approvals: number
  tasks: number
  auditValues: number
}

export interface Erasure {
  /** Names the erasure in the audit; it tells nothing of whom it was about */
  name: string
  erased: Erased
  /** Sentences: what stays, and why */
  stays: string[]
}

export interface ErasureOptions {
  /** Erase what is not needed, though an order is open or the profile on a device; else that is refused. */
  spareLive?: boolean | undefined
}

const tokenBytes = 4

/** The same value gets the same token within one erasure, so that rows which belong together still do; in the next one another. */
function tokensOf() {
  const key = randomBytes(32)
  const tokens = new Map<string, string>()
  return {
    tokens,
    tokenOf(value: string): string {
      const known = tokens.get(value)
      if (known) return known
      const token = `erased:${createHmac('sha256', key)
        .update(value)
        .digest('hex')
        .slice(0, 2 * tokenBytes)}`
      tokens.set(value, token)
      return token
    },
  }
}
type Tokens = ReturnType<typeof tokensOf>

/**
 * Erases what is personal about a subscriber: EIDs, IMEIs, what the eUICC signed, raw notifications, e-mail addresses, mails, phone numbers of
 * subscriptions that are over, and what stands aside of the audit; from what partners asked and are told too. Orders, states and moments stay, so the books still add up; each EID is replaced by
 * one token. All of it is one transaction.
 * @throws NotAllowed; FormError when nothing is held, or something is still needed and not to be spared
 */
export async function eraseSubscriber(
  db: Database,
  actor: Actor,
  subject: Subject,
  { spareLive = false }: ErasureOptions = {},
): Promise<Erasure> {
  requireMay(actor, 'personal:erase')
  const found = await findSubscriber(db, subject)
  return transaction(db, async tx => {
    const subscriber = await held(tx, found)
    await holdMessages(tx)
    const needed = subscriber.subscriptions.flatMap(each => neededSentence(each) ?? [])
    if (needed.length > 0 && !spareLive)
      throw new FormError(`${needed.join(' ')} Or have everything erased but what that needs. Nothing was erased.`)
    const known = tokensOf()
    for (const eid of subscriber.eids) known.tokenOf(eid)
    const stays = [...(await staying(tx, subscriber)), ...spared(subscriber.subscriptions)]
    const { erased, values } = await eraseRows(tx, subscriber, known)
    const nothing = Object.values(erased).every(count => count === 0)
    if (nothing && !isKnown(subscriber)) throw new FormError('Nothing is held about this subscriber, so there was nothing to erase.')
    if (await hasOpenNaming(tx, values))
      stays.push('A decision or work in the background that is not over names them. Erase once more when it is.')
    const name = `erasure ${randomBytes(tokenBytes).toString('hex')}`
    const auditValues = await erasePersonal(tx, values)
    const counts = { ...erased, auditValues }
    const profiles = holderOf(subscriber).iccids
    await audit(tx, actor, 'personal:erase', { target: name, detail: { by: subject.by, profiles, erased: counts, stays, spareLive } })
    return { name, erased: counts, stays }
  })
}

/** The subscriptions as they are now, held until the transaction ends. */
async function held(tx: Transaction, found: Subscriber): Promise<Subscriber> {
  const { iccids } = holderOf(found)
  await holdProfiles(tx, iccids)
  const begun = new Set(found.subscriptions.map(({ orderIds }) => orderIds[0]))
  return { ...found, subscriptions: (await subscriptionsOf(tx, iccids)).filter(({ orderIds }) => begun.has(orderIds[0])) }
}

const spared = (subscriptions: readonly Subscription[]): string[] =>
  subscriptions.flatMap(each => {
    switch (stillNeeded(each)) {
      case 'order':
        return `What the open order of ${each.iccid} needs stays until it has ended: the EID that it is for, and its session.`
      case 'installation':
        return `The EID on which ${each.iccid} is installed stays: by it the server knows what this device reports.`
      default:
        return []
    }
  })

async function eraseRows(
  tx: Transaction,
  subscriber: Subscriber,
  known: Tokens,
): Promise<{ erased: Omit<Erased, 'auditValues'>; values: string[] }> {
  const { subscriptions, emails, eids } = subscriber
  const live = subscriptions.filter(each => stillNeeded(each) !== undefined)
  const over = subscriptions.filter(each => stillNeeded(each) === undefined)
  const { orderIds } = holderOf(subscriber)
  const openOrders = live.flatMap(({ openOrderId }) => openOrderId ?? [])
  const numbers = live.length > 0 || (await hasUnsentExchange(tx, orderIds)) ? [] : over.filter(numberEnds)
  const gone = new Map(known.tokens)
  for (const value of [...emails, ...numbers.flatMap(({ msisdns }) => msisdns)]) gone.set(value, known.tokenOf(value))

  const { events, imeis } = await eraseTimeline(tx, subscriber, { known, gone, live })
  const values = [
    ...new Set([
      ...eids,
      ...emails,
      ...imeis,
      ...numbers.flatMap(each => each.msisdns.flatMap(value => writings({ by: 'msisdn', value }))),
      ...asked(subscriber, gone),
    ]),
  ]
  const tokens: EidTokens = Object.fromEntries(known.tokens)
  const rewriting = async (table: 'approval' | 'task') => {
    const rows = await rowsNaming(tx, table, values)
    for (const { id, first, second } of rows)
      await rewriteNaming(tx, table, { id, first: withoutPersonal(first, gone), second: withoutPersonal(second, gone) })
    return rows.length
  }
  const spareSessions = new Set(live.flatMap(each => (each.openOrderId ? each.openOrderId : each.orderIds)))
  const erased = {
    orders: await eraseOrders(tx, orderIds, openOrders, tokens),
    profiles: await eraseDevices(
      tx,
      over.filter(({ latest }) => latest).map(({ iccid }) => iccid),
    ),
    phoneNumbers: await eraseNumbers(
      tx,
      numbers.map(({ iccid }) => iccid),
      numbers.flatMap(each => each.orderIds),
    ),
    events,
    notifications: await eraseNotifications(
      tx,
      subscriber.notifications.map(({ digest }) => digest),
      tokens,
    ),
    ...(await eraseTraffic(tx, subscriber, gone)),
    sessions: await eraseSessions(tx, { orderIds: orderIds.filter(id => !spareSessions.has(id)), eids }),
    mails: await eraseMails(tx, emails),
    approvals: await rewriting('approval'),
    tasks: await rewriting('task'),
  }
  return { erased, values }
}

/** What was typed to find them is erased from the audit too, but for what is not erased elsewhere: an ICCID, an IMSI, a number that stays. */
const asked = ({ subject }: Subscriber, gone: ReadonlyMap<string, string>): string[] =>
  subject.by === 'eid' || subject.by === 'email' || gone.has(subject.value) ? writings(subject) : []

async function eraseTimeline(
  tx: Transaction,
  subscriber: Subscriber,
  { known, gone, live }: { known: Tokens; gone: Map<string, string>; live: readonly Subscription[] },
): Promise<{ events: number; imeis: string[] }> {
  const liveIccids = new Set(live.map(({ iccid }) => iccid))
  const imeis = new Set<string>()
  let changed = 0
  for await (const page of eventsOfSubscriber(tx, subscriber)) {
    const rows = page.filter(event => !isRuleOfReuse(event, liveIccids))
    for (const { eid, data } of rows) {
      if (eid && !eid.startsWith('erased:')) gone.set(eid, known.tokenOf(eid))
      const { imei } = data ?? {}
      if (typeof imei === 'string' && imei !== 'erased') imeis.add(imei)
    }
    const left = rows.map(event => erasedEvent(event, gone))
    const different = left.filter((event, index) => isDifferent(event, rows[index]))
    await eraseEvents(tx, different)
    changed += different.length
  }
  return { events: changed, imeis: [...imeis] }
}

/** By it the next download of a moved profile is judged: which eUICC had it before. */
const isRuleOfReuse = ({ kind, iccid }: HeldEvent, live: ReadonlySet<string>): boolean =>
  kind === 'reissue' && iccid !== null && live.has(iccid)

/** Who judges the next download by a move reads a device or none there, and that one was erased; never a token. */
const withoutFormer = (data: Record<string, unknown>): Record<string, unknown> =>
  typeof data.eid === 'string' ? { ...data, eid: null, erased: true } : data

const erasedEvent = ({ id, kind, eid, detail, data }: HeldEvent, gone: ReadonlyMap<string, string>) => ({
  id,
  eid: eid === null ? null : (gone.get(eid) ?? eid),
  detail: detail === null ? null : String(withoutPersonal(detail, gone)),
  data: data && (withoutPersonal(kind === 'reissue' ? withoutFormer(data) : data, gone) as Record<string, unknown>),
})

const isDifferent = (left: ReturnType<typeof erasedEvent>, event: HeldEvent | undefined): boolean =>
  event === undefined ||
  (event.evidence !== null && !namesNotification(event)) ||
  left.eid !== event.eid ||
  left.detail !== event.detail ||
  JSON.stringify(left.data) !== JSON.stringify(event.data)

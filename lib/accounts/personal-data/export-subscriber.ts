import { readAuditRows } from '@/lib/db/personal/audit-of'
import { auditIdsNaming, HELD_KINDS, type HeldEvent, heldRows, rawNotifications } from '@/lib/db/personal/held-rows'
import type { Database } from '@/lib/db/pool'
import type { Field } from '@/lib/rsp/decode/field'
import { decodeNotification } from '@/lib/rsp/decode/notification'
import { decodeCancelSessionSigned, decodeEuiccSigned1, decodeEuiccSigned2 } from '@/lib/rsp/decode/signed'
import { type Actor, requireMay } from '../actor'
import { audit } from '../audit'
import { readable } from '../audit-export'
import { withoutCodes } from './scrub'
import { type Subject, writings } from './subject'
import { eventsOfSubscriber, findSubscriber, holderOf, type Subscriber } from './subscriber'
import { callsOfSubscriber, messagesOfSubscriber } from './traffic'

const about =
  'Everything that this server holds about one subscriber. Codes, keys and passwords are left out: they open something and say nothing about anybody. ' +
  'Who of the staff did something is left out too. What a device signed is given as it is read; a notification beside its SHA-256.'

/** Staff are no part of what is held about a subscriber. */
const byWhom = (actor: string): string => (actor === 'device' ? 'device' : 'staff')

const READERS: Record<string, (bytes: Buffer) => Field> = {
  authenticateClient: decodeEuiccSigned1,
  getBoundProfilePackage: decodeEuiccSigned2,
  cancelSession: decodeCancelSessionSigned,
}

const legible = (field: Field): Field => ({
  ...field,
  ...(field.children ? { children: field.children.filter(({ name }) => name !== 'matchingId').map(legible) } : {}),
})

/** What was signed, as it can be read; its octets open nothing, but say no more. */
const signed = ({ kind, evidence }: HeldEvent): { signedByEuicc?: Field } => {
  const read = READERS[kind]
  return read && evidence ? { signedByEuicc: legible(read(evidence)) } : {}
}

const eventOf = (event: HeldEvent) => {
  const { actor, evidence: _, data, ...rest } = event
  return { ...rest, by: byWhom(actor), data: withoutCodes(data), ...signed(event) }
}

async function* notificationsOf(db: Database, { notifications }: Subscriber): AsyncGenerator<object[], void> {
  for (let at = 0; at < notifications.length; at += perStep) {
    const page = notifications.slice(at, at + perStep)
    const raw = await rawNotifications(
      db,
      page.map(({ digest }) => digest),
    )
    yield page.map(({ digest, ...rest }) => {
      const octets = raw.get(digest)
      return { digest, ...rest, ...(octets ? { content: decodeNotification(octets) } : {}) }
    })
  }
}

/** Links in mails open something; the mail's own words stay. */
const withoutLinks = (text: string): string =>
  text
    .replace(/(?:customer-page|password-link):[0-9a-f-]{36}(?:@[0-9]+)?/g, '(a link)')
    .replace(/https?:\/\/\S+\/(?:set-password|e)\/\S+/g, '(a link)')

const held = (row: Record<string, unknown>) => {
  const left = withoutCodes(row) as Record<string, unknown>
  return typeof left.text === 'string' ? { ...left, text: withoutLinks(left.text) } : left
}

/** Moments stand as ISO 8601. */
const plain = (row: object): object => JSON.parse(JSON.stringify(row)) as object

const perStep = 500

async function* auditOf(db: Database, actor: Actor, subscriber: Subscriber): AsyncGenerator<object[], void> {
  const values = [...subscriber.eids, ...subscriber.emails, ...subscriber.msisdns, ...writings(subscriber.subject)]
  const ids = await auditIdsNaming(db, subscriber.subscriptions, values)
  for (let at = 0; at < ids.length; at += perStep) {
    const rows = await readable(db, actor, await readAuditRows(db, ids.slice(at, at + perStep)))
    yield rows.map(({ id, at: when, action, target, result, detail }) => ({
      id,
      at: when,
      by: 'staff',
      action,
      target,
      result,
      detail: withoutCodes(detail),
    }))
  }
}

async function* sectionsOf(
  db: Database,
  actor: Actor,
  subscriber: Subscriber,
): AsyncGenerator<[string, AsyncIterable<object[]> | object[][]], void> {
  const holder = holderOf(subscriber)
  for (const kind of HELD_KINDS) yield [kind, [(await heldRows(db, kind, holder)).map(held)]]
  const events = async function* () {
    for await (const page of eventsOfSubscriber(db, subscriber)) yield page.map(eventOf)
  }
  yield ['events', events()]
  yield ['notifications', notificationsOf(db, subscriber)]
  const withoutTheirCodes = async function* (pages: AsyncIterable<object[]>) {
    for await (const page of pages) yield page.map(row => withoutCodes(plain(row)) as object)
  }
  yield ['calls', withoutTheirCodes(callsOfSubscriber(db, subscriber))]
  yield ['messages', withoutTheirCodes(messagesOfSubscriber(db, subscriber))]
  yield ['audit', auditOf(db, actor, subscriber)]
}

/**
 * A JSON document (UTF-8, in pieces) of everything that is held about a subscriber: profiles, orders, links, replacements, sessions, mails, decisions,
 * timeline, notifications, calls of partners and what they were told, rows of the audit. Audited when it begins and when it ends, also when it is broken off.
 * @throws NotAllowed when it is asked for its first piece
 */
export async function* exportSubscriber(db: Database, actor: Actor, subject: Subject, now = new Date()): AsyncGenerator<string, void> {
  requireMay(actor, 'personal:export')
  const detail = { by: subject.by, search: subject.value }
  await audit(db, actor, 'personal:export', { target: 'subscriber', result: 'begun', detail })
  let rows = 0
  let result = 'broken off'
  try {
    const subscriber = await findSubscriber(db, subject)
    const { eids, emails, msisdns } = subscriber
    const head = { about, madeAt: now, asked: subject, subscriber: { eids, emails, phoneNumbers: msisdns } }
    yield JSON.stringify(head, undefined, 2).replace(/\n\}$/, '')
    for await (const [name, pages] of sectionsOf(db, actor, subscriber)) {
      yield `,\n  ${JSON.stringify(name)}: [`
      let first = true
      for await (const page of pages) {
        if (page.length === 0) continue
        rows += page.length
        yield `${first ? '' : ','}\n    ${page.map(row => JSON.stringify(plain(row))).join(',\n    ')}`
        first = false
      }
      yield first ? ']' : '\n  ]'
    }
    yield '\n}\n'
    result = 'ok'
  } catch (error) {
    result = 'failed'
    throw error
  } finally {
    await audit(db, actor, 'personal:export', { target: 'subscriber', result, detail: { ...detail, rows } })
  }
}

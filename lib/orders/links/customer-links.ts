import { randomUUID } from 'node:crypto'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import {
  type CustomerLinkRow,
  currentCustomerLink,
  insertCustomerLinks,
  keepOpening,
  type LinkFacts,
  lastOrder,
  linkFacts,
  revokeCustomerLinks,
} from '@/lib/db/customer-link-rows'
import { lockProfile } from '@/lib/db/order-rows'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import { addEvent } from '@/lib/db/profile-events'
import { FormError } from '@/lib/form-error'
import type { Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from '../context'
import { customerPageUrl, tokenForm, tokenHash, tokenOf } from './link-token'

export { customerPageUrl } from './link-token'
export { MailLinkInput, mailLink } from './mail-link'

export interface CustomerLink {
  linkId: string
  /** Address of the customer's page; a secret between customer and staff */
  url: string
}

type LinkContext = Pick<OrderContext, 'actor' | 'now' | 'links'>

/** The order that a link is for. */
export interface LinkedOrder {
  orderId: string
  iccid: string
}

/**
 * Makes the links of orders that have none, by one statement. @returns them in the order given
 * @throws a violation of `customer_link_current` where an order has a link that is good
 */
export async function createCustomerLinks(tx: Transaction, ctx: LinkContext, orders: readonly LinkedOrder[]): Promise<CustomerLink[]> {
  const links = orders.map(({ orderId, iccid }) => {
    const id = randomUUID()
    return { id, tokenHash: tokenHash(tokenOf(ctx.links.key, id)), orderId, iccid }
  })
  if (links.length > 0) await insertCustomerLinks(tx, links, ctx.actor.name, ctx.now)
  return links.map(({ id }) => ({ linkId: id, url: customerPageUrl(ctx, id) }))
}

/** Makes the link of an order that has none. */
export async function createCustomerLink(tx: Transaction, ctx: LinkContext, order: LinkedOrder): Promise<CustomerLink> {
  const [link] = await createCustomerLinks(tx, ctx, [order])
  if (!link) throw new Error('No link was made.')
  return link
}

/** Ends the links of a profile: their page says that they are good no more. @returns how many were */
export const revokeLinks = async (tx: Transaction, { iccid, by, at }: { iccid: string; by: string; at: Date }): Promise<number> =>
  (await revokeCustomerLinks(tx, iccid, by, at)).length

/** The profile's link that is good, else the last one, with `revokedAt`; undefined when there never was one. */
export const currentLink = (db: Queryable, iccid: string): Promise<CustomerLinkRow | undefined> => currentCustomerLink(db, iccid)

/**
 * Makes a new link for the last order of a profile, and ends those before; also for an order that never had one.
 * @throws FormError when there is no order that a page could tell of, RspError iccidUnknown, NotAllowed
 */
export function renewLink(db: Database, ctx: LinkContext, { iccid }: { iccid: Iccid }): Promise<CustomerLink> {
  requireMay(ctx.actor, 'link:write')
  return transaction(db, async tx => {
    if (!(await lockProfile(tx, iccid))) throw new RspError('iccidUnknown', iccid)
    const order = await lastOrder(tx, iccid)
    if (!order) throw new FormError('No code was issued for this profile yet. Issue one: its link comes with it.')
    if (order.outcome !== null && order.outcome !== 'installed')
      throw new FormError('The last order of this profile has ended. Issue a new code: its link comes with it.')
    const ended = await revokeLinks(tx, { iccid, by: ctx.actor.name, at: ctx.now })
    const link = await createCustomerLink(tx, ctx, { orderId: order.orderId, iccid })
    const about = { iccid, orderId: order.orderId, at: ctx.now, actor: ctx.actor.name, outcome: 'ok' } as const
    await addEvent(tx, { ...about, kind: 'linkMade', data: { linkId: link.linkId, ended } })
    await audit(tx, ctx.actor, 'link:write', { target: iccid, detail: { made: link.linkId, ended } })
    return link
  })
}

/** Ends the link of a profile. @throws FormError when none is good, NotAllowed */
export function revokeLink(db: Database, ctx: LinkContext, { iccid }: { iccid: Iccid }): Promise<void> {
  requireMay(ctx.actor, 'link:write')
  return transaction(db, async tx => {
    const link = await currentLink(tx, iccid)
    const ended = await revokeLinks(tx, { iccid, by: ctx.actor.name, at: ctx.now })
    if (!link || ended === 0) throw new FormError('This profile has no link that could be opened.')
    const about = { iccid, orderId: link.orderId, at: ctx.now, actor: ctx.actor.name, outcome: 'ok' } as const
    await addEvent(tx, { ...about, kind: 'linkRevoked', data: { linkId: link.linkId } })
    await audit(tx, ctx.actor, 'link:write', { target: iccid, detail: { revoked: link.linkId } })
  })
}

/** What the page behind a token is made of; undefined when there is no such link. */
export const linkByToken = async (db: Queryable, token: string): Promise<LinkFacts | undefined> =>
  tokenForm.test(token) ? linkFacts(db, tokenHash(token)) : undefined

/** Takes note that a person has the page before them. */
export async function noteOpening(db: Queryable, token: string, at: Date): Promise<void> {
  if (tokenForm.test(token)) await keepOpening(db, tokenHash(token), at)
}

import type { ProfileState, RuntimeState } from '@/lib/rsp/lifecycle'
import type { OrderOutcome } from './move-profile'
import { one, type Queryable, type Transaction } from './pool'

export interface NewCustomerLink {
  id: string
  tokenHash: Buffer
  orderId: string
  iccid: string
}

/** Adds links, one per order. An order that has one violates `customer_link_current`. */
export async function insertCustomerLinks(tx: Transaction, links: NewCustomerLink[], by: string, at: Date): Promise<void> {
  const column = <Value>(of: (link: NewCustomerLink) => Value) => links.map(of)
  await tx.query({
    name: 'insert-customer-links',
    text: `INSERT INTO customer_link (id, token_hash, order_id, iccid, created_at, created_by)
      SELECT id, token_hash, order_id, iccid, $5, $6
      FROM unnest($1::uuid[], $2::bytea[], $3::uuid[], $4::text[]) AS new (id, token_hash, order_id, iccid)`,
    values: [column(link => link.id), column(link => link.tokenHash), column(link => link.orderId), column(link => link.iccid), at, by],
  })
}

/** Ends the links of a profile that are good still. @returns their ids */
export async function revokeCustomerLinks(tx: Transaction, iccid: string, by: string, at: Date): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'revoke-customer-links',
    text: 'UPDATE customer_link SET revoked_at = $3, revoked_by = $2 WHERE iccid = $1 AND revoked_at IS NULL RETURNING id',
    values: [iccid, by, at],
  })
  return rows.map(({ id }) => id)
}

/** The same for many profiles. */
export const revokeLinksOf = (tx: Transaction, iccids: readonly string[], { by, at }: { by: string; at: Date }) =>
  tx.query({
    name: 'revoke-links-of',
    text: 'UPDATE customer_link SET revoked_at = $3, revoked_by = $2 WHERE iccid = ANY($1::text[]) AND revoked_at IS NULL',
    values: [iccids, by, at],
  })

export interface CustomerLinkRow {
  linkId: string
  orderId: string
  createdAt: Date
  createdBy: string
  mailedAt: Date | null
  openedAt: Date | null
  lastOpenedAt: Date | null
  opens: number
  revokedAt: Date | null
  revokedBy: string | null
}

/** The link of a profile that is good, else the one that was last. */
export const currentCustomerLink = (db: Queryable, iccid: string): Promise<CustomerLinkRow | undefined> =>
  one<CustomerLinkRow & Record<string, unknown>>(db, {
    name: 'current-customer-link',
    text: `SELECT id AS "linkId", order_id AS "orderId", created_at AS "createdAt", created_by AS "createdBy", mailed_at AS "mailedAt",
        opened_at AS "openedAt", last_opened_at AS "lastOpenedAt", opens, revoked_at AS "revokedAt", revoked_by AS "revokedBy"
      FROM customer_link WHERE iccid = $1 ORDER BY revoked_at IS NULL DESC, created_at DESC LIMIT 1`,
    values: [iccid],
  })

/** What a customer's page is made of: the link, its order, and what became of the profile. */
export interface LinkFacts {
  linkId: string
  iccid: string
  revokedAt: Date | null
  /** Another link or profile has taken the place of this one for the same customer. */
  replaced: boolean
  /** The order is open still. */
  open: boolean
  closedAt: Date | null
  outcome: OrderOutcome | null
  /** No order was made for the profile after this one. */
  latestOrder: boolean
  /** The eUICC that the order is for */
  orderEid: string | null
  matchingId: string | null
  smdpAddress: string | null
  confirmationCodeRequired: boolean
  confirmationAttempts: number
  confirmationLimit: number
  expiresAt: Date | null
  /** Of the customer, where the order names one */
  language: string | null
  state: ProfileState
  stateSince: Date
  /** The eUICC that took the package last */
  eid: string | null
  runtimeState: RuntimeState | null
  runtimeSince: Date | null
  serviceProviderName: string | null
}

/** By one statement, whatever there is to be said. Undefined: there is no such link. */
export const linkFacts = (db: Queryable, tokenHash: Buffer): Promise<LinkFacts | undefined> =>
  one<LinkFacts & Record<string, unknown>>(db, {
    name: 'customer-link-facts',
    text: `
      SELECT l.id AS "linkId", l.iccid, l.revoked_at AS "revokedAt", p.order_id IS NOT DISTINCT FROM o.id AS open, o.closed_at AS "closedAt", o.outcome,
        next.reason IS NULL AS "latestOrder",
        EXISTS (SELECT FROM customer_link n WHERE n.order_id = l.order_id AND n.revoked_at IS NULL AND n.id <> l.id)
          OR next.reason IS NOT DISTINCT FROM 'reissue'
          OR (next.reason IS NULL AND EXISTS (SELECT FROM replacement r WHERE r.old_iccid = l.iccid)) AS replaced,
        o.eid AS "orderEid", o.matching_id AS "matchingId", o.smdp_address AS "smdpAddress",
        o.confirmation_code_hash IS NOT NULL AS "confirmationCodeRequired", o.confirmation_attempts AS "confirmationAttempts",
        o.confirmation_limit AS "confirmationLimit",
        o.expires_at AS "expiresAt", o.language, p.state, p.state_since AS "stateSince", p.eid, p.runtime_state AS "runtimeState",
        p.runtime_since AS "runtimeSince", t.service_provider_name AS "serviceProviderName"
      FROM customer_link l JOIN download_order o ON o.id = l.order_id JOIN profile p ON p.iccid = l.iccid JOIN profile_type t ON t.id = p.type_id
        LEFT JOIN LATERAL (SELECT n.reason FROM download_order n WHERE n.iccid = o.iccid AND n.created_at > o.created_at
          ORDER BY n.created_at LIMIT 1) AS next ON true
      WHERE l.token_hash = $1`,
    values: [tokenHash],
  })

/**
 * Takes note that a person has the page of a link before them: once for a visit, which lasts half an hour, and on the profile's timeline
 * once a day. Of many at the same time one does.
 */
export const keepOpening = (db: Queryable, tokenHash: Buffer, at: Date) =>
  db.query({
    name: 'keep-customer-link-opening',
    text: `
      WITH link AS (SELECT id, last_opened_at FROM customer_link WHERE token_hash = $1 FOR UPDATE),
      opened AS (
        UPDATE customer_link l SET opened_at = coalesce(l.opened_at, $2), last_opened_at = $2, opens = l.opens + 1
        FROM link WHERE l.id = link.id AND (link.last_opened_at IS NULL OR link.last_opened_at < $2::timestamptz - interval '30 minutes')
        RETURNING l.id, l.iccid, l.order_id, l.revoked_at, link.last_opened_at AS before)
      INSERT INTO profile_event (at, iccid, order_id, actor, kind, outcome, data)
      SELECT $2, iccid, order_id, 'customer', 'linkOpened', 'ok', jsonb_build_object('linkId', id, 'revoked', revoked_at IS NOT NULL)
      FROM opened WHERE before IS NULL OR (before AT TIME ZONE 'UTC')::date < ($2::timestamptz AT TIME ZONE 'UTC')::date`,
    values: [tokenHash, at],
  })

/** The last order of a profile. */
export const lastOrder = (db: Queryable, iccid: string): Promise<{ orderId: string; outcome: OrderOutcome | null } | undefined> =>
  one<{ orderId: string; outcome: OrderOutcome | null }>(db, {
    name: 'last-order',
    text: 'SELECT id AS "orderId", outcome FROM download_order WHERE iccid = $1 ORDER BY created_at DESC LIMIT 1',
    values: [iccid],
  })

/** A link that is good, of an order that is open, as a mail tells of it. */
export interface MailableLink {
  linkId: string
  orderId: string
  iccid: string
  customerEmail: string | null
  language: string | null
  confirmationCodeRequired: boolean
  expiresAt: Date | null
  serviceProviderName: string | null
}

const MAILABLE = `
  SELECT l.id AS "linkId", o.id AS "orderId", o.iccid, o.customer_email AS "customerEmail", o.language,
    o.confirmation_code_hash IS NOT NULL AS "confirmationCodeRequired", o.expires_at AS "expiresAt",
    t.service_provider_name AS "serviceProviderName"
  FROM download_order o JOIN customer_link l ON l.order_id = o.id AND l.revoked_at IS NULL
    JOIN profile p ON p.iccid = o.iccid JOIN profile_type t ON t.id = p.type_id
  WHERE o.closed_at IS NULL`

/** The link of a profile's open order, held until the transaction ends. */
export const lockMailableLink = (tx: Transaction, iccid: string): Promise<MailableLink | undefined> =>
  one<MailableLink & Record<string, unknown>>(tx, {
    name: 'lock-mailable-link',
    text: `${MAILABLE} AND o.iccid = $1 FOR UPDATE OF l`,
    values: [iccid],
  })

const UNMAILED = `o.run_id = $1 AND o.customer_email IS NOT NULL AND l.mailed_at IS NULL AND (o.expires_at IS NULL OR o.expires_at > $2)`

/** The next links of a run that have an address and were not mailed, in the order of their ICCIDs, held until the transaction ends. */
export async function lockUnmailedLinks(
  tx: Transaction,
  { runId, at, after, limit }: { runId: string; at: Date; after: string; limit: number },
): Promise<MailableLink[]> {
  const { rows } = await tx.query<MailableLink & Record<string, unknown>>({
    name: 'lock-unmailed-links',
    text: `${MAILABLE} AND ${UNMAILED} AND o.iccid > $3 ORDER BY o.iccid LIMIT $4 FOR UPDATE OF l SKIP LOCKED`,
    values: [runId, at, after, limit],
  })
  return rows
}

/** How many there are of these. */
export async function countUnmailedLinks(db: Queryable, runId: string, at: Date): Promise<number> {
  const row = await one<{ count: number }>(db, {
    text: `SELECT count(*)::int AS count FROM download_order o JOIN customer_link l ON l.order_id = o.id AND l.revoked_at IS NULL
      WHERE o.closed_at IS NULL AND ${UNMAILED}`,
    values: [runId, at],
  })
  return row?.count ?? 0
}

/** Keeps, for links of which a mail was written, when and to whom; the timelines of their profiles tell it. */
export async function markLinksMailed(
  tx: Transaction,
  mailed: readonly (Pick<MailableLink, 'linkId' | 'orderId' | 'iccid'> & { to: string })[],
  by: string,
  at: Date,
): Promise<void> {
  await tx.query({
    name: 'mark-customer-links-mailed',
    text: `
      WITH mailed AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS m (id, order_id, iccid, recipient)),
      marked AS (UPDATE customer_link l SET mailed_at = $6 FROM mailed WHERE l.id = mailed.id)
      INSERT INTO profile_event (at, iccid, order_id, actor, kind, outcome, data)
      SELECT $6, iccid, order_id, $5, 'linkMailed', 'ok', jsonb_build_object('to', recipient, 'linkId', id) FROM mailed`,
    values: [
      mailed.map(({ linkId }) => linkId),
      mailed.map(({ orderId }) => orderId),
      mailed.map(({ iccid }) => iccid),
      mailed.map(({ to }) => to),
      by,
      at,
    ],
  })
}

/** Gives an order that has none the customer's address. */
export const keepCustomerEmail = (tx: Transaction, orderId: string, email: string) =>
  tx.query({
    name: 'keep-customer-email',
    text: 'UPDATE download_order SET customer_email = lower($2) WHERE id = $1 AND customer_email IS NULL',
    values: [orderId, email],
  })

/** Which of these links are good still. */
export async function goodLinks(db: Queryable, linkIds: string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>({
    name: 'good-customer-links',
    text: 'SELECT id FROM customer_link WHERE id = ANY($1::uuid[]) AND revoked_at IS NULL',
    values: [linkIds],
  })
  return new Set(rows.map(({ id }) => id))
}

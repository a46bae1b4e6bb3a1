import type { ProfileState, RuntimeState } from '@/lib/rsp/lifecycle'
import type { Queryable } from '../pool'
import { CLAIMED_EID, IN_STOCK } from '../stock'

/**
 * What one customer had of a profile: the order with which they got it, and those that gave it to them again. A profile that went back to stock
 * belongs to another customer from its next order on.
 */
export interface Subscription {
  iccid: string
  /** In the order in which they were made */
  orderIds: string[]
  from: Date
  /** When the next customer's began */
  until: Date | null
  /** Of its profile the last one: what stands on the profile itself is this customer's. */
  latest: boolean
  openOrderId: string | null
  state: ProfileState
  runtimeState: RuntimeState | null
  /** The eUICCs that orders were made for, and of the latest the one that has the package */
  eids: string[]
  claimedEid: string | null
  emails: string[]
  /** The profile's, and the one that moved to it */
  msisdns: string[]
  imsi: string | null
}

type Row = Subscription & Record<string, unknown>

const SUBSCRIPTIONS = `
  WITH placed AS (
    SELECT o.*, sum(CASE WHEN o.reason = 'reissue' THEN 0 ELSE 1 END)
        OVER (PARTITION BY o.iccid ORDER BY o.created_at, o.closed_at NULLS LAST, o.reason = 'reissue', o.id) AS chain
    FROM download_order o WHERE o.iccid = ANY($1::text[])),
  chains AS (
    SELECT iccid, chain, array_agg(id::text ORDER BY created_at, id) AS ids, min(created_at) AS began,
      (array_agg(id::text) FILTER (WHERE closed_at IS NULL))[1] AS open,
      array_agg(DISTINCT eid) FILTER (WHERE eid IS NOT NULL) AS eids,
      array_agg(DISTINCT customer_email) FILTER (WHERE customer_email IS NOT NULL) AS emails
    FROM placed GROUP BY iccid, chain),
  following AS (SELECT c.*, lead(began) OVER (PARTITION BY iccid ORDER BY chain) AS next FROM chains c)
  SELECT f.iccid, f.ids AS "orderIds", f.began AS from, f.next AS until, f.next IS NULL AS latest, f.open AS "openOrderId", p.state,
    p.runtime_state AS "runtimeState",
    array(SELECT DISTINCT each FROM unnest(f.eids || CASE WHEN f.next IS NULL THEN ${CLAIMED_EID} END) each WHERE each IS NOT NULL) AS eids,
    CASE WHEN f.next IS NULL THEN ${CLAIMED_EID} END AS "claimedEid", coalesce(f.emails, '{}') AS emails,
    array(SELECT DISTINCT each FROM unnest(ARRAY[CASE WHEN f.next IS NULL THEN p.msisdn END, r.msisdn]) each WHERE each IS NOT NULL) AS msisdns,
    p.imsi
  FROM following f JOIN profile p ON p.iccid = f.iccid LEFT JOIN replacement r ON r.new_iccid = f.iccid AND r.order_id::text = ANY(f.ids)
  ORDER BY f.began, f.iccid`

/** All subscriptions that these profiles ever were, oldest first. */
export async function subscriptionsOf(db: Queryable, iccids: readonly string[]): Promise<Subscription[]> {
  if (iccids.length === 0) return []
  const { rows } = await db.query<Row>({ name: 'personal-subscriptions', text: SUBSCRIPTIONS, values: [iccids] })
  return rows
}

/** Holds the profiles until the transaction ends, in the order in which everybody holds them. */
export const holdProfiles = (db: Queryable, iccids: readonly string[]) =>
  db.query({ text: 'SELECT FROM profile WHERE iccid = ANY($1::text[]) ORDER BY iccid FOR UPDATE', values: [iccids] })

const FINDERS = {
  iccid: `SELECT p.iccid FROM profile p WHERE p.iccid = ANY($1::text[]) AND ${IN_STOCK}`,
  imsi: `SELECT p.iccid FROM profile p WHERE p.imsi = ANY($1::text[]) AND ${IN_STOCK}`,
  msisdn: `SELECT p.iccid FROM profile p WHERE p.msisdn = ANY($1::text[]) AND ${IN_STOCK}
    UNION SELECT r.new_iccid FROM replacement r WHERE r.msisdn = ANY($1::text[])`,
  email: 'SELECT o.iccid FROM download_order o WHERE o.customer_email = ANY($1::text[])',
  eid: `SELECT p.iccid FROM profile p WHERE p.eid = ANY($1::text[]) AND ${IN_STOCK}
    UNION SELECT o.iccid FROM download_order o WHERE o.eid = ANY($1::text[])`,
} as const

/** By what a subscriber is known. */
export type SubjectKind = keyof typeof FINDERS

/** Profiles that know one of these values, which are ways to write the same. */
export async function profilesKnowing(db: Queryable, by: SubjectKind, values: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ iccid: string }>({ text: FINDERS[by], values: [values] })
  return rows.map(({ iccid }) => iccid)
}

/** That one profile took another's place. */
export interface ReplacementLink {
  oldIccid: string
  newIccid: string
  orderId: string
  at: Date
}

export async function replacementsAmong(db: Queryable, iccids: readonly string[]): Promise<ReplacementLink[]> {
  const { rows } = await db.query<ReplacementLink & Record<string, unknown>>({
    text: `SELECT old_iccid AS "oldIccid", new_iccid AS "newIccid", order_id AS "orderId", at FROM replacement
      WHERE old_iccid = ANY($1::text[]) OR new_iccid = ANY($1::text[])`,
    values: [iccids],
  })
  return rows
}

/** The eUICCs that got on in sessions of these orders, others' that only tried a code left out. */
export async function eidsOfSessions(db: Queryable, orders: readonly Pick<Subscription, 'iccid' | 'orderIds'>[]): Promise<string[]> {
  const { rows } = await db.query<{ eid: string }>({
    text: `SELECT DISTINCT e.eid FROM profile_event e
      WHERE e.iccid = ANY($1::text[]) AND e.order_id = ANY($2::uuid[]) AND e.eid IS NOT NULL AND e.outcome <> 'refused'`,
    values: [orders.map(({ iccid }) => iccid), orders.flatMap(({ orderIds }) => orderIds)],
  })
  return rows.map(({ eid }) => eid)
}

import type { ProfileState, RuntimeState } from '@/lib/rsp/lifecycle'
import { one, type Queryable } from '../pool'
import { CLAIMED_EID } from '../stock'
import {
  orderBranches,
  Parameters,
  type ProfileSearch,
  readSearch,
  readSearchHere,
  type SearchBranch,
  searchBranches,
} from './profile-search'

/** By what a profile fits what the customer read out, the surest first. */
export const HIT_KINDS = ['iccid', 'eid', 'matchingId', 'reference', 'email', 'msisdn', 'imsi', 'iccidEnd'] as const
export type HitKind = (typeof HIT_KINDS)[number]

export interface SupportHit {
  kind: HitKind
  iccid: string
  state: ProfileState
  stateSince: Date
  runtimeState: RuntimeState | null
  type: string
  live: boolean
  profileName: string | null
  packageName: string
  imsi: string | null
  msisdn: string | null
  /** The eUICC that took the package, else the one that the order is for */
  eid: string | null
  /** The order that fits, where it is an order that does, else the last one */
  orderId: string | null
  matchingId: string | null
  reference: string | null
  customerEmail: string | null
  orderClosedAt: Date | null
}

/** A hit beside which a page lies. */
export interface HitCursor {
  kind: HitKind
  iccid: string
}

export interface SupportHits {
  hits: SupportHit[]
  next?: HitCursor
  /** So many fit that only some were looked at: more has to be typed. */
  tooMany: boolean
  /** The text was that of a QR code: which server it names */
  smdpAddress?: string
  /** A whole EID was typed whose device tried codes that no order has. */
  strayEid?: string
}

/** Of one way to fit, so many are looked at. */
const mostOfAKind = 1_000

interface Branch {
  kind: HitKind
  /** SELECT of iccid and order_id */
  select: string
}

const orderSelect = (kind: HitKind, condition: string): Branch => ({
  kind,
  select: `SELECT o.iccid, o.id AS order_id FROM download_order o WHERE ${condition}`,
})

const profileSelect = (kind: HitKind, condition: string): Branch => ({
  kind,
  select: `SELECT p.iccid, NULL::uuid AS order_id FROM profile p WHERE ${condition}`,
})

const isKind = (by: SearchBranch['by']): by is Exclude<SearchBranch['by'], 'order'> => by !== 'order'

function branchesOf(search: ProfileSearch, text: string, parameters: Parameters): Branch[] {
  const profiles = searchBranches({ search, iccids: [] }, parameters).flatMap(({ by, condition }) =>
    isKind(by) ? [profileSelect(by, condition)] : [],
  )
  const orders = orderBranches(search, text, parameters).map(({ by, condition }) => orderSelect(by, condition))
  return [...profiles, ...orders]
}

const qrAddress = /^\s*(?:LPA:)?1\$([^$]*)\$/i

/**
 * Finds profiles in stock by whatever the customer reads out: ICCID or its end, EID or its beginning, phone number as it is dialled at home or
 * from abroad, IMSI, matching ID, the text of a QR code, an order's reference or an e-mail address. Each profile once, by the surest that fits.
 */
export async function supportSearch(
  db: Queryable,
  text: string,
  { pageSize = 20, after }: { pageSize?: number; after?: HitCursor | undefined } = {},
): Promise<SupportHits> {
  const smdpAddress = qrAddress.exec(text)?.[1]
  const named = smdpAddress ? { smdpAddress } : {}
  const parameters = new Parameters()
  const branches = branchesOf(await readSearchHere(db, text), text, parameters)
  if (branches.length === 0) return { hits: [], tooMany: false, ...named }
  const found = branches.map(
    ({ kind, select }) => `(SELECT ${HIT_KINDS.indexOf(kind)} AS rank, s.* FROM (${select}) s LIMIT ${mostOfAKind + 1})`,
  )
  const cursor = after
    ? `WHERE (b.rank, b.iccid) > (${parameters.add(HIT_KINDS.indexOf(after.kind))}::int, ${parameters.add(after.iccid)}::text)`
    : ''
  const [{ rows }, strayEid] = await Promise.all([
    db.query<HitRow & Record<string, unknown>>({
      text: `
        WITH found AS MATERIALIZED (${found.join(' UNION ALL ')}),
        best AS (SELECT DISTINCT ON (iccid) iccid, rank, order_id FROM found ORDER BY iccid, rank, order_id DESC NULLS LAST)
        SELECT b.rank, p.iccid, p.state, p.state_since AS "stateSince", p.runtime_state AS "runtimeState", t.name AS type, t.live,
          t.profile_name AS "profileName", p.package_name AS "packageName", p.imsi, p.msisdn, coalesce(${CLAIMED_EID}, o.eid) AS eid,
          o.id AS "orderId", o.matching_id AS "matchingId", o.reference, o.customer_email AS "customerEmail", o.closed_at AS "orderClosedAt",
          (SELECT max(n) FROM (SELECT count(*) AS n FROM found GROUP BY rank) c) AS most
        FROM best b JOIN stock p ON p.iccid = b.iccid JOIN profile_type t ON t.id = p.type_id
          LEFT JOIN LATERAL (SELECT * FROM download_order o WHERE o.iccid = p.iccid
            ORDER BY o.id = b.order_id DESC NULLS LAST, o.closed_at IS NULL DESC, o.created_at DESC LIMIT 1) o ON true
        ${cursor} ORDER BY b.rank, b.iccid LIMIT ${pageSize + 1}`,
      values: parameters.values,
    }),
    strayOf(db, text),
  ])
  const hits = rows.slice(0, pageSize).map(hitOf)
  const last = hits.at(-1)
  return {
    hits,
    ...(rows.length > pageSize && last ? { next: { kind: last.kind, iccid: last.iccid } } : {}),
    tooMany: Number(rows[0]?.most ?? 0) > mostOfAKind,
    ...named,
    ...(strayEid ? { strayEid } : {}),
  }
}

type HitRow = Omit<SupportHit, 'kind'> & { rank: number; most: string }

function hitOf({ rank, most: _, ...hit }: HitRow): SupportHit {
  return { kind: HIT_KINDS[rank] ?? 'iccid', ...hit }
}

/** The EID that was typed, where its device tried codes that no order has. */
async function strayOf(db: Queryable, text: string): Promise<string | undefined> {
  const search = readSearch(text)
  if (search.by !== 'eid') return undefined
  const row = await one<{ there: boolean }>(db, {
    text: 'SELECT EXISTS (SELECT FROM profile_event e WHERE e.iccid IS NULL AND e.eid = $1) AS there',
    values: [search.eid],
  })
  return row?.there ? search.eid : undefined
}

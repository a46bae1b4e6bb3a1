import type { Queryable } from '../pool'
import type { ProfileFilters } from './profile-filters'
import { type FoundSearch, findSearch, type Parameters } from './profile-search'

/** A batch whose profiles are in stock. */
export interface ScopeBatch {
  id: string
  typeId: string
  /** Milliseconds; all its profiles were added then. */
  addedAt: number
  /** No profile of the batch lies outside; undefined when nobody wrote it down. */
  firstIccid: string | undefined
  lastIccid: string | undefined
  /** How many profiles it brought */
  size: number
}

/** Where the profiles of a view are: drafts are in no scope, so that no statement over one ever reads their rows. */
export interface Scope {
  /** Ids of the types */
  types: string[]
  batches: ScopeBatch[]
  /** Profiles that came without a batch belong to it too. */
  withSingles: boolean
  found: FoundSearch
}

/** Reads which types and approved batches a view is over, and what orders say about its search. */
export async function readScope(db: Queryable, filters: ProfileFilters): Promise<Scope> {
  const [types, batches, found] = await Promise.all([
    db.query<{ id: string }>({
      text: 'SELECT id FROM profile_type WHERE $1::text IS NULL OR name = $1',
      values: [filters.type ?? null],
    }),
    db.query<{ id: string; typeId: string; addedAt: Date; firstIccid: string | null; lastIccid: string | null; size: number }>({
      text: `SELECT b.id::text, b.type_id AS "typeId", b.created_at AS "addedAt", b.first_iccid AS "firstIccid", b.last_iccid AS "lastIccid",
          b.rows_kept AS size
        FROM batch b JOIN profile_type t ON t.id = b.type_id
        WHERE b.state = 'approved' AND ($1::text IS NULL OR t.name = $1) AND ($2::bigint IS NULL OR b.id = $2)
          AND ($3::timestamptz IS NULL OR b.created_at >= $3) AND ($4::timestamptz IS NULL OR b.created_at < $4)
          AND ($5::timestamptz IS NULL OR coalesce(b.decided_at, b.created_at) <= $5)`,
      values: [filters.type ?? null, filters.batch ?? null, filters.addedFrom ?? null, filters.addedBefore ?? null, filters.asOf ?? null],
    }),
    findSearch(db, filters.search),
  ])
  const approved = batches.rows.map(({ addedAt, firstIccid, lastIccid, ...batch }) => ({
    ...batch,
    addedAt: addedAt.getTime(),
    firstIccid: firstIccid ?? undefined,
    lastIccid: lastIccid ?? undefined,
  }))
  const named = filters.batch === undefined ? types.rows.map(({ id }) => id) : [...new Set(approved.map(({ typeId }) => typeId))]
  return { types: named, batches: approved, withSingles: filters.batch === undefined, found }
}

/** Batches as rows of a statement: `b (id, type_id)`. */
export const batchRows = (batches: ScopeBatch[], parameters: Parameters): string =>
  `unnest(${parameters.add(batches.map(({ id }) => id))}::bigint[], ${parameters.add(batches.map(({ typeId }) => typeId))}::uuid[]) AS b (id, type_id)`

import { AUDIT_COLUMNS, type AuditRow } from './audit-rows'
import { type Database, one, type Queryable, transaction } from './pool'

/** A link of the audit's chain. Places count from 1. */
export interface AuditLink {
  place: number
  auditId: string
  hash: Buffer
}

export interface SealedLink extends AuditLink {
  sealedAt: Date
}

const LINK_COLUMNS = 'place::float8 AS place, audit_id::text AS "auditId", hash, sealed_at AS "sealedAt"'

/** The end of the chain. */
export const lastLink = (db: Queryable): Promise<SealedLink | undefined> =>
  one<SealedLink & Record<string, unknown>>(db, {
    name: 'audit-last-link',
    text: `SELECT ${LINK_COLUMNS} FROM audit_link ORDER BY audit_link.place DESC LIMIT 1`,
  })

/** Links behind a place, in order. */
export async function linksAfter(db: Queryable, place: number, limit: number): Promise<SealedLink[]> {
  const { rows } = await db.query<SealedLink & Record<string, unknown>>({
    name: 'audit-links-after',
    text: `SELECT ${LINK_COLUMNS} FROM audit_link WHERE audit_link.place > $1 ORDER BY audit_link.place LIMIT $2`,
    values: [place, limit],
  })
  return rows
}

export const linkOfRow = (db: Queryable, auditId: string): Promise<SealedLink | undefined> =>
  one<SealedLink & Record<string, unknown>>(db, { text: `SELECT ${LINK_COLUMNS} FROM audit_link WHERE audit_id = $1`, values: [auditId] })

/** Rows with numbers above `after` up to `upTo`, in order. */
export async function auditRowsBetween(db: Queryable, after: string, upTo: string, limit: number): Promise<AuditRow[]> {
  const { rows } = await db.query<AuditRow & Record<string, unknown>>({
    name: 'audit-rows-between',
    text: `SELECT ${AUDIT_COLUMNS} FROM audit a WHERE a.id > $1::bigint AND a.id <= $2::bigint ORDER BY a.id LIMIT $3`,
    values: [after, upTo, limit],
  })
  return rows
}

/** How many rows have numbers above this one; counted up to `cap`. */
export async function countAuditAfter(db: Queryable, id: string, cap: number): Promise<number> {
  const row = await one<{ count: number }>(db, {
    text: 'SELECT count(*)::int AS count FROM (SELECT FROM audit WHERE id > $1::bigint LIMIT $2) AS counted',
    values: [id, cap],
  })
  return row?.count ?? 0
}

const sealerLock = 7_270_737_060

/**
 * Adds links by what `make` says of the end of the chain, in one transaction, one sealer of all at a time.
 * @returns how many; undefined while another one is at it
 */
export const extendChain = (
  db: Database,
  make: (tx: Queryable, end: SealedLink | undefined) => Promise<AuditLink[]>,
): Promise<number | undefined> =>
  transaction(db, async tx => {
    const row = await one<{ mine: boolean }>(tx, { text: 'SELECT pg_try_advisory_xact_lock($1) AS mine', values: [sealerLock] })
    if (!row?.mine) return undefined
    const links = await make(tx, await lastLink(tx))
    if (links.length > 0)
      await tx.query({
        name: 'audit-add-links',
        text: 'INSERT INTO audit_link (place, audit_id, hash) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])',
        values: [links.map(({ place }) => place), links.map(({ auditId }) => auditId), links.map(({ hash }) => hash)],
      })
    return links.length
  })

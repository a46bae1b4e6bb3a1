import { one, type Queryable } from './pool'

/** A PGP key without its secret half. */
export interface PgpKeyRow {
  id: string
  /** Hexadecimal, upper case */
  fingerprint: string
  /** Armoured */
  publicKey: string
  createdAt: Date
  createdBy: string
  retiredAt: Date | null
}

const COLUMNS =
  'id, fingerprint, public_key AS "publicKey", created_at AS "createdAt", created_by AS "createdBy", retired_at AS "retiredAt"'

/** The one in use first, then the others from the newest on. */
export const readPgpKeys = async (db: Queryable): Promise<PgpKeyRow[]> =>
  (
    await db.query<PgpKeyRow & Record<string, unknown>>({
      text: `SELECT ${COLUMNS} FROM pgp_key ORDER BY retired_at DESC NULLS FIRST, created_at DESC, id`,
    })
  ).rows

/** Their sealed private halves, in the same order. */
export const readSealedPgpKeys = async (db: Queryable): Promise<{ fingerprint: string; sealed: Buffer }[]> =>
  (
    await db.query<{ fingerprint: string; sealed: Buffer }>({
      text: 'SELECT fingerprint, sealed FROM pgp_key ORDER BY retired_at DESC NULLS FIRST, created_at DESC, id',
    })
  ).rows

export const readPgpKey = (db: Queryable, fingerprint: string): Promise<PgpKeyRow | undefined> =>
  one<PgpKeyRow & Record<string, unknown>>(db, {
    text: `SELECT ${COLUMNS} FROM pgp_key WHERE fingerprint = $1`,
    values: [fingerprint],
  })

export const insertPgpKey = (db: Queryable, key: { fingerprint: string; publicKey: string; sealed: Buffer; createdBy: string }) =>
  db.query({
    text: 'INSERT INTO pgp_key (fingerprint, public_key, sealed, created_by) VALUES ($1, $2, $3, $4)',
    values: [key.fingerprint, key.publicKey, key.sealed, key.createdBy],
  })

/** Takes keys out of use, but for the one given; true when there was one. */
export async function endPgpKeys(db: Queryable, which: { only?: string; but?: string }): Promise<boolean> {
  const result = await db.query({
    text: `UPDATE pgp_key SET retired_at = CURRENT_TIMESTAMP
      WHERE retired_at IS NULL AND ($1::text IS NULL OR fingerprint = $1) AND ($2::text IS NULL OR fingerprint <> $2)`,
    values: [which.only ?? null, which.but ?? null],
  })
  return (result.rowCount ?? 0) > 0
}

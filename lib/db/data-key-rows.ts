import { one, type Queryable, type Transaction } from './pool'

/** A data key as the database has it: wrapped by the master key. */
export interface DataKeyRow {
  id: number
  wrapped: Buffer
}

/** The first row, as it was read: as long as it is unchanged, so is the master key. */
export type Witness = DataKeyRow

/** All data keys that are in use, from the first on. */
export const readDataKeys = async (db: Queryable): Promise<DataKeyRow[]> =>
  (await db.query<DataKeyRow & Record<string, unknown>>({ text: 'SELECT id, wrapped FROM data_key ORDER BY id' })).rows

export const readDataKey = (db: Queryable, id: number): Promise<DataKeyRow | undefined> =>
  one<DataKeyRow & Record<string, unknown>>(db, {
    name: 'read-data-key',
    text: 'SELECT id, wrapped FROM data_key WHERE id = $1',
    values: [id],
  })

/** Keeps the first data key of a database; of several that make it at once, one wins. */
export async function insertFirstDataKey(db: Queryable, { id, wrapped }: DataKeyRow): Promise<void> {
  await db.query({ text: 'INSERT INTO data_key (id, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING', values: [id, wrapped] })
  await db.query({ text: `SELECT setval(pg_get_serial_sequence('data_key', 'id'), (SELECT max(id) FROM data_key))` })
}

export async function nextDataKeyId(db: Queryable): Promise<number> {
  const row = await one<{ id: string }>(db, { text: `SELECT nextval(pg_get_serial_sequence('data_key', 'id')) AS id` })
  return Number(row?.id)
}

/**
 * Keeps a data key, unless the witness has changed: then another master key is in force than the one that wrapped it. A change under way is
 * waited for, and waits for this transaction in its turn.
 * @returns false when nothing was kept
 */
export async function insertDataKey(db: Queryable, { id, wrapped }: DataKeyRow, witness: Witness | undefined): Promise<boolean> {
  const result = witness
    ? await db.query({
        text: `WITH witness AS (SELECT FROM data_key WHERE id = $3 AND wrapped = $4 FOR SHARE)
          INSERT INTO data_key (id, wrapped) SELECT $1::int, $2::bytea FROM witness`,
        values: [id, wrapped, witness.id, witness.wrapped],
      })
    : await db.query({ text: 'INSERT INTO data_key (id, wrapped) VALUES ($1, $2)', values: [id, wrapped] })
  return result.rowCount === 1
}

/** Removes a data key whose first octets are those given; false when there is none. */
export async function removeDataKey(db: Queryable, id: number, header: Buffer): Promise<boolean> {
  const result = await db.query({
    text: 'DELETE FROM data_key WHERE id = $1 AND substring(wrapped FROM 1 FOR length($2::bytea)) = $2::bytea',
    values: [id, header],
  })
  return result.rowCount === 1
}

/** Reads all data keys for a change of the master key: until the transaction ends nobody adds one. */
export async function lockDataKeys(tx: Transaction): Promise<DataKeyRow[]> {
  // Those who add one hold the first row: only a statement that begins after they are done sees all.
  await tx.query({ text: 'SELECT FROM data_key ORDER BY id LIMIT 1 FOR UPDATE' })
  return (await tx.query<DataKeyRow & Record<string, unknown>>({ text: 'SELECT id, wrapped FROM data_key ORDER BY id FOR UPDATE' })).rows
}

export const replaceWrappedKeys = (tx: Transaction, rows: readonly DataKeyRow[]) =>
  tx.query({
    text: `UPDATE data_key SET wrapped = changed.wrapped FROM unnest($1::int[], $2::bytea[]) AS changed (id, wrapped)
      WHERE data_key.id = changed.id`,
    values: [rows.map(row => row.id), rows.map(row => row.wrapped)],
  })

/** What the page about keys at rest tells of data keys. */
export interface DataKeyFigures {
  count: number
  lastAt: Date | null
}

export async function dataKeyFigures(db: Queryable): Promise<DataKeyFigures> {
  const row = await one<DataKeyFigures & Record<string, unknown>>(db, {
    text: 'SELECT count(*)::int AS count, max(created_at) AS "lastAt" FROM data_key',
  })
  return row ?? { count: 0, lastAt: null }
}

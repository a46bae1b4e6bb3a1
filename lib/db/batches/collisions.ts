import type { Transaction } from '../pool'

/** A profile that has an ICCID or IMSI already. */
export interface Collision {
  value: string
  /** Null: of no batch */
  batchId: string | null
  /** Null: of no batch, so in stock */
  batchState: string | null
  line: number | null
}

/** What the chunk's lookups and copies run under: a fresh batch has no statistics yet, and a million rows must not be read for a few thousand. */
export const planForLookups = (tx: Transaction) =>
  tx.query({ text: `SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off` })

// One profile for each value is enough: test packages share an IMSI by the thousand.
const statement = (column: 'iccid' | 'imsi') =>
  `SELECT wanted.value, p.batch_id::text AS "batchId", b.state AS "batchState", p.line FROM unnest($1::text[]) AS wanted (value)
    CROSS JOIN LATERAL (SELECT batch_id, line FROM profile WHERE ${column} = wanted.value AND ${column} IS NOT NULL LIMIT 1) AS p
    LEFT JOIN batch b ON b.id = p.batch_id`

const statements = { iccid: statement('iccid'), imsi: statement('imsi') }

/** For each of these values one profile, of any batch or none, that has it. @param values each once */
export const findCollisions = async (tx: Transaction, column: 'iccid' | 'imsi', values: readonly string[]): Promise<Collision[]> =>
  values.length === 0 ? [] : (await tx.query<Collision & Record<string, unknown>>({ text: statements[column], values: [values] })).rows

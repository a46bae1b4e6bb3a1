import { one, type Queryable } from '../pool'

/** Tables that grow with every download, or call, and have no index by device: an index would cost each, so whoever looks for one walks. */
export type WalkedTable = 'profile_event' | 'notification' | 'es2_call'

/** Tuple identifiers: included, excluded. */
export interface BlockRange {
  from: string
  to: string
}

const usualBlocks = 4_096

/** How many blocks a table has. */
export async function blocksOf(db: Queryable, table: WalkedTable): Promise<number> {
  const row = await one<{ blocks: number }>(db, {
    text: `SELECT ceil(pg_relation_size($1::regclass) / current_setting('block_size')::float8)::int AS blocks`,
    values: [table],
  })
  return row?.blocks ?? 0
}

/** A table in steps that no statement's time runs out on; rows that come meanwhile may be left out. */
export async function* blockRanges(db: Queryable, table: WalkedTable, perStep = usualBlocks): AsyncGenerator<BlockRange, void> {
  const blocks = await blocksOf(db, table)
  for (let at = 0; at <= blocks; at += perStep) yield { from: `(${at},0)`, to: `(${at + perStep},0)` }
}

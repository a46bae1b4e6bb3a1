import type { Queryable } from '../pool'
import type { ProfileFilters } from './profile-filters'
import { openView, type ProfileRow, readRows, viewKeys } from './profile-list'
import type { Key } from './profile-list-walk'

/** What a table of profiles can say of one, in the order of its columns; nothing of it is a secret. */
export const PROFILE_COLUMNS = [
  'iccid',
  'state',
  'runtime',
  'type',
  'batch',
  'matchingId',
  'eid',
  'name',
  'imsi',
  'msisdn',
  'changed',
  'added',
] as const
export type ProfileColumn = (typeof PROFILE_COLUMNS)[number]

const CELL: Record<ProfileColumn, (row: ProfileRow) => string | null> = {
  iccid: row => row.iccid,
  state: row => row.state,
  runtime: row => row.runtimeState,
  type: row => row.type,
  batch: row => row.batch,
  matchingId: row => row.matchingId,
  eid: row => row.eid,
  name: row => row.packageName,
  imsi: row => row.imsi,
  msisdn: row => row.msisdn,
  changed: row => row.changedAt,
  added: row => row.addedAt,
}

const perStep = 5_000

/**
 * All profiles of a view, in the order of their ICCIDs, which unlike the other sorts nothing can change meanwhile: so none comes twice and none
 * is left out. Some thousand at a time, so that a million take no more memory.
 * @param shown masks in a row what whoever takes it does not see
 */
export async function* exportProfiles(
  db: Queryable,
  filters: ProfileFilters,
  columns: readonly ProfileColumn[],
  shown: (row: ProfileRow) => ProfileRow = row => row,
): AsyncGenerator<string[][]> {
  const view = await openView(db, filters)
  for (let from: Key | undefined; ; ) {
    const keys = await viewKeys(view, { sort: 'iccid', descending: false, from, limit: perStep })
    from = keys.at(-1)
    if (!from) return
    const rows = await readRows(
      db,
      keys.map(({ iccid }) => iccid),
    )
    yield rows.map(shown).map(row => columns.map(column => CELL[column](row) ?? ''))
  }
}

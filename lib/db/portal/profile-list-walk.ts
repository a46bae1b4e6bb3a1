import { PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import type { Queryable } from '../pool'
import { addedConditions, type ProfileFilters, passingConditions } from './profile-filters'
import type { Scope, ScopeBatch } from './profile-list-scope'
import { Parameters } from './profile-search'

/** A place in a sorted view: the time that it is sorted by, in milliseconds, 0 where it is sorted by ICCID alone; then the ICCID. */
export interface Key {
  at: number
  iccid: string
}

export const PROFILE_SORTS = ['changed', 'added', 'iccid'] as const
export type ProfileSort = (typeof PROFILE_SORTS)[number]

export interface Walk {
  scope: Scope
  filters: ProfileFilters
  /** In which profiles are looked for; all when empty */
  states: readonly ProfileState[]
  sort: ProfileSort
  descending: boolean
  /** Where to begin, exclusive; undefined for the first */
  from: Key | undefined
  limit: number
}

/** The predicate of the index `profile_changed`: all profiles but those that lie in stock as their batch brought them. */
const CHANGED = `(p.batch_id IS NULL OR p.state <> 'Available' OR p.state_since <> p.created_at)`

const milliseconds = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`

/** Above every ICCID. */
const end = '~'

/**
 * The next keys of a view in the order of its sort. Profiles that nobody has touched stand in their batches in the order of their ICCIDs, and
 * all of a batch have one time; the others have the index `profile_changed`. So each sort is a merge of ranges of indexes, one for each
 * batch and one or a few for the rest, and whatever is in no approved batch is not even passed over.
 */
export async function walk(db: Queryable, asked: Walk): Promise<Key[]> {
  const { limit, descending } = asked
  const batches = batchesAhead(asked)
  const isAfter = (a: Key, b: Key): boolean => (descending ? compareKeys(a, b) < 0 : compareKeys(a, b) > 0)
  const merged = (keys: Key[]): Key[] => keys.sort((a, b) => (isAfter(a, b) ? 1 : -1)).slice(0, limit)

  const firstWave = 8
  let keys = merged(
    (
      await Promise.all([
        asked.sort === 'changed' ? changed(db, asked) : singles(db, asked),
        inBatches(db, asked, batches.slice(0, firstWave)),
      ])
    ).flat(),
  )
  for (let at = firstWave, size = firstWave * 4; at < batches.length; at += size, size *= 4) {
    const last = keys[limit - 1]
    const next = batches[at]
    if (last && next && isAfter(next.bound, last)) break
    keys = merged([...keys, ...(await inBatches(db, asked, batches.slice(at, at + size)))])
  }
  return keys
}

const compareKeys = (a: Key, b: Key): number => a.at - b.at || (a.iccid < b.iccid ? -1 : a.iccid > b.iccid ? 1 : 0)

interface BatchAhead extends ScopeBatch {
  /** No key of the batch, nor of one behind it, comes before this. */
  bound: Key
  /** ICCID after which it is read */
  start: string
}

/** The batches that may have something to give, in the order in which they give it. */
function batchesAhead({ scope, states, sort, descending, from, filters }: Walk): BatchAhead[] {
  const untouched = sort === 'changed'
  if (untouched && ((states.length > 0 && !states.includes('Available')) || filters.runtimeStates.length > 0)) return []
  const ends = descending ? end : ''
  const sign = descending ? -1 : 1
  const ahead = scope.batches
    .map(batch => {
      const at = sort === 'iccid' ? 0 : batch.addedAt
      const extreme = sort !== 'iccid' ? ends : descending ? (batch.lastIccid ?? end) : (batch.firstIccid ?? '')
      return { ...batch, bound: { at, iccid: extreme }, start: from && from.at === at ? from.iccid : ends }
    })
    .filter(({ bound, firstIccid, lastIccid }) => {
      if (!from) return true
      if (bound.at !== from.at) return (bound.at - from.at) * sign > 0
      return descending ? firstIccid === undefined || firstIccid < from.iccid : lastIccid === undefined || lastIccid > from.iccid
    })
  return ahead.sort((a, b) => compareKeys(a.bound, b.bound) * sign)
}

const all = (conditions: string[]): string => conditions.join(' AND ')

/**
 * Keys out of batches. Ordering by the batch as well, which is one and the same in each range, leaves only the indexes that have all of the
 * range in one piece.
 */
async function inBatches(db: Queryable, { scope, filters, states, sort, descending, limit }: Walk, batches: BatchAhead[]): Promise<Key[]> {
  if (batches.length === 0) return []
  const parameters = new Parameters()
  const [direction, past, within] = descending ? ['DESC', '<', '>='] : ['ASC', '>', '<=']
  const of = (column: unknown[], type: string) => `${parameters.add(column)}::${type}[]`
  const wanted = sort === 'changed' ? ['Available'] : states
  const conditions = [
    `(p.batch_id, p.iccid) ${past} (b.id, b.start)`,
    `p.batch_id ${within} b.id`,
    ...(wanted.length ? ['p.type_id = b.type_id', 'p.state = s.state'] : []),
    ...(sort === 'changed' ? ['p.state_since = p.created_at'] : []),
    ...passingConditions(filters, scope.found, parameters),
  ]
  const { rows } = await db.query<[number, string]>({
    text: `SELECT b.at, w.iccid
      FROM unnest(${of(
        batches.map(({ id }) => id),
        'bigint',
      )}, ${of(
        batches.map(({ typeId }) => typeId),
        'uuid',
      )}, ${of(
        batches.map(({ start }) => start),
        'text',
      )}, ${of(
        batches.map(({ bound }) => bound.at),
        'float8',
      )}) AS b (id, type_id, start, at)
      ${wanted.length ? `CROSS JOIN unnest(${of([...wanted], 'text')}) AS s (state)` : ''}
      CROSS JOIN LATERAL (
        SELECT p.iccid FROM profile p WHERE ${all(conditions)} ORDER BY p.batch_id ${direction}, p.iccid ${direction} LIMIT ${limit}) AS w
      ORDER BY b.at ${direction}, w.iccid COLLATE "C" ${direction} LIMIT ${limit}`,
    values: parameters.values,
    rowMode: 'array',
  })
  return rows.map(([at, iccid]) => ({ at, iccid }))
}

/** Keys of profiles that came without a batch, by ICCID or by when they were added. */
async function singles(db: Queryable, asked: Walk): Promise<Key[]> {
  const { scope, filters, states, sort, descending, from, limit } = asked
  if (!scope.withSingles) return []
  const parameters = new Parameters()
  const [direction, past] = descending ? ['DESC', '<'] : ['ASC', '>']
  const byType = filters.type !== undefined || states.length > 0
  const others = ['p.batch_id IS NULL', ...addedConditions(filters, parameters), ...passingConditions(filters, scope.found, parameters)]

  if (sort === 'added') {
    const conditions = [
      ...others,
      `(p.created_at, p.iccid) ${past} ${place(from, descending, parameters)}`,
      ...(filters.type !== undefined ? [`p.type_id = ANY (${parameters.add(scope.types)}::uuid[])`] : []),
      ...(states.length ? [`p.state = ANY (${parameters.add(states)}::text[])`] : []),
    ]
    return keysOf(
      db,
      parameters,
      `SELECT ${milliseconds('p.created_at')}, p.iccid FROM profile p WHERE ${all(conditions)}
      ORDER BY p.created_at ${direction}, p.iccid ${direction} LIMIT ${limit}`,
    )
  }
  const start = `p.iccid ${past} ${parameters.add(from?.iccid ?? (descending ? end : ''))}`
  const range = (conditions: string[]) =>
    `SELECT 0::float8, p.iccid FROM profile p WHERE ${all([...conditions, ...others, start])}
      ORDER BY p.batch_id ${direction}, p.iccid ${direction} LIMIT ${limit}`
  if (!byType) return keysOf(db, parameters, range([]))
  return keysOf(
    db,
    parameters,
    `SELECT w.* FROM ${cells(scope, states, parameters)}
    CROSS JOIN LATERAL (${range(['p.type_id = t.id', 'p.state = s.state'])}) AS w (at, iccid) ORDER BY w.iccid COLLATE "C" ${direction} LIMIT ${limit}`,
  )
}

/** Keys of all profiles that do not lie in their batch untouched, by when they changed. */
function changed(db: Queryable, { scope, filters, states, descending, from, limit }: Walk): Promise<Key[]> {
  const parameters = new Parameters()
  const [direction, past] = descending ? ['DESC', '<'] : ['ASC', '>']
  const conditions = [
    'p.type_id = t.id',
    'p.state = s.state',
    CHANGED,
    `(p.state_since, p.iccid) ${past} ${place(from, descending, parameters)}`,
    ...(filters.batch === undefined ? [] : [`p.batch_id = ANY (${parameters.add(scope.batches.map(({ id }) => id))}::bigint[])`]),
    ...addedConditions(filters, parameters),
    ...passingConditions(filters, scope.found, parameters),
  ]
  return keysOf(
    db,
    parameters,
    `SELECT ${milliseconds('w.state_since')}, w.iccid FROM ${cells(scope, states, parameters)}
    CROSS JOIN LATERAL (
      SELECT p.state_since, p.iccid FROM profile p WHERE ${all(conditions)} ORDER BY p.state_since ${direction}, p.iccid ${direction} LIMIT ${limit}) AS w
    ORDER BY w.state_since ${direction}, w.iccid COLLATE "C" ${direction} LIMIT ${limit}`,
  )
}

/** Each type with each state: `t (id)`, `s (state)`. */
const cells = ({ types }: Scope, states: readonly ProfileState[], parameters: Parameters): string =>
  `unnest(${parameters.add(types)}::uuid[]) AS t (id) CROSS JOIN unnest(${parameters.add(states.length ? states : PROFILE_STATES)}::text[]) AS s (state)`

/** Where a walk by time begins. */
const place = (from: Key | undefined, descending: boolean, parameters: Parameters): string =>
  from
    ? `(${parameters.add(new Date(from.at))}::timestamptz, ${parameters.add(from.iccid)})`
    : descending
      ? `('infinity'::timestamptz, '')`
      : `('-infinity'::timestamptz, '')`

async function keysOf(db: Queryable, parameters: Parameters, text: string): Promise<Key[]> {
  const { rows } = await db.query<[number, string]>({ text, values: parameters.values, rowMode: 'array' })
  return rows.map(([at, iccid]) => ({ at, iccid }))
}

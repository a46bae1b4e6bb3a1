import type { Queryable } from './pool'

/** A table with secrets that the vault sealed, and the identity under which each is sealed. */
interface SealedTable {
  /** As people are told */
  name: string
  from: string
  /** Columns by which it is read from the beginning to the end, with their types */
  keys: Record<string, string>
  identity: string
  sealed: string
}

/** THE table of what is sealed in the database. */
export const SEALED_TABLES = [
  {
    name: 'deployment_secret',
    from: 'deployment_secret',
    keys: { name: 'text' },
    identity: `'deployment_secret:' || name`,
    sealed: 'sealed',
  },
  {
    name: 'credential',
    from: 'credential',
    keys: { number: 'smallint' },
    identity: `'credential:' || fingerprint`,
    sealed: 'private_key',
  },
  { name: 'pgp_key', from: 'pgp_key', keys: { id: 'uuid' }, identity: `'pgp_key:' || fingerprint`, sealed: 'sealed' },
  { name: 'transport_key', from: 'transport_key', keys: { id: 'uuid' }, identity: `'transport_key:' || id`, sealed: 'sealed' },
  { name: 'account', from: 'account', keys: { id: 'uuid' }, identity: `'account_totp:' || id`, sealed: 'totp_sealed' },
  {
    name: 'transport_key_part',
    from: 'transport_key, unnest(sealed_parts) WITH ORDINALITY AS part (content, number)',
    keys: { id: 'uuid', number: 'bigint' },
    identity: `'transport_key_part:' || id || ':' || number`,
    sealed: 'content',
  },
  { name: 'profile_template', from: 'profile_template', keys: { id: 'uuid' }, identity: `'profile_template:' || id`, sealed: 'sealed' },
  { name: 'profile_package', from: 'profile_package', keys: { iccid: 'text' }, identity: `'profile_package:' || iccid`, sealed: 'sealed' },
  {
    name: 'batch_faulty_row',
    from: 'batch_faulty_row',
    keys: { batch_id: 'bigint', line: 'int' },
    identity: `'batch_row:' || batch_id || ':' || line`,
    sealed: 'sealed',
  },
  {
    name: 'download_order',
    from: 'download_order',
    keys: { id: 'uuid' },
    identity: `'confirmation_code:' || id`,
    sealed: 'confirmation_code_hash',
  },
  {
    name: 'issue_run_code',
    from: 'issue_run_code',
    keys: { run_id: 'uuid', iccid: 'text' },
    identity: `'issue_run_code:' || run_id || ':' || iccid`,
    sealed: 'sealed',
  },
  { name: 'binding', from: 'binding', keys: { id: 'uuid' }, identity: `'binding:' || id`, sealed: 'sealed' },
  {
    name: 'document_piece',
    from: 'document_piece',
    keys: { document_id: 'uuid', place: 'int' },
    identity: `'document_piece:' || document_id || ':' || place`,
    sealed: 'sealed',
  },
  { name: 'endpoint_key', from: 'endpoint', keys: { id: 'uuid' }, identity: `'endpoint_key:' || id`, sealed: 'client_key' },
  { name: 'endpoint_secret', from: 'endpoint', keys: { id: 'uuid' }, identity: `'endpoint_secret:' || id`, sealed: 'secret' },
] as const satisfies readonly SealedTable[]
export type SealedTableName = (typeof SEALED_TABLES)[number]['name']

export interface SealedRow {
  identity: string
  sealed: Buffer
  /** Where it stands, for `rereadSealedRow` */
  place: unknown[]
}

const tables = new Map<string, SealedTable>(SEALED_TABLES.map(table => [table.name, table]))

function tableOf(name: SealedTableName): SealedTable {
  const table = tables.get(name)
  if (!table) throw new Error(`There is no table ${name} of secrets.`)
  return table
}

/** The condition that a row stands behind, or at, the place given by the first parameters. */
function placed({ keys }: SealedTable, operator: '>' | '='): string {
  const columns = Object.keys(keys)
  const values = Object.values(keys).map((type, i) => `$${i + 1}::${type}`)
  return `(${columns.join(', ')}) ${operator} (${values.join(', ')})`
}

// ORDER BY takes a name for that of an output column first: these must have other names than what is ordered by.
const columnsOf = ({ keys, identity, sealed }: SealedTable): string =>
  [identity, sealed, ...Object.keys(keys).map((column, i) => `${column}::text AS place_${i}`)].join(', ')

async function read(db: Queryable, text: string, values: unknown[]): Promise<SealedRow[]> {
  const { rows } = await db.query({ text, values, rowMode: 'array' })
  return (rows as unknown as [string, Buffer, ...unknown[]][]).map(([identity, sealed, ...place]) => ({ identity, sealed, place }))
}

/** The next rows behind `place`, from the first on when it is left out. */
export function readSealedRows(db: Queryable, name: SealedTableName, { place, limit }: { place?: unknown[]; limit: number }) {
  const table = tableOf(name)
  const behind = place ? `AND ${placed(table, '>')}` : ''
  const order = Object.keys(table.keys).join(', ')
  return read(
    db,
    `SELECT ${columnsOf(table)} FROM ${table.from} WHERE ${table.sealed} IS NOT NULL ${behind} ORDER BY ${order} LIMIT ${limit | 0}`,
    place ?? [],
  )
}

/** The same row once more; undefined when it is gone, or holds no secret any more. */
export async function rereadSealedRow(db: Queryable, name: SealedTableName, { place }: SealedRow): Promise<SealedRow | undefined> {
  const table = tableOf(name)
  const text = `SELECT ${columnsOf(table)} FROM ${table.from} WHERE ${table.sealed} IS NOT NULL AND ${placed(table, '=')}`
  return (await read(db, text, place))[0]
}

export async function countSealedRows(db: Queryable, name: SealedTableName): Promise<number> {
  const table = tableOf(name)
  const { rows } = await db.query<{ count: string }>({
    text: `SELECT count(*) AS count FROM ${table.from} WHERE ${table.sealed} IS NOT NULL`,
  })
  return Number(rows[0]?.count)
}

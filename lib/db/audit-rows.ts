import { one, type Queryable } from './pool'

/** Who did something, as a row of the audit has it. */
export interface AuditedActor {
  name: string
  kind: string
  address: string | null
}

/** A value that stands aside, so that it can be erased: the detail has the digest of it. */
export interface PersonalValue {
  /** Where it belongs in the detail: names and places with dots between them. */
  field: string
  value: string
  salt: Buffer
}

export interface NewAuditRow {
  target: string | null
  result: string
  /** JSON */
  detail: string | null
  personal: readonly PersonalValue[]
}

/** Adds one row, and what stands aside of it, by one statement. */
export async function insertAudit(db: Queryable, actor: AuditedActor, action: string, row: NewAuditRow): Promise<void> {
  const values = [actor.name, actor.kind, action, row.target, row.result, row.detail, actor.address]
  const insert = `INSERT INTO audit (actor, actor_kind, action, target, result, detail, address) VALUES ($1, $2, $3, $4, $5, $6, $7)`
  if (row.personal.length === 0) {
    await db.query({ name: 'audit', text: insert, values })
    return
  }
  await db.query({
    name: 'audit-personal',
    text: `WITH added AS (${insert} RETURNING id)
      INSERT INTO audit_personal (audit_id, field, value, salt)
      SELECT added.id, given.field, given.value, given.salt FROM added, unnest($8::text[], $9::text[], $10::bytea[]) AS given (field, value, salt)`,
    values: [...values, ...columnsOf(row.personal)],
  })
}

const columnsOf = (values: readonly PersonalValue[]) => [
  values.map(({ field }) => field),
  values.map(({ value }) => value),
  values.map(({ salt }) => salt),
]

/** Adds several rows of one action by one statement; they are numbered in the order in which they are given. */
export async function insertAudits(db: Queryable, actor: AuditedActor, action: string, rows: readonly NewAuditRow[]): Promise<void> {
  const personal = rows.flatMap((row, index) => row.personal.map(value => ({ ...value, place: index + 1 })))
  await db.query({
    name: 'audit-each',
    text: `WITH added AS (
        INSERT INTO audit (actor, actor_kind, action, target, result, detail, address)
        SELECT $1, $2, $3, target, result, detail, $4
        FROM unnest($5::text[], $6::text[], $7::jsonb[]) WITH ORDINALITY AS entry (target, result, detail, place) ORDER BY place
        RETURNING id),
      placed AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM added)
      INSERT INTO audit_personal (audit_id, field, value, salt)
      SELECT placed.id, given.field, given.value, given.salt
      FROM unnest($8::bigint[], $9::text[], $10::text[], $11::bytea[]) AS given (place, field, value, salt) JOIN placed USING (place)`,
    values: [
      actor.name,
      actor.kind,
      action,
      actor.address,
      rows.map(({ target }) => target),
      rows.map(({ result }) => result),
      rows.map(({ detail }) => detail),
      personal.map(({ place }) => place),
      ...columnsOf(personal),
    ],
  })
}

/** A row as it lies in the table: of personal data, its detail has the digest. */
export interface AuditRow {
  id: string
  at: Date
  actor: string
  /** account, key, cli, …; null in rows of earlier versions */
  actorKind: string | null
  action: string
  target: string | null
  result: string
  detail: unknown
  address: string | null
}

export const AUDIT_COLUMNS =
  'a.id::text AS id, a.at, a.actor, a.actor_kind AS "actorKind", a.action, a.target, a.result, a.detail, a.address'

export interface AuditFilters {
  /** Part of the name of whoever did it. */
  who?: string | undefined
  /** A verb. */
  what?: string | undefined
  /** To what, exactly, or with * at its end how it begins; also an EID, phone number and the like that stands aside. */
  target?: string | undefined
  result?: string | undefined
  from?: Date | undefined
  before?: Date | undefined
}

/** Rows lie by time, those of one moment by number. */
export interface AuditCursor {
  at: Date
  id: string
}

/** The names of those who have done anything. */
export async function auditActors(db: Queryable): Promise<string[]> {
  // PostgreSQL reads all rows for DISTINCT; this takes one step through the index for each name.
  const { rows } = await db.query<{ actor: string }>({
    name: 'audit-actors',
    text: `WITH RECURSIVE name AS (
        (SELECT actor FROM audit ORDER BY actor LIMIT 1)
        UNION ALL
        SELECT (SELECT a.actor FROM audit a WHERE a.actor > name.actor ORDER BY a.actor LIMIT 1) FROM name WHERE name.actor IS NOT NULL)
      SELECT actor FROM name WHERE actor IS NOT NULL`,
  })
  return rows.map(({ actor }) => actor)
}

// More are found by the filters beside.
const mostAside = 10_000

/** The newest rows that this value stands aside of. */
async function rowsAside(db: Queryable, value: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    text: 'SELECT audit_id::text AS id FROM audit_personal WHERE value = $1 ORDER BY audit_id DESC LIMIT $2',
    values: [value, mostAside],
  })
  return rows.map(({ id }) => id)
}

/** The conditions of a view, and their parameters. */
async function conditionOf(db: Queryable, filters: AuditFilters) {
  const values: unknown[] = []
  const parameter = (value: unknown) => `$${values.push(value)}`
  const conditions = ['true']
  const { who, what, target, result, from, before } = filters
  if (who) {
    const wanted = who.toLowerCase()
    const names = (await auditActors(db)).filter(name => name.toLowerCase().includes(wanted))
    conditions.push(`a.actor = ANY(${parameter(names)}::text[])`)
  }
  if (what) conditions.push(`a.action = ${parameter(what)}`)
  if (target?.endsWith('*')) conditions.push(`starts_with(a.target, ${parameter(target.slice(0, -1))})`)
  else if (target) {
    const ids = await rowsAside(db, target)
    const also = ids.length > 0 ? ` OR a.id = ANY(${parameter(ids)}::bigint[])` : ''
    conditions.push(`(a.target = ${parameter(target)}${also})`)
  }
  if (result) conditions.push(`a.result = ${parameter(result)}`)
  if (from) conditions.push(`a.at >= ${parameter(from)}`)
  if (before) conditions.push(`a.at < ${parameter(before)}`)
  return { values, parameter, conditions }
}

/** Rows of a view, newest first, from behind `after` on. */
export async function listAudit(
  db: Queryable,
  filters: AuditFilters,
  { after, limit }: { after?: AuditCursor | undefined; limit: number },
): Promise<AuditRow[]> {
  const { values, parameter, conditions } = await conditionOf(db, filters)
  if (after) conditions.push(`(a.at, a.id) < (${parameter(after.at)}::timestamptz, ${parameter(after.id)}::bigint)`)
  const { rows } = await db.query<AuditRow & Record<string, unknown>>({
    text: `SELECT ${AUDIT_COLUMNS} FROM audit a WHERE ${conditions.join(' AND ')} ORDER BY a.at DESC, a.id DESC LIMIT ${parameter(limit)}`,
    values,
  })
  return rows
}

export const readAuditRow = (db: Queryable, id: string): Promise<AuditRow | undefined> =>
  one<AuditRow & Record<string, unknown>>(db, { text: `SELECT ${AUDIT_COLUMNS} FROM audit a WHERE a.id = $1`, values: [id] })

/** What stands aside of these rows and was not erased, by the rows' ids. */
export async function personalOf(db: Queryable, ids: readonly string[]): Promise<Map<string, PersonalValue[]>> {
  const { rows } = await db.query<PersonalValue & { id: string }>({
    name: 'audit-personal-of',
    text: 'SELECT audit_id::text AS id, field, value, salt FROM audit_personal WHERE audit_id = ANY($1::bigint[]) ORDER BY audit_id, field',
    values: [ids],
  })
  const byId = new Map<string, PersonalValue[]>()
  for (const { id, ...value } of rows) byId.set(id, [...(byId.get(id) ?? []), value])
  return byId
}

/**
 * Erases what stands aside of a person, wherever one of these values is or was searched for; the rows stay, with digests that nobody can
 * tell anything from any more. @returns how many values
 */
export async function erasePersonal(db: Queryable, values: readonly string[]): Promise<number> {
  const wanted = values.filter(Boolean)
  if (wanted.length === 0) return 0
  const { rowCount } = await db.query({
    text: `DELETE FROM audit_personal WHERE value = ANY($1::text[])
      OR (field ~ '(^|[.])search$' AND EXISTS (SELECT FROM unnest($1::text[]) AS given WHERE strpos(lower(value), lower(given)) > 0))`,
    values: [wanted],
  })
  return rowCount ?? 0
}

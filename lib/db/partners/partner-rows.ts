import { one, type Queryable, type Transaction } from '@/lib/db/pool'

/** A profile type that a partner may use. */
export interface PartnerTypeRow {
  id: string
  name: string
}

/** Who orders by ES2+; see prisma/schema.prisma for the meanings. */
export interface PartnerRow {
  id: string
  name: string
  identifier: string
  allTypes: boolean
  headerVersion: string
  version: number
  createdAt: Date
  createdBy: string
  types: PartnerTypeRow[]
  /** When it last called by ES2+ */
  lastCallAt: Date | null
}

export interface PartnerSettings {
  name: string
  identifier: string
  allTypes: boolean
  headerVersion: string
}

const SELECT = `SELECT p.id, p.name, p.identifier, p.all_types AS "allTypes", p.header_version AS "headerVersion", p.version,
    p.created_at AS "createdAt", p.created_by AS "createdBy",
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name) ORDER BY t.name)
      FROM partner_type pt JOIN profile_type t ON t.id = pt.type_id WHERE pt.partner_id = p.id), '[]') AS types,
    (SELECT c.at FROM es2_call c WHERE c.partner_id = p.id ORDER BY c.id DESC LIMIT 1) AS "lastCallAt"
  FROM partner p WHERE p.removed_at IS NULL`

/** Those that are not removed, by name. */
export const readPartners = async (db: Queryable): Promise<PartnerRow[]> =>
  (await db.query<PartnerRow & Record<string, unknown>>({ text: `${SELECT} ORDER BY lower(p.name)` })).rows

/** @param id a UUID */
export const readPartnerRow = (db: Queryable, id: string): Promise<PartnerRow | undefined> =>
  one<PartnerRow & Record<string, unknown>>(db, { text: `${SELECT} AND p.id = $1`, values: [id] })

/** Holds a partner until the transaction ends, so that its settings, certificates and callback change one after the other. */
export const lockPartner = async (tx: Transaction, id: string): Promise<PartnerRow | undefined> => {
  const { rowCount } = await tx.query({ text: 'SELECT FROM partner WHERE id = $1 AND removed_at IS NULL FOR UPDATE', values: [id] })
  return rowCount === 1 ? readPartnerRow(tx, id) : undefined
}

export async function insertPartner(
  tx: Transaction,
  { name, identifier, allTypes, headerVersion }: PartnerSettings,
  made: { at: Date; by: string },
): Promise<string> {
  const row = await one<{ id: string }>(tx, {
    text: `INSERT INTO partner (name, identifier, all_types, header_version, created_at, created_by)
      VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
    values: [name, identifier, allTypes, headerVersion, made.at, made.by],
  })
  if (!row) throw new Error('The partner was not added.')
  return row.id
}

/** Whatever changes of a partner raises its version. @returns the new one */
export async function raisePartnerVersion(tx: Transaction, id: string): Promise<number> {
  const row = await one<{ version: number }>(tx, {
    text: 'UPDATE partner SET version = version + 1 WHERE id = $1 RETURNING version',
    values: [id],
  })
  if (!row) throw new Error('The partner is gone.')
  return row.version
}

export async function updatePartner(
  tx: Transaction,
  id: string,
  { name, identifier, allTypes, headerVersion }: PartnerSettings,
): Promise<void> {
  await tx.query({
    text: 'UPDATE partner SET name = $2, identifier = $3, all_types = $4, header_version = $5 WHERE id = $1',
    values: [id, name, identifier, allTypes, headerVersion],
  })
}

/** Which types a partner may use, in place of those before. @returns how many of them there are: fewer when one is gone */
export async function setPartnerTypes(tx: Transaction, id: string, typeIds: readonly string[]): Promise<number> {
  await tx.query({ text: 'DELETE FROM partner_type WHERE partner_id = $1', values: [id] })
  const { rowCount } = await tx.query({
    text: 'INSERT INTO partner_type (partner_id, type_id) SELECT $1, id FROM profile_type WHERE id = ANY($2::uuid[])',
    values: [id, typeIds],
  })
  return rowCount ?? 0
}

/** Its row stays, for its orders and calls; what opens something or goes out ends. */
export async function removePartnerRow(tx: Transaction, id: string, removed: { at: Date; by: string }): Promise<void> {
  await tx.query({
    text: 'UPDATE partner SET removed_at = $2, removed_by = $3, version = version + 1 WHERE id = $1',
    values: [id, removed.at, removed.by],
  })
  await tx.query({ text: 'DELETE FROM partner_certificate WHERE partner_id = $1', values: [id] })
  await tx.query({
    text: 'UPDATE endpoint SET removed_at = $2, client_key = NULL, secret = NULL WHERE partner_id = $1 AND removed_at IS NULL',
    values: [id, removed.at],
  })
}

import { one, type Queryable } from '../pool'
import type { TemplateRow } from '../template-rows'
import { type ProfileTypeRow, typeColumns } from '../type-rows'

export interface TypeRow extends Omit<ProfileTypeRow, 'icon'> {
  /** base64 */
  icon: string | null
  /** Profiles in stock in any state and those that can be ordered, each counted up to the cap of the profiles page, plus one */
  profiles: number
  available: number
}

/** Profiles of `profile_type t` that are stock: those of no batch, and batch by batch those of approved ones, so that drafts are not read. */
const stockOf = (condition: string) => `SELECT 1 FROM profile p WHERE p.type_id = t.id AND p.batch_id IS NULL ${condition}
  UNION ALL SELECT 1 FROM batch b JOIN profile p ON p.type_id = t.id AND p.batch_id = b.id ${condition}
  WHERE b.type_id = t.id AND b.state = 'approved'`

const WITH_STOCK = `SELECT ${typeColumns('icon')}, encode(t.icon, 'base64') AS icon, p.count AS profiles, a.count AS available
  FROM profile_type t,
    LATERAL (SELECT count(*)::int AS count FROM (SELECT 1 FROM (${stockOf('')}) AS stocked LIMIT $1) AS capped) AS p,
    LATERAL (SELECT count(*)::int AS count FROM (SELECT 1 FROM (${stockOf(`AND p.state = 'Available'`)}) AS stocked LIMIT $1) AS capped) AS a`

const read = ({ icon, ...row }: TypeRow & Record<string, unknown>): TypeRow => ({ ...row, icon: icon?.replace(/\s/g, '') ?? null })

/** All profile types by name, with how many profiles they have. */
export async function typesWithStock(db: Queryable, cap: number): Promise<TypeRow[]> {
  const { rows } = await db.query<TypeRow & Record<string, unknown>>({ text: `${WITH_STOCK} ORDER BY t.name`, values: [cap + 1] })
  return rows.map(read)
}

export interface TypeDetail extends TypeRow {
  template: Omit<TemplateRow, 'digest'> | null
  /** Profiles or files of subscribers have come in, drafts included: what devices they are for cannot change any more */
  inUse: boolean
}

/** One type with all that its page shows. @param id a UUID */
export async function typeDetail(db: Queryable, id: string, cap: number): Promise<TypeDetail | undefined> {
  const row = await one<TypeRow & { template: TypeDetail['template']; inUse: boolean } & Record<string, unknown>>(db, {
    text: `SELECT s.*, m.template, EXISTS (SELECT FROM profile WHERE type_id = s.id) OR EXISTS (SELECT FROM batch WHERE type_id = s.id) AS "inUse"
      FROM (${WITH_STOCK} WHERE t.id = $2) AS s LEFT JOIN LATERAL (
        SELECT json_build_object('id', id, 'name', name, 'bytes', bytes, 'createdAt', created_at, 'createdBy', created_by) AS template
        FROM profile_template WHERE id = s."templateId") AS m ON true`,
    values: [cap + 1, id],
  })
  if (!row) return undefined
  const { template } = row
  return { ...read(row), inUse: row.inUse, template: template && { ...template, createdAt: new Date(template.createdAt) } }
}

/** Names of all types, for filters and forms. */
export async function typeNames(db: Queryable): Promise<{ name: string; live: boolean; hasTemplate: boolean }[]> {
  const { rows } = await db.query<{ name: string; live: boolean; hasTemplate: boolean }>({
    text: 'SELECT name, live, template_id IS NOT NULL AS "hasTemplate" FROM profile_type ORDER BY name',
  })
  return rows
}

import type { Queryable } from '../pool'

export interface TypeRow {
  id: string
  name: string
  live: boolean
  profileClass: string
  serviceProviderName: string | null
  profileName: string | null
  iconType: 'jpg' | 'png' | null
  /** base64 */
  icon: string | null
  protection: 'session' | 'random'
  downloadLimit: number
  confirmationLimit: number
  onRejection: 'keep' | 'end'
  strict: boolean
  createdAt: Date
  createdBy: string
  /** Each counted up to the cap of the profiles page, plus one */
  profiles: number
  available: number
}

/** All profile types by name, with how many profiles they have. */
export async function typesWithStock(db: Queryable, cap: number): Promise<TypeRow[]> {
  const { rows } = await db.query<TypeRow & Record<string, unknown>>({
    text: `
      SELECT t.id, t.name, t.live, t.profile_class AS "profileClass", t.service_provider_name AS "serviceProviderName",
        t.profile_name AS "profileName", t.icon_type AS "iconType", encode(t.icon, 'base64') AS icon, t.protection,
        t.download_limit AS "downloadLimit", t.confirmation_limit AS "confirmationLimit", t.on_rejection AS "onRejection", t.strict,
        t.created_at AS "createdAt", t.created_by AS "createdBy", p.count AS profiles, a.count AS available
      FROM profile_type t,
        LATERAL (SELECT count(*)::int AS count FROM (SELECT 1 FROM profile WHERE type_id = t.id LIMIT $1) AS capped) AS p,
        LATERAL (SELECT count(*)::int AS count FROM (SELECT 1 FROM profile WHERE type_id = t.id AND state = 'Available' LIMIT $1) AS capped) AS a
      ORDER BY t.name`,
    values: [cap + 1],
  })
  return rows
}

/** Names of all types, for filters and forms. */
export async function typeNames(db: Queryable): Promise<{ name: string; live: boolean }[]> {
  const { rows } = await db.query<{ name: string; live: boolean }>({ text: 'SELECT name, live FROM profile_type ORDER BY name' })
  return rows
}

import { one, type Queryable } from '../pool'

/** How the tables of a vendor were read last; undefined when nobody knows. */
export const readVendorMapping = async (db: Queryable, name: string): Promise<unknown> =>
  (await one<{ mapping: unknown }>(db, { text: 'SELECT mapping FROM vendor WHERE name = $1', values: [name] }))?.mapping ?? undefined

/** Remembers how a vendor's tables are read. */
export const rememberMapping = (db: Queryable, { name, mapping, at, by }: { name: string; mapping: object; at: Date; by: string }) =>
  db.query({
    text: `INSERT INTO vendor (name, mapping, updated_at, updated_by) VALUES ($1, $2, $3, $4)
      ON CONFLICT (name) DO UPDATE SET mapping = excluded.mapping, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
    values: [name, JSON.stringify(mapping), at, by],
  })

export const vendorNames = async (db: Queryable): Promise<string[]> =>
  (await db.query<{ name: string }>({ text: 'SELECT name FROM vendor ORDER BY name' })).rows.map(({ name }) => name)

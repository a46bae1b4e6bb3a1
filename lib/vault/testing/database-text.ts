import type { Database } from '@/lib/db/pool'

/** Everything that the database holds, table by table, as its own text: what a dump or a curious reader gets. */
export async function* databaseText(db: Database): AsyncGenerator<{ table: string; text: string }, void> {
  const { rows } = await db.query<{ schema: string; name: string }>({
    text: `SELECT schemaname AS schema, tablename AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`,
  })
  for (const { schema, name } of rows) {
    const found = await db.query<{ text: string }>({ text: `SELECT t::text AS text FROM "${schema}"."${name}" t` })
    yield { table: `${schema}.${name}`, text: found.rows.map(row => row.text).join('\n') }
  }
}

import type { Database } from '@/lib/db/pool'

export const typeName = 'bench'

/** Profiles in stock, without packages: nobody downloads them here. */
export async function addStock(db: Database, count: number): Promise<void> {
  await db.query({
    text: `INSERT INTO profile_type (name, service_provider_name, created_by) VALUES ($1, 'Slipway', 'cli:bench')`,
    values: [typeName],
  })
  await db.query({
    text: `INSERT INTO profile (iccid, type_id, saip_version, package_bytes, install_bytes, created_by)
      SELECT '894400000000' || lpad(n::text, 7, '0'), (SELECT id FROM profile_type WHERE name = $1), '2.3', 1, 1, 'cli:bench'
      FROM generate_series(1, $2::int) n`,
    values: [typeName, count],
  })
  await db.query({ text: 'ANALYZE profile' })
}

import type { Database } from '../../pool'

interface Filling {
  profiles: number
  /** Rows of a draft beside them, which no page may show */
  draft: number
  progress: (step: string) => void
}

const years = '1060 days'

/**
 * A stock as it is after some years: 20 types; 60 batches of which one has two fifths of all and one a fifth; a fiftieth without a batch. The old batches
 * are sold out, a third of the others is sold from their beginning on, most of it installed.
 */
export async function fillStock(db: Database, { profiles, draft, progress }: Filling): Promise<void> {
  const run = (text: string, values: unknown[] = []) => db.query({ text, values })
  const [first, second, singles] = [Math.round(profiles * 0.4), Math.round(profiles * 0.2), Math.round(profiles * 0.02)]
  const others = Math.floor((profiles - first - second - singles) / 58)
  const last = profiles - first - second - singles - others * 57

  progress('types and batches')
  await run(
    `INSERT INTO profile_type (name, live, created_by) SELECT 'type-' || lpad(n::text, 2, '0'), n % 3 = 0, 'bench' FROM generate_series(1, 20) n`,
  )
  await run(
    `INSERT INTO batch (id, type_id, state, name, format, rows_kept, created_at, created_by, decided_at)
      SELECT n, (SELECT id FROM profile_type WHERE name = CASE WHEN n IN (5, 30) THEN 'type-01' ELSE 'type-' || lpad((n % 20 + 1)::text, 2, '0') END),
        'approved', 'batch ' || n, 'csv', CASE n WHEN 5 THEN $1::int WHEN 30 THEN $2 WHEN 60 THEN $4 ELSE $3 END, at, 'bench', at + interval '1 hour'
      FROM (SELECT n, now() - interval '${years}' + n * interval '${years}' / 61 AS at FROM generate_series(1, 60) n) b`,
    [first, second, others, last],
  )
  await run(`UPDATE batch b SET first_iccid = '8988' || lpad((before + 1)::text, 15, '0'), last_iccid = '8988' || lpad((before + rows_kept)::text, 15, '0') || '9'
    FROM (SELECT id, coalesce(sum(rows_kept) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before FROM batch) s WHERE s.id = b.id`)
  progress('profiles')
  const columns =
    'iccid, type_id, state_since, created_at, imsi, msisdn, batch_id, line, saip_version, package_bytes, install_bytes, created_by'
  const rowsOf = (state: string, issuer: string, network: string) => `INSERT INTO profile (${columns})
    SELECT '${issuer}' || lpad(n::text, 15, '0') || n % 10, type_id, at, at, '${network}' || lpad(n::text, 10, '0'), '+88${network[4]}' || lpad(n::text, 9, '0'), id, i,
      '2.3', 12000, 12000, 'bench'
    FROM (SELECT b.*, i, coalesce(substr(first_iccid, 5)::int - 1, 0) + i AS n, b.created_at AS at FROM batch b, generate_series(1, b.rows_kept) i WHERE b.state = '${state}') s`
  await run(rowsOf('approved', '8988', '00101'))
  await run(
    `INSERT INTO profile (${columns})
      SELECT '8977' || lpad(n::text, 15, '0') || n % 10, (SELECT id FROM profile_type WHERE name = 'type-04'), at, at, '00102' || lpad(n::text, 10, '0'),
        '+882' || lpad(n::text, 9, '0'), NULL, NULL, '2.3', 12000, 12000, 'bench'
      FROM (SELECT n, now() - interval '1400 days' + n * interval '5 minutes' AS at FROM generate_series(1, $1::int) n) s`,
    [singles],
  )
  progress('what was sold')
  await run(`CREATE TABLE bench_sold AS
    SELECT p.iccid, gen_random_uuid() AS order_id, random() AS r,
      least(now(), p.created_at + p.line::float / b.rows_kept * interval '500 days' + interval '1 day' + random() * interval '1 day') AS at
    FROM profile p JOIN batch b ON b.id = p.batch_id WHERE p.line < b.rows_kept * CASE WHEN b.id < 8 THEN 1.1 WHEN b.id < 50 THEN 0.35 ELSE 0.05 END`)
  await run(`INSERT INTO download_order (id, iccid, eid, matching_id, smdp_address, confirmation_limit, download_limit, created_at, created_by, closed_at, outcome)
    SELECT order_id, iccid, CASE WHEN r < 0.05 THEN '8904903212345' || lpad((r * 1e15)::bigint::text, 19, '0') END,
      upper(substr(md5(iccid), 1, 5) || '-' || substr(md5(iccid), 6, 5) || '-' || substr(md5(iccid), 11, 5) || '-' || substr(md5(iccid), 16, 5)),
      'smdp.example.com', 3, 10, at, 'bench', CASE WHEN r < 0.92 THEN at END, CASE WHEN r < 0.92 THEN 'installed' END FROM bench_sold`)
  await run(`UPDATE profile p SET state_since = at, order_id = CASE WHEN r >= 0.92 AND r < 0.968 THEN s.order_id END,
      state = CASE WHEN r < 0.92 THEN 'Installed' WHEN r < 0.95 THEN 'Released' WHEN r < 0.96 THEN 'Downloaded' WHEN r < 0.962 THEN 'Error'
        WHEN r < 0.965 THEN 'Confirmed' WHEN r < 0.967 THEN 'Allocated' WHEN r < 0.968 THEN 'Linked' ELSE 'Unavailable' END,
      eid = CASE WHEN r < 0.92 OR r BETWEEN 0.95 AND 0.962 THEN '8904903212345' || lpad((r * 1e15)::bigint::text, 19, '0') END,
      runtime_state = CASE WHEN r < 0.75 THEN 'Enabled' WHEN r < 0.85 THEN 'Disabled' WHEN r < 0.88 THEN 'Deleted' END
    FROM bench_sold s WHERE s.iccid = p.iccid`)
  await run('DROP TABLE bench_sold')
  if (draft > 0) {
    progress('a draft')
    await run(
      `INSERT INTO batch (id, type_id, state, name, format, rows_kept, created_at, created_by)
        SELECT 61, id, 'draft', 'draft', 'csv', $1, now() - interval '1 hour', 'bench' FROM profile_type WHERE name = 'type-01'`,
      [draft],
    )
    await run(rowsOf('draft', '8966', '00109'))
  }
  progress('statistics')
  await run('VACUUM ANALYZE')
}

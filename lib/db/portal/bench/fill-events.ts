import type { Database } from '../../pool'

interface Filling {
  events: number
  progress: (step: string) => void
}

/** Of one eSIM whose phone has been trying for days */
export const restlessEvents = 5_000

// What becomes of an order: the hours after it was made, the event, and in which of its sessions.
const steps = `(VALUES
  (0, 0.0, 'ops@example.com', 'downloadOrder', 'ok', NULL, 0),
  (1, 0.0, 'ops@example.com', 'confirmOrder', 'ok', NULL, 0),
  (2, 2.0, 'device', 'authenticateClient', 'ok', NULL, 2),
  (3, 2.01, 'device', 'getBoundProfilePackage', 'ok', NULL, 2),
  (4, 2.02, 'device', 'installationResult', 'ok', NULL, 2),
  (5, 2.1, 'device', 'notification', 'ok', NULL, 0),
  (6, 1.0, 'device', 'authenticateClient', 'refused', 'insufficientMemory', 1),
  (7, 0.1, 'ops@example.com', 'linkMade', 'ok', NULL, 0),
  (8, 1.5, 'device', 'authenticateClient', 'ok', NULL, 3),
  (9, 1.51, 'device', 'cancelSession', 'ok', NULL, 3)
) AS step (n, hours, actor, kind, outcome, status, session)`

const data = `CASE kind
  WHEN 'authenticateClient' THEN jsonb_build_object('svn', '2.5.0', 'tac', lpad((35290000 + turn % 500)::text, 8, '0'), 'freeMemory', 38000 + turn % 100000,
    'neededMemory', 52000, 'profileVersion', '2.3.1', 'firmware', '1.0.0', 'category', 2)
  WHEN 'installationResult' THEN '{"success": true}'::jsonb
  WHEN 'cancelSession' THEN '{"reason": 1, "effect": "kept"}'::jsonb
  WHEN 'notification' THEN '{"event": "enable", "effect": "applied"}'::jsonb
END`

/**
 * The timeline of a stock that `fillStock` has made: every order has been through its steps, in the order of time, so that the rows of one profile
 * lie scattered among those of all others. A fiftieth are of devices with codes that no order has; one profile has thousands.
 */
export async function fillEvents(db: Database, { events, progress }: Filling): Promise<void> {
  const run = (text: string, values: unknown[] = []) => db.query({ text, values })
  const strays = Math.floor(events / 50)
  const indexes = ['profile_event_iccid_id_idx', 'profile_event_stray_eid', 'profile_event_stray']
  const { rows: definitions } = await db.query<{ name: string; definition: string }>({
    text: 'SELECT indexname AS name, indexdef AS definition FROM pg_indexes WHERE indexname = ANY ($1)',
    values: [indexes],
  })
  for (const { name } of definitions) await run(`DROP INDEX ${name}`)

  const { rows: counted } = await db.query<{ orders: number }>({ text: 'SELECT count(*)::int AS orders FROM download_order' })
  const perOrder = (events - strays - restlessEvents) / (counted[0]?.orders || 1)

  progress('events')
  await run(
    `INSERT INTO profile_event (at, iccid, order_id, eid, transaction_id, actor, kind, outcome, status, data)
      SELECT least(now(), made + (hours + turn % 50 + 60 * round) * interval '1 hour'), iccid, order_id, CASE WHEN session > 0 THEN eid END,
        CASE WHEN session > 0 THEN upper(md5(iccid || session || round)) END, actor, kind, outcome, status, ${data}
      FROM (SELECT o.id AS order_id, o.iccid, o.created_at AS made, coalesce(p.eid, o.eid) AS eid, row_number() OVER () AS turn
        FROM download_order o JOIN profile p ON p.iccid = o.iccid) o, generate_series(0, ceil($1::float)::int - 1) AS i, LATERAL (SELECT i / 10 AS round) r, ${steps}
      WHERE step.n = i % 10 AND (i + 1 <= $1 OR random() < $1::numeric % 1)
      ORDER BY 1`,
    [perOrder],
  )
  await run(
    `INSERT INTO profile_event (at, eid, transaction_id, actor, kind, outcome, status, data)
      SELECT now() - interval '30 days' + n * interval '2 seconds', '8904903299999' || lpad((n % 5000)::text, 19, '0'), upper(md5(n::text)), 'device',
        'authenticateClient', 'refused', 'matchingIdRefused', '{"tac": "35290611", "matchingId": "NOT-OF-OURS"}'
      FROM generate_series(1, $1::int) n`,
    [strays],
  )
  await run(
    `INSERT INTO profile_event (at, iccid, order_id, eid, transaction_id, actor, kind, outcome, status, data)
      SELECT now() - interval '5 days' + turn * interval '80 seconds', iccid, id, '89049032999990000000000000000001', upper(md5('restless' || turn / 2)), 'device',
        kind, 'ok', NULL, ${data}
      FROM (SELECT iccid, id, turn, CASE turn % 2 WHEN 0 THEN 'authenticateClient' ELSE 'cancelSession' END AS kind
        FROM (SELECT iccid, id FROM download_order WHERE closed_at IS NULL ORDER BY iccid LIMIT 1) o, generate_series(1, $1::int) turn) o ORDER BY turn`,
    [restlessEvents],
  )
  progress('indexes of the events')
  for (const { definition } of definitions) await run(definition)
  await run(`UPDATE download_order SET reference = 'SHOP-' || upper(substr(md5(iccid), 1, 10)), customer_email = substr(md5(iccid), 21, 10) || '@example.com'
    WHERE right(iccid, 1) IN ('0', '1', '2', '3')`)
  progress('statistics of the events')
  await run('VACUUM ANALYZE profile_event')
  await run('VACUUM ANALYZE download_order')
}

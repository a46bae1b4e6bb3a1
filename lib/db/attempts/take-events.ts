import type { EventRange } from '../event-reader'
import type { Transaction } from '../pool'
import { silentAfter, TALLIED, tallying } from './tally'

const STEPS = `('authenticateClient', 'getBoundProfilePackage', 'cancelSession', 'installationResult')`

/** What an LPA's cancel only follows: it comes after every failed step. */
const OVER = `('refused', 'installed', 'failed')`

const lastOf = (column: string, condition: string) => `(array_agg(${column} ORDER BY id DESC) FILTER (WHERE ${condition}))[1]`

/**
 * The same decision as `attemptsOf` of lib/rsp/explain, for a range of events at once: the last event that is no cancel decides, or the last
 * cancel behind it where nothing was over yet. `download_attempt` stands for everything before the range.
 */
const DECIDED = `WITH event AS (
    SELECT id, at, transaction_id, iccid, order_id, kind,
      CASE WHEN eid ~ '^[0-9]{32}$' THEN left(eid, 8) END AS eum,
      CASE WHEN data->>'tac' ~ '^[0-9]{8}$' THEN data->>'tac' END AS tac,
      CASE WHEN data->>'svn' ~ '^[0-9.]{1,11}$' THEN data->>'svn' END AS svn,
      CASE WHEN kind = 'installationResult' THEN CASE WHEN data->>'success' = 'false' THEN 'failed' ELSE 'installed' END
        WHEN kind = 'cancelSession' THEN 'cancelled' WHEN outcome = 'refused' THEN 'refused' ELSE 'open' END AS result,
      CASE WHEN kind = 'installationResult' AND data->>'success' = 'false' THEN 'install:' || coalesce(data->>'errorReason', '')
        WHEN kind = 'cancelSession' THEN 'cancel:' || coalesce(data->>'reason', '')
        WHEN kind <> 'installationResult' AND outcome = 'refused' THEN coalesce(status, '') ELSE '' END AS reason
    FROM profile_event WHERE id > $1::bigint AND id <= $2::bigint AND transaction_id IS NOT NULL AND kind IN ${STEPS}),
  session AS (
    SELECT transaction_id, min(at) AS at, max(iccid) AS iccid, max(order_id::text)::uuid AS order_id,
      coalesce(max(eum), '') AS eum, coalesce(max(tac), '') AS tac, coalesce(max(svn), '') AS svn,
      max(id) FILTER (WHERE result <> 'cancelled') AS decided, max(id) FILTER (WHERE result = 'cancelled') AS cancelled,
      ${lastOf('result', `result <> 'cancelled'`)} AS result, ${lastOf('reason', `result <> 'cancelled'`)} AS reason,
      ${lastOf('at', `result <> 'cancelled'`)} AS decided_at,
      ${lastOf('reason', `result = 'cancelled'`)} AS cancel_reason, ${lastOf('at', `result = 'cancelled'`)} AS cancelled_at
    FROM event GROUP BY transaction_id),
  judged AS (
    SELECT s.transaction_id, coalesce(a.at, s.at) AS at, coalesce(a.iccid, s.iccid) AS iccid, coalesce(a.order_id, s.order_id) AS order_id,
      CASE WHEN a.transaction_id IS NULL THEN p.type_id ELSE a.type_id END AS type_id,
      coalesce(a.eum, s.eum) AS eum, coalesce(a.tac, s.tac) AS tac, coalesce(a.svn, s.svn) AS svn,
      a.result AS old_result, a.reason AS old_reason, coalesce(a.enabled, false) AS enabled,
      CASE WHEN c.cancels THEN 'cancelled' ELSE coalesce(s.result, a.result) END AS result,
      CASE WHEN c.cancels THEN s.cancel_reason ELSE coalesce(s.reason, a.reason) END AS reason,
      CASE WHEN c.cancels THEN s.cancelled_at ELSE coalesce(s.decided_at, a.ended_at) END AS decided_at
    FROM session s
      LEFT JOIN download_attempt a ON a.transaction_id = s.transaction_id
      LEFT JOIN profile p ON p.iccid = s.iccid
      CROSS JOIN LATERAL (SELECT s.cancelled > coalesce(s.decided, 0) AND coalesce(s.result, a.result, '') NOT IN ${OVER} AS cancels) c),
  attempt AS (
    SELECT transaction_id, at, iccid, order_id, type_id, eum, tac, svn, old_result, old_reason, reason, decided_at, enabled,
      CASE WHEN result = 'open' AND at <= statement_timestamp() - $3::interval THEN 'noResult' ELSE result END AS result
    FROM judged),
  kept AS (
    INSERT INTO download_attempt (transaction_id, at, iccid, order_id, type_id, eum, tac, svn, result, reason, ended_at, issued_seconds, enabled)
    SELECT a.transaction_id, a.at, a.iccid, a.order_id, a.type_id, a.eum, a.tac, a.svn, a.result, a.reason,
      CASE WHEN a.result NOT IN ('open', 'noResult') THEN a.decided_at END,
      CASE WHEN a.result = 'installed' THEN greatest(0, extract(epoch FROM a.decided_at - o.created_at))::int END,
      -- The eUICC may tell that it enabled the profile before it tells that it installed it.
      a.enabled OR a.result = 'installed' AND EXISTS (
        SELECT FROM profile_event n WHERE n.iccid = a.iccid AND n.id <= $2::bigint AND n.at >= a.at AND n.kind = 'notification' AND n.data->>'event' = 'enable')
    FROM attempt a LEFT JOIN download_order o ON o.id = a.order_id
    ON CONFLICT (transaction_id) DO UPDATE SET result = excluded.result, reason = excluded.reason, ended_at = excluded.ended_at,
      issued_seconds = excluded.issued_seconds, enabled = excluded.enabled),
  moved AS (
    SELECT ${TALLIED}, result, reason, 1 AS change FROM attempt
    UNION ALL SELECT ${TALLIED}, old_result, old_reason, -1 FROM attempt WHERE old_result IS NOT NULL)`

const ENABLED = `UPDATE download_attempt a SET enabled = true
  FROM (SELECT iccid, max(at) AS at FROM profile_event
    WHERE id > $1::bigint AND id <= $2::bigint AND kind = 'notification' AND data->>'event' = 'enable' GROUP BY iccid) n
  WHERE a.iccid = n.iccid AND a.result = 'installed' AND NOT a.enabled AND a.at <= n.at`

/** Turns a range of the timeline into attempts, and moves the tally of the days on which they began. Each event is to be given once, in order. */
export async function takeAttempts(tx: Transaction, { after, upTo }: EventRange): Promise<void> {
  await tx.query(tallying(DECIDED, [after, upTo, silentAfter]))
  await tx.query({ text: ENABLED, values: [after, upTo] })
}

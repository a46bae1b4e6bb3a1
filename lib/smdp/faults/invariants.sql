-- What must hold at any moment between two transactions. One row for each thing that is wrong: the sentence that is broken, and what it is about.

SELECT 'a profile with an order under way names an open order of its own' AS broken, p.iccid || ' ' || p.state AS what
FROM profile p LEFT JOIN download_order o ON o.id = p.order_id AND o.iccid = p.iccid AND o.closed_at IS NULL
WHERE p.state IN ('Allocated', 'Linked', 'Confirmed', 'Released', 'Downloaded') AND o.id IS NULL

UNION ALL
SELECT 'a profile in any other state names no order', p.iccid || ' ' || p.state
FROM profile p WHERE p.state NOT IN ('Allocated', 'Linked', 'Confirmed', 'Released', 'Downloaded') AND p.order_id IS NOT NULL

UNION ALL
SELECT 'an open order is the one that its profile names', o.id::text
FROM download_order o JOIN profile p ON p.iccid = o.iccid WHERE o.closed_at IS NULL AND p.order_id IS DISTINCT FROM o.id

UNION ALL
SELECT 'an order is closed if and only if it has an outcome', o.id::text
FROM download_order o WHERE (o.closed_at IS NULL) <> (o.outcome IS NULL)

UNION ALL
SELECT 'every profile has its package', p.iccid
FROM profile p LEFT JOIN profile_package k ON k.iccid = p.iccid WHERE k.iccid IS NULL

UNION ALL
SELECT 'no package is without its profile', k.iccid
FROM profile_package k LEFT JOIN profile p ON p.iccid = k.iccid WHERE p.iccid IS NULL

UNION ALL
SELECT 'a profile that was given out names its eUICC', p.iccid || ' ' || p.state
FROM profile p WHERE p.state IN ('Downloaded', 'Installed') AND p.eid IS NULL

UNION ALL
SELECT 'a downloaded profile has the binding that it names, for its eUICC and its order', p.iccid
FROM profile p LEFT JOIN binding b ON b.id = p.binding_id
WHERE p.state = 'Downloaded' AND (b.id IS NULL OR b.eid IS DISTINCT FROM p.eid OR b.order_id IS DISTINCT FROM p.order_id)

UNION ALL
SELECT 'a profile that waits for its download is bound to no eUICC', p.iccid || ' ' || p.state
FROM profile p
WHERE p.state IN ('Available', 'Allocated', 'Linked', 'Confirmed', 'Released') AND (p.eid IS NOT NULL OR p.binding_id IS NOT NULL)

UNION ALL
SELECT 'an order is bound for one eUICC at most', b.order_id::text
FROM binding b GROUP BY b.order_id HAVING count(DISTINCT b.eid) > 1

UNION ALL
SELECT 'an order for one eUICC is bound for that one only', b.id::text
FROM binding b JOIN download_order o ON o.id = b.order_id WHERE o.eid IS NOT NULL AND o.eid <> b.eid

UNION ALL
SELECT 'a binding is told on the timeline once', b.order_id::text
FROM (SELECT order_id, count(*) AS n FROM binding GROUP BY order_id) b
LEFT JOIN (
  SELECT order_id, count(*) AS n FROM profile_event
  WHERE kind = 'getBoundProfilePackage' AND outcome = 'ok' AND data ->> 'rebound' = 'false' GROUP BY order_id
) e ON e.order_id = b.order_id
WHERE b.n > coalesce(e.n, 0)

UNION ALL
SELECT 'every download attempt is counted and told', o.id || ': ' || o.download_attempts || ' counted, ' || coalesce(e.n, 0) || ' told'
FROM download_order o
LEFT JOIN (
  SELECT order_id, count(*) AS n FROM profile_event WHERE kind = 'authenticateClient' AND data ? 'attempt' GROUP BY order_id
) e ON e.order_id = o.id
WHERE o.download_attempts <> coalesce(e.n, 0)

UNION ALL
SELECT 'no more confirmation codes are told wrong than were counted', o.id::text
FROM download_order o
JOIN (
  SELECT e.order_id, count(*) AS n
  FROM profile_event e
  LEFT JOIN (
    SELECT order_id, max(id) AS id FROM profile_event WHERE kind = 'getBoundProfilePackage' AND outcome = 'ok' GROUP BY order_id
  ) d ON d.order_id = e.order_id
  WHERE e.kind = 'getBoundProfilePackage' AND e.outcome = 'refused' AND e.data ? 'confirmationAttempt' AND e.id > coalesce(d.id, 0)
  GROUP BY e.order_id
) e ON e.order_id = o.id
WHERE o.confirmation_attempts < e.n

UNION ALL
SELECT 'a session that got a package names the binding, for its eUICC and its order', s.transaction_id
FROM rsp_session s LEFT JOIN binding b ON b.id = s.binding_id
WHERE s.step = 'bound' AND (s.binding_id IS NULL OR (b.id IS NOT NULL AND (b.eid <> s.eid OR b.order_id IS DISTINCT FROM s.order_id)))

UNION ALL
SELECT 'an open order whose package was given out is downloaded', s.transaction_id
FROM rsp_session s JOIN download_order o ON o.id = s.order_id JOIN profile p ON p.iccid = o.iccid
WHERE s.step = 'bound' AND o.closed_at IS NULL AND p.state <> 'Downloaded'

UNION ALL
SELECT 'an installed profile has one order that ended so', p.iccid
FROM profile p LEFT JOIN download_order o ON o.iccid = p.iccid AND o.outcome = 'installed'
WHERE p.state = 'Installed' GROUP BY p.iccid HAVING count(o.id) <> 1

UNION ALL
SELECT 'an installed profile has the notification that said so, from its eUICC', p.iccid
FROM profile p WHERE p.state = 'Installed'
  AND NOT EXISTS (SELECT FROM notification n WHERE n.iccid = p.iccid AND n.eid = p.eid AND n.transaction_id IS NOT NULL AND n.verdict = 'applied')

UNION ALL
SELECT 'a result that was applied is told on the timeline once', n.transaction_id
FROM notification n
LEFT JOIN (
  SELECT transaction_id, data ->> 'sequenceNumber' AS sequence_number, count(*) AS n
  FROM profile_event WHERE kind = 'installationResult' AND data ->> 'late' IS NULL GROUP BY 1, 2
) e ON e.transaction_id = n.transaction_id AND e.sequence_number = n.sequence_number::text
WHERE n.transaction_id IS NOT NULL AND n.verdict = 'applied' AND coalesce(e.n, 0) <> 1

UNION ALL
SELECT 'what the eUICC told last is what is known', n.iccid
FROM notification n JOIN profile p ON p.iccid = n.iccid
WHERE n.verdict = 'applied' AND n.transaction_id IS NULL AND n.eid = p.eid AND p.runtime_sequence < n.sequence_number

UNION ALL
SELECT 'an issued order has its audit row, and such a row its order', coalesce(o.id::text, a.order_id)
FROM download_order o
FULL JOIN (SELECT target, detail ->> 'orderId' AS order_id FROM audit WHERE action = 'order:issue') a
  ON a.order_id = o.id::text AND a.target = o.iccid
WHERE o.id IS NULL OR a.order_id IS NULL

UNION ALL
SELECT 'a batch has as many profiles as it counts, and none once it is thrown away', b.id || ' ' || b.state
FROM batch b
WHERE (SELECT count(*) FROM profile p WHERE p.batch_id = b.id) <> CASE WHEN b.state IN ('discarded', 'rolledBack') THEN 0 ELSE b.rows_kept END

UNION ALL
SELECT 'a profile of a batch belongs to one that is there', p.iccid
FROM profile p LEFT JOIN batch b ON b.id = p.batch_id WHERE p.batch_id IS NOT NULL AND b.id IS NULL

UNION ALL
SELECT 'a batch is decided about once, with an audit row', b.id || ' ' || b.state
FROM batch b
LEFT JOIN (SELECT target, count(*) AS n FROM audit WHERE action = 'batch:decide' GROUP BY target) a ON a.target = 'batch ' || b.id
WHERE coalesce(a.n, 0) <> CASE b.state WHEN 'rolledBack' THEN 2 WHEN 'approved' THEN 1 WHEN 'discarded' THEN 1 ELSE 0 END

UNION ALL
SELECT 'only stock is ordered', p.iccid || ' of batch ' || b.id || ' ' || b.state
FROM profile p JOIN batch b ON b.id = p.batch_id WHERE b.state <> 'approved' AND p.state <> 'Available'

UNION ALL
SELECT 'a cancelled order has its audit row', coalesce(e.iccid, a.iccid)
FROM (SELECT iccid, count(*) AS n FROM profile_event WHERE kind = 'cancelOrder' GROUP BY iccid) e
FULL JOIN (SELECT target AS iccid, count(*) AS n FROM audit WHERE action = 'order:cancel' GROUP BY target) a ON a.iccid = e.iccid
WHERE e.n IS DISTINCT FROM a.n

UNION ALL
SELECT 'an order is ordered, and once it is confirmed confirmed, on the timeline', o.id::text
FROM download_order o
LEFT JOIN (
  SELECT order_id, count(*) FILTER (WHERE kind = 'downloadOrder') AS ordered, count(*) FILTER (WHERE kind = 'confirmOrder') AS confirmed
  FROM profile_event GROUP BY order_id
) e ON e.order_id = o.id
WHERE e.ordered IS DISTINCT FROM 1 OR (o.matching_id IS NOT NULL AND e.confirmed <> 1)

UNION ALL
SELECT 'no transaction was left open', a.pid::text
FROM pg_stat_activity a WHERE a.datname = current_database() AND a.state LIKE 'idle in transaction%' AND a.xact_start < now() - interval '30 s'

import { CLAIMED_EID } from '../stock'

/*
 * The rules of the radar, each a statement over $1 the moment, ($2, $3) the place after which to begin and $4 the most rows. Each walks an index from
 * there on, and none looks further back than thirty days: who has not called by then does not call. docs/decisions says why they are as they are.
 */

const lookBack = `interval '30 days'`

/** After this nothing is on its way any more: phones report as soon as they are online. */
const noResultAfter = `interval '1 hour'`

/** Whoever installs an eSIM, or changes phones, has a day to go on with it. */
const patience = `interval '1 day'`

const COLUMNS = (columns: { at: string; iccid?: string; eid?: string; left?: string; limit?: string; newIccid?: string }): string =>
  `${columns.iccid ?? 'p.iccid'} AS iccid, ${columns.at} AS at, ${columns.eid ?? 'NULL::text'} AS eid, ${columns.left ?? 'NULL::int'} AS "left",
    ${columns.limit ?? 'NULL::int'} AS "limit", ${columns.newIccid ?? 'NULL::text'} AS new_iccid`

/** Whether eUICCs tell this server of an event: a type that lists where notifications go may leave it out, or send it elsewhere. */
const reports = (event: 'enable' | 'delete'): string =>
  `(t.notifications = '[]' OR EXISTS (SELECT FROM jsonb_array_elements(t.notifications) n WHERE n->'events' ? '${event}' AND n->>'address' IS NULL))`

/** A phone has taken the package an hour ago, and neither installed it nor said why not. */
export const NO_RESULT = `
  SELECT ${COLUMNS({ at: 'p.state_since', eid: CLAIMED_EID })}
  FROM profile_type t CROSS JOIN LATERAL (
    SELECT * FROM profile p WHERE p.type_id = t.id AND p.state = 'Downloaded'
      AND p.state_since <= $1::timestamptz - ${noResultAfter} AND p.state_since > $1::timestamptz - ${lookBack}
      AND (p.state_since, p.iccid) < ($2::timestamptz, $3)
    ORDER BY p.state_since DESC, p.iccid DESC LIMIT $4) p
  ORDER BY p.state_since DESC, p.iccid DESC LIMIT $4`

/** One wrong confirmation code more, and the order ends. When the last one was typed, the timeline tells. */
export const NEARLY_USED_UP = `
  SELECT * FROM (
    SELECT ${COLUMNS({ iccid: 'o.iccid', at: 'coalesce(tried.at, o.created_at)', eid: 'tried.eid', left: 'o."left"', limit: 'o.confirmation_limit' })}
    FROM (SELECT o.iccid, o.id, o.created_at, o.confirmation_limit, o.confirmation_limit - o.confirmation_attempts AS "left"
        FROM download_order o
        WHERE o.closed_at IS NULL AND o.confirmation_attempts > 0 AND o.confirmation_limit - o.confirmation_attempts <= 1
          AND (o.expires_at IS NULL OR o.expires_at > $1::timestamptz)
        ORDER BY o.iccid LIMIT 1001) o
      LEFT JOIN LATERAL (SELECT e.at, e.eid FROM profile_event e
        WHERE e.iccid = o.iccid AND e.order_id = o.id AND e.kind = 'getBoundProfilePackage' AND e.outcome = 'refused'
        ORDER BY e.id DESC LIMIT 1) tried ON true) AS found
  WHERE (found.at, found.iccid) < ($2::timestamptz, $3)
  ORDER BY found.at DESC, found.iccid DESC LIMIT $4`

/**
 * A code that is out and that no phone has installed ends within three days, and within the last quarter of the time for which it was good. An order gets
 * its end when it is confirmed, so that the state need not be asked for.
 */
export const EXPIRING = `
  SELECT ${COLUMNS({ iccid: 'o.iccid', at: 'o.expires_at', eid: CLAIMED_EID })}
  FROM (SELECT o.iccid, o.expires_at FROM download_order o
      WHERE o.closed_at IS NULL AND o.expires_at > $1::timestamptz AND o.expires_at <= $1::timestamptz + interval '3 days'
        AND o.expires_at - $1::timestamptz <= (o.expires_at - o.created_at) / 4
        AND o.expires_at >= $2::timestamptz AND (o.expires_at, o.iccid) > ($2::timestamptz, $3)
      ORDER BY o.expires_at, o.iccid LIMIT $4) o
    JOIN profile p ON p.iccid = o.iccid
  ORDER BY o.expires_at, o.iccid`

/**
 * Installed a day ago, and the eUICC, which would tell, has told nothing since: it was never switched on. Of a profile that was installed before, on another
 * phone, only the installation that it is in counts.
 */
export const NOT_ENABLED = `
  SELECT ${COLUMNS({ at: 'a.ended_at', eid: CLAIMED_EID })}
  FROM download_attempt a JOIN profile p ON p.iccid = a.iccid JOIN profile_type t ON t.id = p.type_id
  WHERE a.result = 'installed' AND NOT a.enabled
    AND a.ended_at <= $1::timestamptz - ${patience} AND a.ended_at > $1::timestamptz - ${lookBack}
    AND p.state = 'Installed' AND p.runtime_state IS NULL AND ${reports('enable')}
    AND a.ended_at >= p.state_since - interval '1 minute'
    AND (a.ended_at, a.iccid) < ($2::timestamptz, $3)
  ORDER BY a.ended_at DESC, a.iccid DESC LIMIT $4`

/**
 * What an eUICC says of a profile that is not its any more changes nothing and is on no timeline: it is kept with the notification alone
 * (handle-notification.ts), for thirty days. There are few of these.
 */
const DELETED = `
  SELECT n.iccid, n.eid, max(n.received_at) AS at FROM notification n
  WHERE n.verdict <> 'applied' AND n.event = 'delete' AND n.received_at > $1::timestamptz - ${lookBack} GROUP BY n.iccid, n.eid`

/** Replaced while it was installed, and its eUICC had not said by then that it deleted it. */
const REPLACED = `
  SELECT ${COLUMNS({ at: 'r.at', eid: 'p.eid', newIccid: 'r.new_iccid' })}
  FROM replacement r JOIN profile p ON p.iccid = r.old_iccid JOIN profile_type t ON t.id = p.type_id
    CROSS JOIN LATERAL (SELECT o.outcome FROM download_order o WHERE o.iccid = p.iccid ORDER BY o.created_at DESC LIMIT 1) last
  WHERE r.at <= $1::timestamptz - ${patience} AND r.at > $1::timestamptz - ${lookBack}
    AND p.state = 'Unavailable' AND p.binding_id IS NOT NULL AND p.runtime_state IS DISTINCT FROM 'Deleted' AND last.outcome = 'installed'
    AND ${reports('delete')}
    AND NOT EXISTS (SELECT FROM deleted d WHERE d.iccid = p.iccid AND d.eid = p.eid AND d.at >= r.at)
    AND (r.at, r.old_iccid) < ($2::timestamptz, $3)
  ORDER BY r.at DESC, r.old_iccid DESC LIMIT $4`

/**
 * Moved while a phone had it, and installed on another one since: two phones have it now. What it was before the move is kept with the event (reissue.ts), which
 * is as old as the order.
 */
const MOVED = `
  SELECT ${COLUMNS({ at: 'o.closed_at', eid: 'former.eid' })}
  FROM download_order o JOIN profile p ON p.iccid = o.iccid JOIN profile_type t ON t.id = p.type_id
    CROSS JOIN LATERAL (
      SELECT e.data->>'eid' AS eid, e.data->>'deletedAt' AS deleted_at, e.data->'failed' = 'true' AS failed FROM profile_event e
      WHERE e.iccid = o.iccid AND e.kind = 'reissue' AND e.outcome = 'ok' AND e.at <= o.created_at
      ORDER BY e.id DESC LIMIT 1) former
  WHERE o.reason = 'reissue' AND o.outcome = 'installed'
    AND o.closed_at <= $1::timestamptz - ${patience} AND o.closed_at > $1::timestamptz - ${lookBack}
    AND p.state = 'Installed' AND former.eid <> p.eid AND former.deleted_at IS NULL AND former.failed IS NOT TRUE
    AND ${reports('delete')}
    AND NOT EXISTS (SELECT FROM deleted d WHERE d.iccid = o.iccid AND d.eid = former.eid AND d.at >= o.created_at)
    AND (o.closed_at, o.iccid) < ($2::timestamptz, $3)
  ORDER BY o.closed_at DESC, o.iccid DESC LIMIT $4`

/** A phone was to delete the profile, because another profile or another phone has taken its place, and has not said so for a day. */
export const NOT_DELETED = `
  WITH deleted AS MATERIALIZED (${DELETED})
  SELECT * FROM ((${REPLACED}) UNION ALL (${MOVED})) AS found ORDER BY found.at DESC, found.iccid DESC LIMIT $4`

import type { Statement } from '../pool'

/** How a try of a device went, as it is counted. `open` may still go on, of `noResult` nothing was heard. */
export const ATTEMPT_RESULTS = ['open', 'installed', 'refused', 'cancelled', 'failed', 'noResult'] as const
export type AttemptResult = (typeof ATTEMPT_RESULTS)[number]

/** A session of which nothing more was heard for this long has no result. */
export const silentAfter = '2 hours'

const KEYS = ['day', 'type_id', 'eum', 'tac', 'svn', 'result', 'reason'] as const

/** Of what a row of `download_attempt` is counted under, all but its result and reason. */
export const TALLIED = `(at AT TIME ZONE 'UTC')::date AS day, coalesce(type_id, '00000000-0000-0000-0000-000000000000') AS type_id, eum, tac, svn`

/**
 * A statement that moves the tally along with what its CTEs change.
 * @param ctes the last of them is `moved`: columns of KEYS and `change`, 1 where an attempt has come and -1 where it has gone
 */
export const tallying = (ctes: string, values: unknown[]): Statement => ({
  text: `${ctes}
    MERGE INTO attempt_tally t
      USING (SELECT ${KEYS.join(', ')}, sum(change)::int AS change FROM moved GROUP BY ${KEYS.join(', ')} HAVING sum(change) <> 0) m
      ON ${KEYS.map(key => `t.${key} = m.${key}`).join(' AND ')}
    WHEN MATCHED AND t.attempts + m.change = 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET attempts = t.attempts + m.change
    WHEN NOT MATCHED THEN INSERT (${KEYS.join(', ')}, attempts) VALUES (${KEYS.map(key => `m.${key}`).join(', ')}, m.change)`,
  values,
})

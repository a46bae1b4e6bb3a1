import { type Database, one, type Transaction, transaction } from '../pool'
import { silentAfter, TALLIED, tallying } from './tally'

/** In `event_reader`, with `at`: of the attempts that began before it none is open. */
const silentMark = 'attempts-without-result'

/** Waits for whoever takes events, so that no attempt is written behind what is decided here. */
export async function holdAttempts(tx: Transaction): Promise<void> {
  await tx.query({
    text: `INSERT INTO event_reader (name, at) VALUES ('attempts', now()), ($1, 'epoch') ON CONFLICT DO NOTHING`,
    values: [silentMark],
  })
  await tx.query({ text: `SELECT FROM event_reader WHERE name = 'attempts' FOR UPDATE` })
}

/** Looks again at attempts of all times. */
export const forgetSilentMark = (tx: Transaction) =>
  tx.query({ text: `UPDATE event_reader SET at = 'epoch' WHERE name = $1`, values: [silentMark] })

const WITHOUT_RESULT = `WITH passed AS (UPDATE event_reader SET at = $2::timestamptz WHERE name = $3),
  silent AS (
    UPDATE download_attempt SET result = 'noResult'
    WHERE result = 'open' AND at >= $1::timestamptz - interval '1 minute' AND at <= $2::timestamptz RETURNING *),
  moved AS (
    SELECT ${TALLIED}, 'noResult' AS result, reason, 1 AS change FROM silent
    UNION ALL SELECT ${TALLIED}, 'open', reason, -1 FROM silent)`

/**
 * Gives up waiting for attempts of which nothing more was heard. A result that comes all the same is taken.
 * @param silence how long is waited, an interval of PostgreSQL
 */
export async function endSilentAttempts(db: Database, silence = silentAfter): Promise<void> {
  await transaction(db, async tx => {
    await holdAttempts(tx)
    const times = await one<{ from: string; until: string }>(tx, {
      text: `SELECT at::text AS from, (statement_timestamp() - $2::interval)::text AS until FROM event_reader WHERE name = $1`,
      values: [silentMark, silence],
    })
    if (times) await tx.query(tallying(WITHOUT_RESULT, [times.from, times.until, silentMark]))
  })
}

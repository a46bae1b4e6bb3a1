import { setTimeout as delay } from 'node:timers/promises'
import { followEvents, readerPlace } from '../event-reader'
import { type Database, transaction } from '../pool'
import { lastNumber } from '../settled'
import { forgetSilentMark, holdAttempts } from './silent-attempts'
import { takeAttempts } from './take-events'

/** Brings `download_attempt` and `attempt_tally` up to what is in the timeline; of several processes one does. */
export const followAttempts = (db: Database, { signal }: { signal?: AbortSignal } = {}) =>
  followEvents(db, 'attempts', takeAttempts, signal ? { signal } : {})

const perDelete = 200_000
const perStep = 20_000
const lookAgainMs = 200

/** Begins with nothing. The server's role may not truncate. */
const forgetAttempts = (db: Database): Promise<void> =>
  transaction(db, async tx => {
    await holdAttempts(tx)
    for (const table of ['attempt_tally', 'download_attempt']) {
      const portion = { text: `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} LIMIT $1::int))`, values: [perDelete] }
      for (let removed = perDelete; removed === perDelete; ) removed = (await tx.query(portion)).rowCount ?? 0
    }
    await tx.query({ text: `UPDATE event_reader SET event_id = 0 WHERE name = 'attempts'` })
    await forgetSilentMark(tx)
  })

interface Rebuilding {
  /** @param events so far @param total when it began */
  onProgress?: (events: number, total: number) => void
}

/**
 * Makes all attempts and their tally anew from the timeline, beside a running server, which may take a part of the work. Until it is done,
 * pages count what is there by then. What the timeline no longer holds is not counted.
 * @returns how many attempts there are
 */
export async function rebuildAttempts(db: Database, { onProgress }: Rebuilding = {}): Promise<number> {
  await forgetAttempts(db)
  const total = Number(await lastNumber(db, 'profile_event'))
  for (let events = 0; events < total; ) {
    const { left } = await followEvents(
      db,
      'attempts',
      async (tx, range) => {
        await takeAttempts(tx, range)
        onProgress?.(Number(range.upTo), total)
      },
      { perStep },
    )
    events = Number(await readerPlace(db, 'attempts'))
    onProgress?.(events, total)
    if (left && events < total) await delay(lookAgainMs)
  }
  const { rows } = await db.query<{ count: number }>({ text: 'SELECT count(*)::int AS count FROM download_attempt' })
  return rows[0]?.count ?? 0
}

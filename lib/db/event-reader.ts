import { type Database, one, type Queryable, type Transaction, transaction } from './pool'
import { lastNumber, settledUpTo, type Waiting } from './settled'

/** Who follows the timeline behind the requests that write it. */
export type EventReaderName = 'attempts' | 'messages'

/** Numbers of events: above `after`, up to `upTo`. Some may be missing, none will come later. */
export interface EventRange {
  after: string
  upTo: string
}

export interface FollowOptions extends Waiting {
  /** How many numbers of events `take` is given at once */
  perStep?: number
}

const usualStep = 5_000

/** How far a reader has come. */
export async function readerPlace(db: Queryable, name: EventReaderName): Promise<string> {
  const row = await one<{ place: string }>(db, {
    name: 'event-reader-place',
    text: 'SELECT event_id::text AS place FROM event_reader WHERE name = $1',
    values: [name],
  })
  return row?.place ?? '0'
}

/**
 * Gives a reader the events that were added since its last time, each exactly once: what `take` writes and how far the reader has come are
 * committed together, and an event is given only once none with a lower number can appear any more. Of several processes one reads, the
 * others leave it to that one.
 * @returns how many numbers were passed; `left` when there are more
 */
export async function followEvents(
  db: Database,
  name: EventReaderName,
  take: (tx: Transaction, range: EventRange) => Promise<void>,
  { perStep = usualStep, ...waiting }: FollowOptions = {},
): Promise<{ passed: number; left?: 'busy' | 'writers' }> {
  if (BigInt(await lastNumber(db, 'profile_event')) <= BigInt(await readerPlace(db, name))) return { passed: 0 }
  const settled = await settledUpTo(db, 'profile_event', waiting)
  if (settled === undefined) return { passed: 0, left: 'writers' }
  await db.query({ name: 'event-reader-add', text: 'INSERT INTO event_reader (name) VALUES ($1) ON CONFLICT DO NOTHING', values: [name] })
  let passed = 0
  while (!waiting.signal?.aborted) {
    const step = await transaction(db, async tx => {
      await tx.query({
        text: 'INSERT INTO event_reader (name) VALUES ($1) ON CONFLICT DO NOTHING',
        values: [name],
      })
      const held = await one<{ place: string }>(tx, {
        name: 'event-reader-hold',
        text: 'SELECT event_id::text AS place FROM event_reader WHERE name = $1 FOR UPDATE SKIP LOCKED',
        values: [name],
      })
      if (!held) return 'busy'
      const after = BigInt(held.place)
      const end = BigInt(settled) < after + BigInt(perStep) ? BigInt(settled) : after + BigInt(perStep)
      if (end <= after) return 0
      await take(tx, { after: String(after), upTo: String(end) })
      await tx.query({
        name: 'event-reader-move',
        text: 'UPDATE event_reader SET event_id = $2::bigint, at = now() WHERE name = $1',
        values: [name, String(end)],
      })
      return Number(end - after)
    })
    if (step === 'busy') return { passed, left: 'busy' }
    passed += step
    if (step < perStep) break
  }
  return { passed }
}

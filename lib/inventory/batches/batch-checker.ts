import { readBatch } from '@/lib/db/batches/batch-rows'
import { claimCheck, releaseCheck, tellProgress } from '@/lib/db/batches/check-rows'
import { isDatabaseAway } from '@/lib/db/failures'
import { perProcess } from '@/lib/db/per-process'
import { type Database, transaction } from '@/lib/db/pool'
import { reportIncident } from '@/lib/incident'
import { VaultError } from '@/lib/vault/vault'
import { FileError } from '../formats/file-error'
import { checkBatch } from './check-batch'
import type { CheckContext, Preflight } from './context'
import { failCheck } from './fail-check'
import { ProgressRate } from './progress-rate'
import { CheckStopped } from './stopped'
import { isGone, workerName } from './worker-name'

/** A database that was away is looked for again after so long. */
const againAfterMs = 2_000

/** Twice a second a person sees that it goes on, and others that this worker lives. */
const tellEveryMs = 500

interface Waiting {
  db: Database
  ctx: CheckContext
  id: string
}

/** Checks the batches of this process, one at a time, in the order in which they came. */
export class BatchChecker {
  readonly #waiting: Waiting[] = []
  #running: { id: string; abort: AbortController } | undefined
  #work: Promise<void> = Promise.resolve()
  #stopping = false
  /** For checks that were started without one of their own. */
  preflight: Preflight | undefined

  /** Puts a batch at the end of the queue, once. */
  add(db: Database, ctx: CheckContext, id: string): void {
    if (this.#stopping || this.#running?.id === id || this.#waiting.some(each => each.id === id)) return
    this.#waiting.push({ db, ctx, id })
    if (this.#waiting.length === 1 && !this.#running) this.#work = this.#workOff()
  }

  /** Ends when nothing is to be checked any more. */
  async idle(): Promise<void> {
    await this.#work
  }

  /** Somebody decided about the batch: its check ends soon. */
  interrupt(id: string): void {
    const at = this.#waiting.findIndex(each => each.id === id)
    if (at >= 0) this.#waiting.splice(at, 1)
    if (this.#running?.id === id) this.#running.abort.abort(new CheckStopped('lost'))
  }

  /** Leaves off; what was begun can be gone on with by any process. */
  async stop(): Promise<void> {
    this.#stopping = true
    const left = this.#waiting.splice(0)
    this.#running?.abort.abort(new CheckStopped('stopping'))
    await this.#work
    for (const { db, id } of left) await releaseCheck(db, id, workerName()).catch(() => undefined)
    this.#stopping = false
  }

  /** It goes on where it is once the database is back. */
  #addLater({ db, ctx, id }: Waiting): void {
    if (this.#stopping) return
    setTimeout(() => this.add(db, ctx, id), againAfterMs).unref()
  }

  async #workOff(): Promise<void> {
    for (;;) {
      const next = this.#waiting.shift()
      if (!next) return
      const abort = new AbortController()
      this.#running = { id: next.id, abort }
      try {
        const preflight = next.ctx.preflight ?? this.preflight
        await runCheck({ ...next, ctx: { ...next.ctx, ...(preflight ? { preflight } : {}) } }, abort)
      } catch (error) {
        if (isDatabaseAway(error)) this.#addLater(next)
        else reportIncident(error, 'checking a batch')
      }
      this.#running = undefined
    }
  }
}

/** The one of this process. */
export const batchChecker = (): BatchChecker => perProcess('batch-checker', () => new BatchChecker())

async function runCheck({ db, ctx, id }: Waiting, abort: AbortController): Promise<void> {
  const worker = workerName()
  if (!(await transaction(db, tx => claimCheck(tx, id, worker, isGone)))) return
  const batch = await readBatch(db, id)
  if (!batch) return
  const rate = new ProgressRate(batch.progress?.startedAt ?? Date.now(), batch.rowsRead)
  const teller = tellAgainAndAgain(db, id, worker, rate, abort)
  try {
    await checkBatch(db, ctx, {
      batch,
      worker,
      signal: abort.signal,
      onProgress: (rowsRead, share) => rate.reached(rowsRead, share),
    })
  } catch (error) {
    await endWith(db, id, worker, abort.signal.aborted ? abort.signal.reason : error)
  } finally {
    await teller.stop()
  }
}

/** Keeps the row of the batch up to date; where it is not this worker's any more, the check ends. */
function tellAgainAndAgain(
  db: Database,
  id: string,
  worker: string,
  rate: ProgressRate,
  abort: AbortController,
): { stop(): Promise<void> } {
  let telling: Promise<void> | undefined
  const tell = async () => {
    try {
      if (!(await tellProgress(db, id, worker, rate.progress()))) abort.abort(new CheckStopped('lost'))
    } catch (error) {
      // A database that is away is met by the next chunk as well.
      if (!isDatabaseAway(error)) abort.abort(error)
    } finally {
      telling = undefined
    }
  }
  const timer = setInterval(() => {
    telling ??= tell()
  }, tellEveryMs)
  timer.unref()
  return {
    stop: async () => {
      clearInterval(timer)
      await telling
    },
  }
}

async function endWith(db: Database, id: string, worker: string, error: unknown): Promise<void> {
  if (error instanceof CheckStopped) {
    if (error.reason === 'stopping') await releaseCheck(db, id, worker)
    return
  }
  if (isDatabaseAway(error)) throw error
  await failCheck(db, id, { worker, failure: sentenceOf(error) })
}

const sentenceOf = (error: unknown): string =>
  error instanceof FileError || error instanceof VaultError
    ? error.message
    : `Something unexpected happened while the file was checked (incident ${reportIncident(error, 'checking a batch')}). Check it again; if that does not help, tell whoever runs this server.`

import type { CheckProgress } from '@/lib/db/batches/batch-rows'

/** The pace is that of the last seconds. */
const windowMs = 5_000

/** How fast a check goes and how long it will take, out of how far it has come when. */
export class ProgressRate {
  #rowsRead: number
  #share = 0
  readonly #marks: { at: number; rowsRead: number; share: number }[] = []

  /** @param rowsBefore rows that an earlier process has read: passing over them is not counted as pace */
  constructor(
    private readonly startedAt: number,
    private readonly rowsBefore: number,
    private readonly now: () => number = () => Date.now(),
  ) {
    this.#rowsRead = rowsBefore
  }

  reached(rowsRead: number, share: number): void {
    if (rowsRead < this.rowsBefore) return
    this.#rowsRead = rowsRead
    this.#share = share
  }

  progress(): CheckProgress {
    const at = this.now()
    this.#marks.push({ at, rowsRead: this.#rowsRead, share: this.#share })
    while (this.#marks.length > 2 && (this.#marks[1]?.at ?? at) < at - windowMs) this.#marks.shift()
    const first = this.#marks[0] ?? { at, rowsRead: this.#rowsRead, share: this.#share }
    const seconds = (at - first.at) / 1000
    const rowsPerSecond = seconds > 0 ? Math.round((this.#rowsRead - first.rowsRead) / seconds) : 0
    const sharePerSecond = seconds > 0 ? (this.#share - first.share) / seconds : 0
    return {
      startedAt: this.startedAt,
      rowsRead: this.#rowsRead,
      rowsPerSecond,
      secondsLeft: sharePerSecond > 0 ? Math.ceil((1 - this.#share) / sharePerSecond) : null,
      share: this.#share,
    }
  }
}

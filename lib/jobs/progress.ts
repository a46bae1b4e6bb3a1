import { isDatabaseAway } from '@/lib/db/failures'
import { type Database } from '@/lib/db/pool'
import { type TaskCounts, writeTaskCounts } from '@/lib/db/task-rows'
import { reportIncident } from '@/lib/incident'
import { ServerStops } from './failure'
import type { Report, TaskResult } from './task'

const writeEveryMs = 500

/** What a running task has reported, written now and then. */
export class Progress implements Report {
  private readonly counts: TaskCounts = { total: undefined, done: 0, failed: 0 }
  private outcome: TaskResult | undefined
  private wantsToEnd: boolean
  private hasBeenTold = false
  private writtenAt = 0
  private writing: Promise<void> | undefined
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly db: Database,
    private readonly id: string,
    private readonly signal: AbortSignal,
    cancelRequested: boolean,
  ) {
    this.wantsToEnd = cancelRequested
  }

  total(count: number): void {
    this.counts.total = count
    this.writeSoon()
  }

  done(count = 1): void {
    this.counts.done += count
    this.writeSoon()
  }

  failed(count = 1): void {
    this.counts.failed += count
    this.writeSoon()
  }

  result(result: TaskResult): void {
    this.outcome = result
  }

  async cancelled(): Promise<boolean> {
    if (this.signal.aborted) throw new ServerStops('The server stopped meanwhile.')
    if (!this.wantsToEnd && Date.now() - this.writtenAt >= writeEveryMs) await this.write()
    this.hasBeenTold ||= this.wantsToEnd
    return this.wantsToEnd
  }

  /** Ends the writing. @returns what was reported, and whether the task knows that it was cancelled */
  async close(): Promise<TaskCounts & { result: TaskResult | undefined; cancelled: boolean }> {
    clearTimeout(this.timer)
    await this.writing
    return { ...this.counts, result: this.outcome, cancelled: this.hasBeenTold }
  }

  private writeSoon(): void {
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined
        void this.write()
      },
      Math.max(0, this.writtenAt + writeEveryMs - Date.now()),
    )
  }

  private write(): Promise<void> {
    this.writing ??= this.writeNow().finally(() => {
      this.writing = undefined
    })
    return this.writing
  }

  private async writeNow(): Promise<void> {
    this.writtenAt = Date.now()
    try {
      this.wantsToEnd ||= await writeTaskCounts(this.db, this.id, this.counts)
    } catch (error) {
      // The next one writes it; the task itself will notice if the database stays away.
      if (!isDatabaseAway(error)) reportIncident(error, 'progress of a task')
    }
  }
}

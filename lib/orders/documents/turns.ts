import { setImmediate as nextTurn } from 'node:timers/promises'

/** Phones are answered by the same process: nothing here keeps it for longer than this at a time. */
const mostMsAtOnce = 8

/** Counts how long a piece of work has had the process to itself. */
export class Turns {
  private since = performance.now()

  /** To be awaited between small steps: lets others have their turn when it is time. */
  async next(): Promise<void> {
    if (performance.now() - this.since < mostMsAtOnce) return
    await nextTurn()
    this.since = performance.now()
  }
}

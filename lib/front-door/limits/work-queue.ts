/** First requests of strangers, and the steps of sessions that have begun: the second go first. */
export type Lane = 'opening' | 'session'

/** `full`: too many wait already. `late`: the turn did not come in time. */
export type Verdict = 'entered' | 'full' | 'late'

interface Options {
  /** Requests in work at once */
  concurrency: number
  /** Requests that wait at most, those of the opening lane at most half as many */
  queue: number
  maxWaitMs: number
  /** Milliseconds of a clock that only goes forward */
  now: () => number
  /** Runs something once what has arrived meanwhile has been read. */
  endOfTurn?: (run: () => void) => void
}

interface Waiter {
  since: number
  /** Those in the same lane before it */
  ahead: number
  tell(verdict: Verdict): void
}

/** Of this many places that become free while both lanes wait, one goes to the opening lane, so that it stands still for nobody. */
const openingEvery = 4

/**
 * So many requests in work, so many waiting, each for a bounded time. A place is given back at the end of the event loop's turn: what
 * has arrived in the meantime then waits here, where it is counted and later steps overtake, not unseen in the sockets' buffers.
 */
export class WorkQueue {
  inWork = 0
  private readonly lanes: Record<Lane, Waiter[]> = { opening: [], session: [] }
  /** How long the one that was let in last had waited, for each place that it moved up */
  private readonly paceMs: Record<Lane, number> = { opening: 0, session: 0 }
  private left = 0
  private turns = 0
  private timer: NodeJS.Timeout | undefined
  private readonly endOfTurn: (run: () => void) => void

  constructor(private readonly options: Options) {
    this.endOfTurn = options.endOfTurn ?? setImmediate
  }

  waiting(lane: Lane): number {
    return this.lanes[lane].length
  }

  /**
   * Whether a request would be let in or might wait. Who would wait for longer than it may is told so at once; an opening already
   * when it would be half as long, because it may take longer and has less to lose.
   */
  hasRoom(lane: Lane): boolean {
    const { concurrency, queue, maxWaitMs, now } = this.options
    const waiting = this.lanes.opening.length + this.lanes.session.length
    if (waiting === 0) return this.inWork < concurrency || queue > 0
    const line = this.lanes[lane]
    const [first] = line
    const expectedMs = first ? Math.max(now() - first.since, line.length * this.paceMs[lane]) : 0
    const share = lane === 'opening' ? 2 : 1
    return waiting < queue / share && expectedMs <= maxWaitMs / share
  }

  /** Asks for a place; who has entered must `leave`. */
  enter(lane: Lane): Verdict | Promise<Verdict> {
    if (this.inWork < this.options.concurrency && this.lanes.opening.length === 0 && this.lanes.session.length === 0) {
      this.inWork++
      return 'entered'
    }
    if (!this.hasRoom(lane)) return 'full'
    return new Promise(tell => {
      const line = this.lanes[lane]
      line.push({ since: this.options.now(), ahead: line.length, tell })
      this.timer ??= setTimeout(() => this.expire(), this.options.maxWaitMs).unref()
    })
  }

  leave(): void {
    if (this.left++ === 0)
      this.endOfTurn(() => {
        this.inWork -= this.left
        this.left = 0
        this.letIn()
      })
  }

  /** Sends away who has waited too long. Called by a timer while anybody waits. */
  expire(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const { now, maxWaitMs } = this.options
    const latest = now() - maxWaitMs
    for (const lane of Object.values(this.lanes)) while (lane[0] && lane[0].since <= latest) lane.shift()?.tell('late')
    const oldest = Math.min(...Object.values(this.lanes).map(lane => lane[0]?.since ?? Number.POSITIVE_INFINITY))
    if (Number.isFinite(oldest)) this.timer = setTimeout(() => this.expire(), oldest - latest).unref()
  }

  private letIn(): void {
    const { opening, session } = this.lanes
    if (opening.length === 0 && session.length === 0) return
    this.expire()
    while (this.inWork < this.options.concurrency) {
      const openingsTurn = session.length === 0 || (opening.length > 0 && ++this.turns % openingEvery === 0)
      const lane: Lane = openingsTurn ? 'opening' : 'session'
      const waiter = this.lanes[lane].shift()
      if (!waiter) return
      this.paceMs[lane] = (this.options.now() - waiter.since) / (waiter.ahead + 1)
      this.inWork++
      waiter.tell('entered')
    }
  }
}

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

  /** Whether a request would be let in or might wait. */
  hasRoom(lane: Lane): boolean {
    const waiting = this.lanes.opening.length + this.lanes.session.length
    return (waiting === 0 && this.inWork < this.options.concurrency) || waiting < this.options.queue / (lane === 'opening' ? 2 : 1)
  }

  /** Asks for a place; who has entered must `leave`. */
  enter(lane: Lane): Verdict | Promise<Verdict> {
    if (this.inWork < this.options.concurrency && this.lanes.opening.length === 0 && this.lanes.session.length === 0) {
      this.inWork++
      return 'entered'
    }
    if (!this.hasRoom(lane)) return 'full'
    return new Promise(tell => {
      this.lanes[lane].push({ since: this.options.now(), tell })
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
      const openingsTurn = session.length === 0 || ++this.turns % openingEvery === 0
      const waiter = (openingsTurn ? opening.shift() : undefined) ?? session.shift()
      if (!waiter) return
      this.inWork++
      waiter.tell('entered')
    }
  }
}

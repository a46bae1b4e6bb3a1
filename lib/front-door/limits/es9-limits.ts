import { networkOf } from '@/lib/accounts/sign-in-attempts'
import { perProcess } from '@/lib/db/per-process'
import { type Es9LimitSettings, env } from '@/lib/env'
import { isLoopback } from '@/lib/env-fields'
import type { Es9Answer } from '@/lib/smdp/es9/answer'
import { strangers } from '@/lib/smdp/es9/strangers'
import { RecentCount } from './recent-count'
import { TokenBuckets } from './token-buckets'
import { type Lane, WorkQueue } from './work-queue'

/**
 * Why a request was turned away. What an address has brought on itself is 429: load balancers take an instance out of service for
 * 5xx, and no stranger may bring that about. What another instance could do is 503. LPAs treat both as a failed connection.
 */
export const TURNED_AWAY = {
  busy: 503,
  late: 503,
  total: 503,
  address: 429,
  refusals: 429,
  manyRefusals: 429,
} as const
export type Reason = keyof typeof TURNED_AWAY

export const REASONS = Object.keys(TURNED_AWAY) as Reason[]

/** A request that was turned away before anything was done for it. */
export interface TurnedAway {
  reason: Reason
  status: 429 | 503
  retryAfterSeconds: number
}

export interface Counted {
  lastMinute: number
  lastHour: number
}

/** The limits of this process and their use now. */
export interface Es9LimitsUse {
  settings: Es9LimitSettings
  inWork: number
  waiting: Record<Lane, number>
  served: Counted
  turnedAway: Record<Reason, Counted>
  /** Refusals before the eUICC had proved itself */
  refused: Counted
}

const maxWaitMs = 2_000
const busySeconds = 5

const laterSteps = new Set(['authenticateClient', 'getBoundProfilePackage', 'handleNotification', 'cancelSession'])

/** Whatever may only be a stranger's first word is an opening, unknown functions too. */
const laneOf = (name: string): Lane => (laterSteps.has(name) ? 'session' : 'opening')

const everybody = ''

/**
 * Who may ask ES9+ for how much, in this process: a queue for all, and token buckets for strangers, by address (an IPv6 network of
 * /64) and in all. This machine's own address has no bucket of its own: behind a proxy that is not declared it stands for everybody.
 */
export class Es9Limits {
  private readonly queue: WorkQueue
  private readonly openings: TokenBuckets
  private readonly allOpenings: TokenBuckets
  private readonly refusals: TokenBuckets
  private readonly allRefusals: TokenBuckets
  private readonly served: RecentCount
  private readonly refused: RecentCount
  private readonly turnedAway: Record<Reason, RecentCount>

  /** @param now milliseconds of a clock that only goes forward */
  constructor(
    private readonly settings: Es9LimitSettings,
    now: () => number = () => performance.now(),
  ) {
    const count = () => new RecentCount(now)
    this.queue = new WorkQueue({ concurrency: settings.concurrency, queue: settings.queue, maxWaitMs, now })
    this.openings = new TokenBuckets({ perMinute: settings.addressPerMinute, now })
    this.allOpenings = new TokenBuckets({ perMinute: settings.totalPerMinute, now })
    this.refusals = new TokenBuckets({ perMinute: settings.addressRefusalsPerMinute, now })
    this.allRefusals = new TokenBuckets({ perMinute: settings.totalRefusalsPerMinute, now })
    this.served = count()
    this.refused = count()
    this.turnedAway = { busy: count(), late: count(), total: count(), address: count(), refusals: count(), manyRefusals: count() }
  }

  /** Before the body is read: undefined when the request may come in. */
  atDoor(name: string, address: string): TurnedAway | undefined {
    const lane = laneOf(name)
    if (!this.queue.hasRoom(lane)) return this.turnAway('busy', busySeconds)
    const key = isLoopback(address) ? undefined : networkOf(address)
    if (key !== undefined) {
      const wait = this.refusals.wait(key)
      if (wait > 0) return this.turnAway('refusals', wait / 1_000)
      // With so many refusals everywhere, one is enough; who has none is not touched.
      if (this.refusals.isTouched(key) && this.allRefusals.wait(everybody) > 0) return this.turnAway('manyRefusals', busySeconds)
    }
    if (lane === 'session') return undefined
    const wait = key === undefined ? 0 : this.openings.take(key)
    if (wait > 0) return this.turnAway('address', wait / 1_000)
    return this.allOpenings.take(everybody) > 0 ? this.turnAway('total', busySeconds) : undefined
  }

  /** Answers once it is the request's turn. @param isGone whether nobody waits for the answer any more: then nothing is begun */
  async inTurn(name: string, isGone: () => boolean, answer: () => Promise<Es9Answer>): Promise<Es9Answer | TurnedAway> {
    const entering = this.queue.enter(laneOf(name))
    const verdict = typeof entering === 'string' ? entering : await entering
    if (verdict !== 'entered') return this.turnAway(verdict === 'full' ? 'busy' : 'late', busySeconds)
    try {
      if (isGone()) return this.turnAway('late', busySeconds)
      const answered = await answer()
      this.served.add()
      return answered
    } finally {
      this.queue.leave()
    }
  }

  /** Takes note of a refusal, or of what came to nothing. @param proved after the eUICC had proved itself: it counts against the address only */
  noteRefusal(address: string | undefined, proved = false): void {
    if (!proved) this.refused.add()
    this.allRefusals.charge(everybody)
    if (address !== undefined && !isLoopback(address)) this.refusals.charge(networkOf(address))
  }

  use(): Es9LimitsUse {
    const counted = (count: RecentCount): Counted => ({ lastMinute: count.within(60), lastHour: count.within(3_600) })
    return {
      settings: this.settings,
      inWork: this.queue.inWork,
      waiting: { opening: this.queue.waiting('opening'), session: this.queue.waiting('session') },
      served: counted(this.served),
      turnedAway: {
        busy: counted(this.turnedAway.busy),
        late: counted(this.turnedAway.late),
        total: counted(this.turnedAway.total),
        address: counted(this.turnedAway.address),
        refusals: counted(this.turnedAway.refusals),
        manyRefusals: counted(this.turnedAway.manyRefusals),
      },
      refused: counted(this.refused),
    }
  }

  private turnAway(reason: Reason, seconds: number): TurnedAway {
    this.turnedAway[reason].add()
    return { reason, status: TURNED_AWAY[reason], retryAfterSeconds: Math.max(1, Math.ceil(seconds)) }
  }
}

/** The process's limits, by its environment. */
export const es9Limits = (): Es9Limits =>
  perProcess('es9-limits', () => {
    const limits = new Es9Limits(env().es9Limits)
    strangers().listen(({ address, proved }) => limits.noteRefusal(address, proved))
    return limits
  })

const sentences: Record<Reason, string> = {
  busy: 'The server is busy. Try again.',
  late: 'The server is busy. Try again.',
  total: 'The server is busy. Try again.',
  address: 'There are too many requests from this address. Try again later.',
  refusals: 'Too many requests from this address were refused. Try again later.',
  manyRefusals: 'Too many requests from this address were refused. Try again later.',
}

/** How a request that was turned away is answered. */
export const turnedAwayAnswer = ({ reason, status, retryAfterSeconds }: TurnedAway): Es9Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'retry-after': String(retryAfterSeconds) },
  body: `${sentences[reason]}\n`,
})

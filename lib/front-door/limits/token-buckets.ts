const capacityMs = 60_000

interface Options {
  /** Tokens that come back in a minute, and that a full bucket holds; 0: there is no limit */
  perMinute: number
  /** Buckets that are remembered at most; those that were used longest ago are forgotten first, and a forgotten one is full again. */
  maxBuckets?: number
  /** Milliseconds of a clock that only goes forward */
  now: () => number
}

/**
 * A bucket of tokens per key, kept as the one moment at which it will be full again. Takes the same memory whoever comes: who has
 * many addresses has as many full buckets anyway, so forgetting gives nobody more.
 */
export class TokenBuckets {
  /** Two generations: when the younger one has filled its half, the elder one is dropped. */
  private younger = new Map<string, number>()
  private elder = new Map<string, number>()
  private readonly tokenMs: number
  private readonly maxBuckets: number
  private readonly now: () => number

  constructor({ perMinute, maxBuckets = 10_000, now }: Options) {
    this.tokenMs = perMinute > 0 ? capacityMs / perMinute : 0
    this.maxBuckets = maxBuckets
    this.now = now
  }

  /** Takes a token. @returns 0, or, when none is there, the milliseconds until there is one; then nothing is taken */
  take(key: string): number {
    const wait = this.wait(key)
    if (wait === 0) this.charge(key)
    return wait
  }

  /** Takes a token where there is one; a bucket cannot be emptier than empty. */
  charge(key: string): void {
    if (this.tokenMs === 0) return
    const now = this.now()
    this.younger.set(key, Math.min(Math.max(this.fullAt(key), now) + this.tokenMs, now + capacityMs))
    if (this.younger.size < this.maxBuckets / 2) return
    this.elder = this.younger
    this.younger = new Map()
  }

  /** Milliseconds until there is a token; 0: there is one. */
  wait(key: string): number {
    return Math.max(0, this.missingMs(key) + this.tokenMs - capacityMs)
  }

  /** Whether a token has been taken that is not back yet. */
  isTouched(key: string): boolean {
    return this.missingMs(key) > 0
  }

  get size(): number {
    return this.younger.size + this.elder.size
  }

  private fullAt(key: string): number {
    return this.younger.get(key) ?? this.elder.get(key) ?? 0
  }

  private missingMs(key: string): number {
    if (this.tokenMs === 0) return 0
    return Math.max(0, this.fullAt(key) - this.now())
  }
}

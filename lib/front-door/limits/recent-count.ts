const rememberedSeconds = 3_600

/** Counts what happens, second by second, for an hour; takes 14 kB however much happens. */
export class RecentCount {
  private readonly seconds = new Uint32Array(rememberedSeconds)
  private latest: number

  /** @param now milliseconds of a clock that only goes forward */
  constructor(private readonly now: () => number) {
    this.latest = this.second()
  }

  add(): void {
    const at = this.advance() % rememberedSeconds
    this.seconds[at] = (this.seconds[at] ?? 0) + 1
  }

  /** How often within the last `seconds`, the one under way included; at most an hour's. */
  within(seconds: number): number {
    const latest = this.advance()
    let sum = 0
    for (let age = 0; age < Math.min(seconds, rememberedSeconds); age++)
      sum += this.seconds[(latest - age + rememberedSeconds) % rememberedSeconds] ?? 0
    return sum
  }

  private second(): number {
    return Math.floor(this.now() / 1_000)
  }

  private advance(): number {
    const second = Math.max(this.second(), this.latest)
    const passed = Math.min(second - this.latest, rememberedSeconds)
    for (let i = 0; i < passed; i++) this.seconds[(second - i) % rememberedSeconds] = 0
    this.latest = second
    return second
  }
}

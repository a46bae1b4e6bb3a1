/** At most so many at once, for each key. */
export class Places {
  private readonly taken = new Map<string, number>()

  constructor(private readonly most: number) {}

  /** Takes a place. @returns how to give it back; undefined when none is left */
  take(key: string): (() => void) | undefined {
    const before = this.taken.get(key) ?? 0
    if (before >= this.most) return undefined
    this.taken.set(key, before + 1)
    let given = false
    return () => {
      if (given) return
      given = true
      const left = (this.taken.get(key) ?? 1) - 1
      if (left > 0) this.taken.set(key, left)
      else this.taken.delete(key)
    }
  }

  get size(): number {
    return this.taken.size
  }
}

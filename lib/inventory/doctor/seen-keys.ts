/** Slots of the largest table: with 12 octets each, 25 MB for a million and a half keys. */
const maxSlots = 2 ** 21
const fullAt = 0.72

/**
 * Remembers keys by a hash of 64 bits each, nothing of the keys themselves, in bounded memory:
 * beyond a million and a half rows only neighbours are compared.
 */
export class SeenKeys {
  #slots = 4096
  #table = new Uint32Array(this.#slots * 3)
  #count = 0
  #last: [number, number, number] = [0, 0, 0]

  /** The line where the same key stood first; undefined for a new one. */
  lineOf(key: string, line: number): number | undefined {
    let first = 0xdeadbeef
    let second = 0x41c6ce57
    for (let at = 0; at < key.length; at++) {
      const code = key.charCodeAt(at)
      first = Math.imul(first ^ code, 2654435761)
      second = Math.imul(second ^ code, 1597334677)
    }
    first = Math.imul(first ^ (first >>> 16), 2246822507) ^ Math.imul(second ^ (second >>> 13), 3266489909)
    second = Math.imul(second ^ (second >>> 16), 2246822507) ^ Math.imul(first ^ (first >>> 13), 3266489909)
    first >>>= 0
    second >>>= 0

    const [lastFirst, lastSecond, lastLine] = this.#last
    this.#last = [first, second, line]
    const at = this.#find(first, second)
    const found = this.#table[at + 2] ?? 0
    if (found > 0) return found - 1
    if (this.#count >= maxSlots * fullAt) return lastLine > 0 && lastFirst === first && lastSecond === second ? lastLine : undefined
    this.#table.set([first, second, line + 1], at)
    if (++this.#count > this.#slots * fullAt && this.#slots < maxSlots) this.#grow()
    return undefined
  }

  /** Where a hash stands, or belongs. */
  #find(first: number, second: number): number {
    const table = this.#table
    let slot = first & (this.#slots - 1)
    for (;;) {
      const at = slot * 3
      if (table[at + 2] === 0 || (table[at] === first && table[at + 1] === second)) return at
      slot = (slot + 1) & (this.#slots - 1)
    }
  }

  #grow(): void {
    const old = this.#table
    this.#slots *= 2
    this.#table = new Uint32Array(this.#slots * 3)
    for (let at = 0; at < old.length; at += 3)
      if (old[at + 2]) this.#table.set(old.subarray(at, at + 3), this.#find(old[at] ?? 0, old[at + 1] ?? 0))
  }
}

const none = -1
// Rows of one ICCID are a mistake in the file; no more of them than this are searched.
const maxAlike = 100
const maxSteps = 1_000

/** Where rows stand, by the ICCID: 25 octets a row, outside the heap, so that a million of them are no work for the garbage collector. */
export class IccidIndex {
  #count = 0
  #offsets = new Float64Array(1024)
  #tails = new Uint32Array(1024)
  #next = new Int32Array(1024)
  #taken = new Uint8Array(1024)
  #heads = new Int32Array(1024).fill(none)

  add(iccid: string, offset: number): void {
    if (this.#count === this.#offsets.length) this.#grow()
    const row = this.#count++
    this.#offsets[row] = offset
    this.#tails[row] = tailOf(iccid)
    this.#link(row)
  }

  /** Rows that may be of this ICCID and were not taken, in their order. */
  candidates(iccid: string): number[] {
    const tail = tailOf(iccid)
    const rows: number[] = []
    let row = this.#heads[this.#slot(tail)] ?? none
    for (let step = 0; row !== none && step < maxSteps && rows.length < maxAlike; step++, row = this.#next[row] ?? none)
      if (this.#tails[row] === tail && !this.#taken[row]) rows.push(row)
    return rows.reverse()
  }

  offset(row: number): number {
    return this.#offsets[row] ?? 0
  }

  take(row: number): void {
    this.#taken[row] = 1
  }

  isTaken(row: number): boolean {
    return this.#taken[row] === 1
  }

  #slot(tail: number): number {
    return (Math.imul(tail, 0x9e3779b1) >>> 0) % this.#heads.length
  }

  #link(row: number): void {
    const slot = this.#slot(this.#tails[row] ?? 0)
    this.#next[row] = this.#heads[slot] ?? none
    this.#heads[slot] = row
  }

  #grow(): void {
    const length = this.#count * 2
    const [offsets, tails, taken] = [this.#offsets, this.#tails, this.#taken]
    this.#offsets = new Float64Array(length)
    this.#tails = new Uint32Array(length)
    this.#taken = new Uint8Array(length)
    this.#next = new Int32Array(length)
    this.#heads = new Int32Array(length).fill(none)
    this.#offsets.set(offsets)
    this.#tails.set(tails)
    this.#taken.set(taken)
    for (let row = 0; row < this.#count; row++) this.#link(row)
  }
}

// The last nine digits tell the rows of a batch apart; the reader compares the rest.
const tailOf = (iccid: string): number => Number(iccid.slice(-9)) || 0

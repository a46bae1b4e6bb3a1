/** Chance that a seed repeats. */
export interface Chance {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  /** True once in `n` times. */
  oneIn(n: number): boolean
  pick<T>(list: readonly T[]): T
  bytes(length: number): Buffer
}

/** Mixes a seed and a number into another seed (the finaliser of splitmix32), so that each case can be played alone. */
export function mixed(seed: number, number: number): number {
  let z = (seed ^ Math.imul(number + 1, 0x9e3779b9)) >>> 0
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return (z ^ (z >>> 15)) >>> 0
}

/** xorshift32: quick and small, which is all that is asked of it. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0 || 0x6d2b79f5
  const next = () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
  const below = (limit: number) => next() % limit
  return {
    below,
    oneIn: n => below(n) === 0,
    pick: list => {
      const picked = list[below(list.length)]
      if (picked === undefined) throw new Error('There is nothing to pick from.')
      return picked
    },
    bytes: length => Buffer.from(Array.from({ length }, () => below(256))),
  }
}

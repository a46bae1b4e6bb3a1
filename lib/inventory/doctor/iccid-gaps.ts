import { luhnHolds } from '@/lib/rsp/identifiers'
import type { DeclaredRange } from './check-iccid'

/** Numbers that are missing: from behind the first to before the second ICCID; a side that is not told is an end of the declared range. */
export interface Gap {
  after?: string
  before?: string
  count: number
}

const tailDigits = 10
const maxNumbers = 2_000_000
const maxGroups = 1000

/** Numbers that have all digits but the last ten in common, in a list that grows. */
class Tails {
  #numbers = new Float64Array(1024)
  count = 0

  add(number: number): void {
    if (this.count === this.#numbers.length) {
      const longer = new Float64Array(this.count * 2)
      longer.set(this.#numbers)
      this.#numbers = longer
    }
    this.#numbers[this.count++] = number
  }

  sorted(): Float64Array {
    return this.#numbers.subarray(0, this.count).sort()
  }
}

/** Finds the numbers that a row of ICCIDs leaves out, in whatever order they come. 16 octets each at most; beyond two million it gives up. */
export class IccidGaps {
  readonly #groups = new Map<string, Tails>()
  #last: { group: string; length: number; tails: Tails } | undefined
  #count = 0

  add(iccid: string): void {
    if (++this.#count > maxNumbers) return
    const last = this.#last
    if (last?.length === iccid.length && iccid.startsWith(last.group)) {
      last.tails.add(Number(iccid.slice(-tailDigits)))
      return
    }
    const group = iccid.slice(0, -tailDigits)
    const key = `${iccid.length} ${group}`
    let tails = this.#groups.get(key)
    if (!tails) {
      tails = new Tails()
      if (this.#groups.size < maxGroups) this.#groups.set(key, tails)
    }
    this.#last = { group, length: iccid.length, tails }
    tails.add(Number(iccid.slice(-tailDigits)))
  }

  /** In ascending order; undefined when there were too many ICCIDs to tell. */
  find({ firstIccid, lastIccid }: DeclaredRange = {}): Gap[] | undefined {
    if (this.#count > maxNumbers || this.#groups.size >= maxGroups) return undefined
    const gaps: Gap[] = []
    const keys = [...this.#groups.keys()].sort()
    for (const key of keys) {
      const [length = '', group = ''] = key.split(' ')
      const numbers = this.#groups.get(key)?.sorted() ?? new Float64Array()
      const whole = (number: number) => group + String(number).padStart(tailDigits, '0')
      const step = stepOf(numbers, Number(length), whole)
      const first = boundTail(firstIccid, Number(length), group, step)
      const last = boundTail(lastIccid, Number(length), group, step)
      const body = (number: number) => Math.floor(number / step)
      const start = numbers[0] ?? 0
      const end = numbers.at(-1) ?? 0
      if (first !== undefined && body(start) > first) gaps.push({ before: whole(start), count: body(start) - first })
      for (let at = 1; at < numbers.length; at++) {
        const [one = 0, next = 0] = [numbers[at - 1], numbers[at]]
        const missing = body(next) - body(one) - 1
        if (missing > 0) gaps.push({ after: whole(one), before: whole(next), count: missing })
      }
      if (last !== undefined && last > body(end)) gaps.push({ after: whole(end), count: last - body(end) })
    }
    return gaps
  }
}

// The last digit counts unless it is a check digit: 18 digits have none, and of 20 some operators give all to the number.
function stepOf(numbers: Float64Array, length: number, whole: (number: number) => string): 1 | 10 {
  if (length === 18) return 1
  const sample = numbers.subarray(0, 20)
  return length === 20 && !sample.every(number => luhnHolds(whole(number))) ? 1 : 10
}

/** The number of a bound within a group, without its check digit; undefined when it lies elsewhere. */
function boundTail(iccid: string | undefined, length: number, group: string, step: 1 | 10): number | undefined {
  if (!iccid?.startsWith(group)) return undefined
  const tail = iccid.slice(group.length)
  if (iccid.length === length) return Math.floor(Number(tail) / step)
  return iccid.length === length - 1 && step === 10 ? Number(tail) : undefined
}

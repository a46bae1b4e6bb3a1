import { luhnHolds } from '@/lib/rsp/identifiers'

/** Numbers in a row, first and last as they are written. */
export interface NumberRange {
  first: string
  last: string
}

/** How ICCIDs of a type are made. */
export interface IccidForm {
  digits: number
  /** The last digit is a check digit (ITU-T E.118); some operators' twentieth is none. */
  checkDigit: boolean
}

/** Reads the form off some ICCIDs of equal length; a check digit that holds in all of them is one. */
export const iccidForm = (iccids: readonly string[]): IccidForm => ({
  digits: iccids[0]?.length ?? 0,
  checkDigit: iccids.every(iccid => iccid.length > 18 && luhnHolds(iccid)),
})

/** The number without its check digit. */
export const bodyOf = (iccid: string, { checkDigit }: IccidForm): string => (checkDigit ? iccid.slice(0, -1) : iccid)

/** The ICCID of a number: with the check digit that fits, where the form has one. */
export function iccidOf(body: string, { checkDigit }: IccidForm): string {
  if (!checkDigit) return body
  let sum = 0
  for (let i = 0; i < body.length; i++) {
    const digit = body.charCodeAt(body.length - 1 - i) - 48
    const doubled = i % 2 ? digit : digit * 2
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return `${body}${(10 - (sum % 10)) % 10}`
}

/** Ranges of numbers without check digits that are given away, whoever has them. */
export interface Taken {
  /** The highest taken number from `first` to `last`; undefined when all are free. */
  lastWithin(first: string, last: string): Promise<string | undefined>
}

interface Wanted {
  /** The first number that may be the first. */
  from: string
  quantity: number
  /** So many leading digits stay as they are: the issuer of a card, the network of a subscriber. */
  prefixDigits: number
  taken: Taken
}

// Each step leaps over a taken range; nobody's numbers are in that many pieces.
const mostLeaps = 1_000

/** The first `quantity` free numbers in a row from a number on; undefined when the prefix has no room for them. */
export async function nextRange({ from, quantity, prefixDigits, taken }: Wanted): Promise<NumberRange | undefined> {
  const written = (number: bigint) => number.toString().padStart(from.length, '0')
  const hasPrefix = (number: string) => number.length === from.length && number.startsWith(from.slice(0, prefixDigits))
  let first = BigInt(from)
  for (let leap = 0; leap < mostLeaps; leap++) {
    const range = { first: written(first), last: written(first + BigInt(quantity) - 1n) }
    if (!hasPrefix(range.last)) return undefined
    const last = await taken.lastWithin(range.first, range.last)
    if (last === undefined) return range
    first = BigInt(last) + 1n
  }
  return undefined
}

/** The number after this one, as long as it. */
export const numberAfter = (number: string): string => (BigInt(number) + 1n).toString().padStart(number.length, '0')

/** Each number of a range. */
export function* numbersOf({ first, last }: NumberRange): Generator<string> {
  for (let number = BigInt(first), end = BigInt(last); number <= end; number++) yield number.toString().padStart(first.length, '0')
}

/** Where ranges overlap with one from `first` to `last`, the highest of their numbers in it. */
export function lastOverlap(ranges: readonly NumberRange[], first: string, last: string): string | undefined {
  let highest: string | undefined
  for (const range of ranges) {
    if (range.first.length !== first.length || range.last < first || range.first > last) continue
    const end = range.last < last ? range.last : last
    if (highest === undefined || end > highest) highest = end
  }
  return highest
}

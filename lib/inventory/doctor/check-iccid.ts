import { type Iccid, luhnHolds } from '@/lib/rsp/identifiers'
import { FIELDS } from '../formats/row'
import { type FindingKind, rowFinding } from './finding-kinds'
import type { RowFinding } from './findings'

/** The range that was ordered, with or without check digits. */
export interface DeclaredRange {
  firstIccid?: string
  lastIccid?: string
}

const iccid = /^[0-9]{18,20}$/
const { label } = FIELDS.iccid

/**
 * The ICCID of a row, without its filler; undefined when it is none.
 * @param inPackage the package has it so: how its check digit is made is no fault of the row
 */
export function checkIccid(
  text: string,
  { line, inPackage, range }: { line: number; inPackage: boolean; range: DeclaredRange },
  findings: RowFinding[],
): Iccid | undefined {
  const found = (kind: FindingKind, sentence: string) => findings.push(rowFinding(line, kind, sentence, label))
  const last = text.charCodeAt(text.length - 1) | 0x20
  const digits = last === 0x66 ? text.slice(0, -1) : text
  if (!iccid.test(digits)) {
    found('iccid-format', formatSentence(line, digits))
    return undefined
  }
  if (digits.charCodeAt(0) !== 0x38 || digits.charCodeAt(1) !== 0x39)
    found('iccid-prefix', `The ICCID ${digits} in line ${line} does not begin with 89, as those of telephone cards do.`)
  if (!inPackage) checkDigit(digits, line, found)
  const outside = sideOf(digits, range)
  if (outside) found('iccid-range', `The ICCID ${digits} in line ${line} lies ${outside} the declared range.`)
  return digits as Iccid
}

/** The ICCID as a package's header or a table may write it, as digits alone. */
export const bareIccid = (text: string): string => text.replace(/[\s-]/g, '').replace(/[Ff]{1,2}$/, '')

// What does not begin like an ICCID may be a secret of another column.
function formatSentence(line: number, text: string): string {
  const shown = /^89[0-9]{3,22}$/.test(text) ? ` ${text}` : ''
  if (!/^[0-9]*$/.test(text)) return `The ICCID${shown} in line ${line} has other characters than digits.`
  return `The ICCID${shown} in line ${line} has ${text.length} digits; an ICCID has 19 or 20.`
}

// ITU-T E.118: 19 digits with the check digit. Some operators give 20, of which the last is no check digit; 18 are a number without it.
function checkDigit(digits: string, line: number, found: (kind: FindingKind, sentence: string) => void): void {
  if (digits.length === 18)
    found('iccid-check-digit', `The ICCID ${digits} in line ${line} has 18 digits; its check digit seems to be missing.`)
  else if (luhnHolds(digits)) return
  else if (digits.length === 20)
    found('iccid-check-digit', `The ICCID ${digits} in line ${line} has 20 digits, the last is no check digit.`)
  else found('iccid-luhn', `The check digit of the ICCID ${digits} in line ${line} is wrong: a digit is mistyped, or it has none.`)
}

// Bounds without a check digit are compared as far as they go.
function sideOf(digits: string, { firstIccid, lastIccid }: DeclaredRange): string | undefined {
  if (firstIccid !== undefined && compared(digits, firstIccid) < 0) return 'before'
  if (lastIccid !== undefined && compared(digits, lastIccid) > 0) return 'behind'
  return undefined
}

function compared(digits: string, bound: string): number {
  const length = Math.min(digits.length, bound.length)
  const [one, other] = [digits.slice(0, length), bound.slice(0, length)]
  return one === other ? 0 : one < other ? -1 : 1
}

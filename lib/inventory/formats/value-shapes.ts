import { luhnHolds } from '@/lib/rsp/identifiers'
import { isKeptReference, keptPlace } from './kept-value'
import type { FieldName } from './row'

const digits = (length: string) => new RegExp(`^[0-9]{${length}}$`)
const hex = (length: string) => new RegExp(`^[0-9A-Fa-f]{${length}}$`)

const SHAPES: Record<FieldName | 'otaKey', (value: string) => boolean> = {
  iccid: value => /^[0-9]{18,20}[Ff]{0,2}$/.test(value),
  imsi: value => digits('14,15').test(value),
  msisdn: value => /^\+?[0-9]{5,15}$/.test(value),
  acc: value => hex('4').test(value),
  smsp: value => /^\+?[0-9]{5,15}$/.test(value) || hex('56,510').test(value),
  k: value => hex('32').test(value) || hex('64').test(value),
  opc: value => hex('32').test(value),
  op: value => hex('32').test(value),
  tuakK: value => hex('32').test(value) || hex('64').test(value),
  topc: value => hex('64').test(value),
  pin1: value => digits('4,8').test(value),
  pin2: value => digits('4,8').test(value),
  puk1: value => digits('8').test(value),
  puk2: value => digits('8').test(value),
  adm1: value => digits('4,8').test(value) || hex('16').test(value),
  otaKey: value => /^([0-9A-Fa-f]{16}){1,4}$/.test(value),
}

const bare = (value: string) =>
  value
    .trim()
    .replace(/^="(.*)"$/, '$1')
    .replace(/^'|^0x/i, '')
    .replace(/[\s-]/g, '')

// A reference says nothing of what its column holds.
const valuesAmong = (cells: readonly string[]) => cells.map(bare).filter(value => value !== '' && !isKeptReference(value))

/** How many of a column's values can be what it is said to hold, 0 to 1; undefined for a column without values. */
export function shapeFits(field: FieldName | 'otaKey', values: readonly string[]): number | undefined {
  const present = valuesAmong(values)
  return present.length ? present.filter(SHAPES[field]).length / present.length : undefined
}

/** What a column can be by its values alone, the likeliest first. */
export function fieldsOfShape(values: readonly string[]): { field: FieldName; confidence: number }[] {
  const present = valuesAmong(values)
  const all = (test: RegExp | ((value: string) => boolean)) =>
    present.length > 0 && present.every(value => (typeof test === 'function' ? test(value) : test.test(value)))
  const constant = new Set(present).size === 1 && present.length > 1
  const candidates = (confidence: number, ...fields: FieldName[]) =>
    fields.map((field, rank) => ({ field, confidence: confidence - rank * 0.1 }))
  if (all(/^89[0-9]{17,18}[Ff]{0,2}$/)) return candidates(all(value => luhnHolds(value.replace(/F/gi, ''))) ? 0.95 : 0.75, 'iccid')
  if (all(hex('32'))) return constant ? candidates(0.5, 'op', 'opc') : candidates(0.6, 'k', 'opc')
  if (all(hex('64'))) return candidates(0.55, 'tuakK', 'topc')
  if (all(hex('56,510'))) return candidates(0.5, 'smsp')
  if (all(/^\+[0-9]{7,15}$/)) return candidates(0.8, constant ? 'smsp' : 'msisdn')
  if (all(digits('15'))) return candidates(0.8, 'imsi', 'msisdn')
  if (all(/^[1-9][0-9]{9,13}$/)) return candidates(0.6, 'msisdn')
  if (all(hex('16'))) return candidates(0.5, 'adm1')
  if (all(value => hex('4').test(value) && isOneBit(value))) return candidates(0.6, 'acc')
  if (all(digits('4'))) return candidates(0.55, 'pin1', 'pin2')
  if (all(digits('8'))) return candidates(0.5, 'puk1', 'puk2', 'adm1')
  return []
}

// EF.ACC of an ordinary subscriber has one bit set.
const isOneBit = (value: string) => {
  const bits = Number.parseInt(value, 16)
  return bits !== 0 && (bits & (bits - 1)) === 0
}

/** A value as it may be shown: that of an identifier where it looks like one, a reference to a kept value, anything else by its kind and length alone. */
export function describeValue(field: FieldName | 'otaKey' | 'extra' | 'ignore', value: string): string {
  const text = bare(value)
  if (text === '') return 'empty'
  if (keptPlace(text)) return text
  if (field === 'iccid' && /^89[0-9]{16,18}[Ff]{0,2}$/.test(text)) return text
  if ((field === 'imsi' && digits('15').test(text)) || (field === 'msisdn' && /^\+?[0-9]{9,15}$/.test(text))) return text
  const kind = /^[0-9]+$/.test(text) ? 'digits' : /^[0-9A-Fa-f]+$/.test(text) ? 'hexadecimal digits' : 'characters'
  return `${text.length} ${kind}`
}

import { opcFromOp } from '@/lib/rsp/saip/milenage'
import type { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { type BatchRow, FIELDS, type FieldName } from '../formats/row'
import { type FindingKind, rowFinding } from './finding-kinds'
import type { RowFinding } from './findings'

/*
 * The formats of SubscriberValues once more, as plain patterns: a million rows go through here, and what comes out is such values without being
 * parsed again. The test of this file holds the two together.
 */

/** The values that a row can bring, by their names in SubscriberValues. */
export type ValueName =
  | 'imsi'
  | 'msisdn'
  | 'acc'
  | 'smsc'
  | 'smsp'
  | 'k'
  | 'opc'
  | 'op'
  | 'topc'
  | 'pin1'
  | 'pin2'
  | 'puk1'
  | 'puk2'
  | 'adm1'

export type Values = Partial<Record<ValueName, string>> & { otaKeys?: NonNullable<SubscriberValues['otaKeys']> }

/** The bit of each value in `RowValues.present`. */
export const BITS = {
  imsi: 1,
  msisdn: 2,
  acc: 4,
  smsc: 8,
  smsp: 16,
  k: 32,
  opc: 64,
  op: 128,
  topc: 256,
  pin1: 512,
  pin2: 1024,
  puk1: 2048,
  puk2: 4096,
  adm1: 8192,
} as const satisfies Record<ValueName, number>

/** Any of these needs K with it. */
export const OPERATOR_CODES = BITS.opc | BITS.op | BITS.topc

/** What a row brings besides its ICCID. */
export interface RowValues {
  /** Those of the right format, as SubscriberValues has them. */
  values: Values
  /** Bits of all that the row brings, right or wrong. */
  present: number
}

interface Format {
  field: FieldName
  name: ValueName
  pattern: RegExp
  /** Sentences are those of SubscriberValues. */
  rule: string
  kind: FindingKind
  hex?: true
}

const number = 'A number has 3 to 15 digits, in international form'
const pin = 'A PIN has 4 to 8 digits'
const puk = 'A PUK has 8 digits'
const formats: readonly Format[] = [
  { field: 'imsi', name: 'imsi', pattern: /^[0-9]{15}$/, rule: 'An IMSI has 15 digits', kind: 'imsi-format' },
  { field: 'msisdn', name: 'msisdn', pattern: /^\+?[0-9]{3,15}$/, rule: number, kind: 'number-format' },
  { field: 'acc', name: 'acc', pattern: /^[0-9A-F]{4}$/i, rule: 'The classes are 4 hexadecimal digits', kind: 'acc-format', hex: true },
  {
    field: 'k',
    name: 'k',
    pattern: /^(?:[0-9A-F]{32}|[0-9A-F]{64})$/i,
    rule: 'K has 32 hexadecimal digits, or 64 with TUAK',
    kind: 'key-format',
    hex: true,
  },
  { field: 'opc', name: 'opc', pattern: /^[0-9A-F]{32}$/i, rule: 'OPc has 32 hexadecimal digits', kind: 'key-format', hex: true },
  { field: 'op', name: 'op', pattern: /^[0-9A-F]{32}$/i, rule: 'OP has 32 hexadecimal digits', kind: 'key-format', hex: true },
  { field: 'topc', name: 'topc', pattern: /^[0-9A-F]{64}$/i, rule: 'TOPc has 64 hexadecimal digits', kind: 'key-format', hex: true },
  { field: 'pin1', name: 'pin1', pattern: /^[0-9]{4,8}$/, rule: pin, kind: 'code-format' },
  { field: 'pin2', name: 'pin2', pattern: /^[0-9]{4,8}$/, rule: pin, kind: 'code-format' },
  { field: 'puk1', name: 'puk1', pattern: /^[0-9]{8}$/, rule: puk, kind: 'code-format' },
  { field: 'puk2', name: 'puk2', pattern: /^[0-9]{8}$/, rule: puk, kind: 'code-format' },
  {
    field: 'adm1',
    name: 'adm1',
    pattern: /^(?:[0-9]{4,8}|[0-9A-F]{16})$/i,
    rule: 'An ADM key has 4 to 8 digits, or 16 hexadecimal digits',
    kind: 'code-format',
  },
]

const international = /^\+?[0-9]{3,15}$/
const smsRecord = /^(?:[0-9A-F]{2}){28,255}$/i
const hexadecimal = /^[0-9A-F]+$/i
const otaKeyDigits: readonly number[] = [16, 32, 48, 64, 96, 128]
const aid = /^(?:[0-9A-F]{2}){5,16}$/i

/** Reads what a row brings and checks each value for itself and against the others. */
export function readValues(row: BatchRow, findings: RowFinding[]): RowValues {
  const values: Values = {}
  let present = 0
  for (const format of formats) {
    const value = row[format.field]
    if (value === undefined) continue
    present |= BITS[format.name]
    if (format.pattern.test(value)) values[format.name] = format.hex ? value.toUpperCase() : value
    else findings.push(wrongFormat(row.line, format, value))
  }
  if (row.smsp !== undefined) present |= readSmsp(row.line, row.smsp, values, findings)
  if (row.tuakK !== undefined) present |= readTuakK(row, row.tuakK, values, findings)
  if (row.otaKeys) readOtaKeys(row.line, row.otaKeys, values, findings)
  checkTogether(row.line, present, values, findings)
  return { values, present }
}

/** Of a value without its text: how long it is, and of what kind. */
function described(value: string): string {
  const what = /^[0-9]*$/.test(value) ? 'digit' : /^[0-9A-Fa-f]*$/.test(value) ? 'hexadecimal digit' : 'character'
  return `${value.length} ${what}${value.length === 1 ? '' : 's'}${what === 'character' ? ', not only digits' : ''}`
}

const wrongFormat = (line: number, { field, rule, kind }: Pick<Format, 'field' | 'rule' | 'kind'>, value: string): RowFinding => {
  const { label } = FIELDS[field]
  return rowFinding(line, kind, `${rule}; the ${label} in line ${line} has ${described(value)}.`, label)
}

/** The column holds the number of the service centre or the record of EF.SMSP. */
function readSmsp(line: number, text: string, values: Values, findings: RowFinding[]): number {
  if (international.test(text)) values.smsc = text
  else if (smsRecord.test(text)) values.smsp = text
  else {
    const rule = 'An SMSP is the number of the service centre, or a record of 28 octets or more in hexadecimal'
    findings.push(wrongFormat(line, { field: 'smsp', rule, kind: 'number-format' }, text))
  }
  return values.smsp === undefined ? BITS.smsc : BITS.smsp
}

function readTuakK(row: BatchRow, text: string, values: Values, findings: RowFinding[]): number {
  const { line } = row
  const { label } = FIELDS.tuakK
  if (!/^(?:[0-9A-F]{32}|[0-9A-F]{64})$/i.test(text))
    findings.push(wrongFormat(line, { field: 'tuakK', rule: 'A TUAK K has 32 or 64 hexadecimal digits', kind: 'key-format' }, text))
  else if (row.k !== undefined && row.k.toUpperCase() !== text.toUpperCase())
    findings.push(
      rowFinding(line, 'key-contradiction', `Line ${line} has two different keys, K and TUAK K; only one of them can be right.`, label),
    )
  else values.k = text.toUpperCase()
  if (row.topc === undefined && (row.opc !== undefined || row.op !== undefined))
    findings.push(
      rowFinding(line, 'key-contradiction', `Line ${line} has a TUAK K with OPc or OP, which belong to Milenage; TUAK needs TOPc.`, label),
    )
  else if (row.topc === undefined)
    findings.push(rowFinding(line, 'value-missing', `Line ${line} has a TUAK K and no TOPc, which belongs to it.`, FIELDS.topc.label))
  return BITS.k
}

/** An OTA key as people call it, by version and identifier. */
export const otaLabel = ({ keyVersion, keyId }: { keyVersion: number; keyId: number }): string => `OTA key ${keyVersion}/${keyId}`

function readOtaKeys(line: number, keys: NonNullable<BatchRow['otaKeys']>, values: Values, findings: RowFinding[]): void {
  const read: NonNullable<Values['otaKeys']> = []
  for (const key of keys) {
    const label = otaLabel(key)
    if (key.securityDomain !== undefined && !aid.test(key.securityDomain))
      findings.push(rowFinding(line, 'key-format', `The security domain of ${label} in line ${line} is no AID of 5 to 16 octets.`, label))
    else if (!otaKeyDigits.includes(key.key.length) || !hexadecimal.test(key.key))
      findings.push(
        rowFinding(
          line,
          'key-format',
          `An OTA key has 8, 16, 24, 32, 48 or 64 octets in hexadecimal; ${label} in line ${line} has ${described(key.key)}.`,
          label,
        ),
      )
    else if (!isKeyNumber(key.keyVersion) || !isKeyNumber(key.keyId))
      findings.push(rowFinding(line, 'key-format', `Version and identifier of ${label} in line ${line} have to be 1 to 127.`, label))
    else {
      const { keyVersion, keyId, securityDomain } = key
      const text = key.key.toUpperCase() as (typeof read)[number]['key']
      read.push(
        securityDomain === undefined
          ? { keyVersion, keyId, key: text }
          : { keyVersion, keyId, key: text, securityDomain: securityDomain.toUpperCase() },
      )
    }
  }
  for (let at = 1; at < keys.length; at++) {
    const one = keys[at]
    const twice = one && keys.slice(0, at).some(other => isSameKey(one, other))
    if (one && twice) findings.push(rowFinding(line, 'key-contradiction', `Line ${line} has ${otaLabel(one)} twice.`, otaLabel(one)))
  }
  if (read.length) values.otaKeys = read
}

type OtaName = { keyVersion: number; keyId: number; securityDomain?: string | undefined }
const isSameKey = (one: OtaName, other: OtaName) =>
  one.keyVersion === other.keyVersion &&
  one.keyId === other.keyId &&
  one.securityDomain?.toUpperCase() === other.securityDomain?.toUpperCase()

const isKeyNumber = (number: number) => Number.isInteger(number) && number >= 1 && number <= 127

function checkTogether(line: number, present: number, values: Values, findings: RowFinding[]): void {
  const operatorCodes = present & OPERATOR_CODES
  if (operatorCodes === 0) return
  const contradiction = (sentence: string, label: string) => findings.push(rowFinding(line, 'key-contradiction', sentence, label))
  if (operatorCodes & BITS.topc && operatorCodes !== BITS.topc)
    contradiction(`TOPc belongs to TUAK, OPc and OP to Milenage; line ${line} has both, only one can be right.`, FIELDS.topc.label)
  if (values.op !== undefined && values.opc !== undefined && values.k !== undefined) {
    // Vendors give both: then OP has done its work, and OPc is what the profile keeps.
    if (values.k.length === 32 && opcOf(values.k, values.op) === values.opc) delete values.op
    else contradiction(`The OPc in line ${line} is not the one that follows from its OP and K.`, FIELDS.opc.label)
  }
  if (present & BITS.k) return
  const { label } = FIELDS[operatorCodes & BITS.topc ? 'topc' : operatorCodes & BITS.opc ? 'opc' : 'op']
  findings.push(rowFinding(line, 'value-missing', `Line ${line} has ${label} and no K, which belongs to it.`, FIELDS.k.label))
}

const opcOf = (k: string, op: string): string => opcFromOp(Buffer.from(k, 'hex'), Buffer.from(op, 'hex')).toString('hex').toUpperCase()

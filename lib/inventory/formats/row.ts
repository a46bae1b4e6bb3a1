import type { PackageInfo } from '@/lib/rsp/saip/read-package'

/** The values of a subscriber that a column can hold, one row each. */
export const FIELDS = {
  iccid: { label: 'ICCID', secret: false },
  imsi: { label: 'IMSI', secret: false },
  msisdn: { label: 'MSISDN', secret: false },
  acc: { label: 'ACC', secret: false },
  smsp: { label: 'SMSP', secret: false },
  k: { label: 'K', secret: true },
  opc: { label: 'OPc', secret: true },
  op: { label: 'OP', secret: true },
  tuakK: { label: 'TUAK K', secret: true },
  topc: { label: 'TOPc', secret: true },
  pin1: { label: 'PIN1', secret: true },
  pin2: { label: 'PIN2', secret: true },
  puk1: { label: 'PUK1', secret: true },
  puk2: { label: 'PUK2', secret: true },
  adm1: { label: 'ADM1', secret: true },
} as const

export type FieldName = keyof typeof FIELDS
export const fieldNames = Object.keys(FIELDS) as [FieldName, ...FieldName[]]
export const secretFields: readonly FieldName[] = fieldNames.filter(name => FIELDS[name].secret)

/** What is wrong in a row that only those can see who read it. */
export type ProblemKind =
  | 'column-count'
  | 'control-character'
  | 'kept-gone'
  | 'no-package'
  | 'no-row'
  | 'package'
  | 'quote'
  | 'scientific-notation'
  | 'too-long'
  | 'transport-key'
  | 'truncated'
  | 'undecodable'

/** The sentence names field and line, never a value. */
export interface RowProblem {
  kind: ProblemKind
  field?: FieldName | 'otaKey'
  sentence: string
}

/** A key of a security domain as its column names it; what the numbers mean stands at `OtaKey` in lib/rsp/saip/subscriber-values. */
export interface OtaKeyValue {
  keyVersion: number
  keyId: number
  /** Instance AID, hexadecimal. */
  securityDomain?: string
  key: string
}

/**
 * One subscriber of an uploaded file, whatever its format. Values are text as it came, without blanks, dashes and an ICCID's filler;
 * whether they are right is not judged here. Empty cells are left out. Everything but ICCID, IMSI, MSISDN, ACC and SMSP is to be treated as a secret:
 * nobody knows what stands in `extra` and `cells`.
 */
export interface BatchRow extends Partial<Record<FieldName, string>> {
  /** Of the table, counted from 1; for a package without a row its place in the ZIP file, counted on behind the table. No two rows of a file have one line. */
  line: number
  /** The member of the ZIP file that holds the package. */
  member?: string
  otaKeys?: OtaKeyValue[]
  /** An unprotected profile package that could be read, and what is in it. */
  package?: Buffer
  packageInfo?: PackageInfo
  /** Columns that mean no field, by their name. */
  extra?: Record<string, string>
  /** The line as it came, when its cells could not be told to be of one column or another; the fields are missing then. */
  cells?: string[]
  problems?: RowProblem[]
}

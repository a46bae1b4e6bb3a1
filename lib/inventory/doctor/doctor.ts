import type { Iccid } from '@/lib/rsp/identifiers'
import type { PreparedTemplate } from '@/lib/rsp/saip/prepare-template'
import type { PackageInfo } from '@/lib/rsp/saip/read-package'
import type { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { type BatchRow, FIELDS } from '../formats/row'
import { bareIccid, checkIccid } from './check-iccid'
import { checkPackageRow } from './check-package'
import { type ShapeVerdict, TemplateCheck, templateFindings } from './check-template'
import { rowFinding } from './finding-kinds'
import type { BatchFinding, RowFinding } from './findings'
import { otaLabel, type RowValues, readValues } from './read-values'
import { SeenKeys } from './seen-keys'
import { weaknessOf } from './weak-keys'
import { type Declared, WholeBatch } from './whole-batch'

export { FINDING_KINDS } from './finding-kinds'

export interface DoctorOptions {
  /** Rows without a package are to fill it. */
  template?: PreparedTemplate
  /** What was ordered; ICCIDs with or without check digit and filler. */
  declared?: Declared
}

/** What a row is worth. Without an error among the findings it can become a profile. */
export interface CheckedRow {
  line: number
  /** Told where they are of the right form, of rows with errors too. */
  iccid?: Iccid
  imsi?: string
  /** Digits in international form, with the plus where the row has it. */
  msisdn?: string
  /** For the template; none when there is an error. */
  values?: SubscriberValues
  package?: Buffer
  packageInfo?: PackageInfo
  findings: RowFinding[]
}

/** Checks the rows of one file, one after the other, in bounded memory. */
export interface Doctor {
  check(row: BatchRow): CheckedRow
  /** What all rows together tell; once, after the last row. */
  whole(): BatchFinding[]
}

export function createDoctor({ template, declared = {} }: DoctorOptions): Doctor {
  const { firstIccid, lastIccid, quantity } = declared
  const range = {
    ...(firstIccid ? { firstIccid: bareIccid(firstIccid) } : {}),
    ...(lastIccid ? { lastIccid: bareIccid(lastIccid) } : {}),
  }
  const templateCheck = template && new TemplateCheck(template)
  const seenKeys = new SeenKeys()
  const whole = new WholeBatch(template, { ...range, ...(quantity === undefined ? {} : { quantity }) })

  function check(row: BatchRow): CheckedRow {
    const { line } = row
    const findings: RowFinding[] = []
    const checked: CheckedRow = { line, findings }
    if (row.problems) addProblems(row, findings)
    if (row.cells || isLostPackage(row)) {
      whole.add({ row })
      return checked
    }
    const bytes = row.package
    const info = row.packageInfo
    const inPackage = bytes !== undefined && info !== undefined
    const iccidText = inPackage ? info.iccid : row.iccid
    const iccid = iccidText === undefined ? undefined : checkIccid(iccidText, { line, inPackage, range }, findings)
    if (iccidText === undefined && !hasProblemWith(row, 'iccid'))
      findings.push(rowFinding(line, 'iccid-missing', `Line ${line} has no ICCID.`, FIELDS.iccid.label))
    const read = readValues(row, findings)
    const { values } = read
    checkClass(line, values.acc, values.imsi, findings)
    checkNumbers(line, read, findings)

    const imsi = values.imsi ?? (inPackage ? info.imsi : undefined)
    if (iccid !== undefined) checked.iccid = iccid
    if (imsi !== undefined) checked.imsi = imsi
    if (values.msisdn !== undefined) checked.msisdn = values.msisdn

    if (inPackage) {
      checkPackageRow({ line, iccid: row.iccid, bytes, info }, read, findings)
      checked.package = bytes
      checked.packageInfo = info
      whole.add({ row, read, iccid, imsi, mccMnc: imsi === info.imsi ? info.mccMnc : undefined })
      return checked
    }
    checkKeys(line, read, findings)
    if (!templateCheck) {
      if (!row.problems?.some(({ kind }) => kind === 'no-package'))
        findings.push(rowFinding(line, 'no-template', `Line ${line} brings values and no package, and the profile type has no template.`))
      whole.add({ row, read, iccid, imsi })
      return checked
    }
    const verdict = templateCheck.verdictOf(read)
    if (verdict.faults.length) templateFindings(line, withoutTold(verdict.faults, row), findings)
    for (const { name } of verdict.unused) delete values[name]
    // The formats were checked above, and so were the values against each other.
    if (iccid !== undefined && !findings.some(({ severity }) => severity === 'error'))
      checked.values = { iccid, ...values } as SubscriberValues
    whole.add({ row, read, iccid, imsi, verdict })
    return checked
  }

  function checkKeys(line: number, { values }: RowValues, findings: RowFinding[]): void {
    const { k, opc, otaKeys } = values
    if (k !== undefined) {
      const weakness = weaknessOf(k)
      if (weakness) findings.push(rowFinding(line, 'weak-key', `The K in line ${line} ${weakness}.`, FIELDS.k.label))
      if (k === opc) findings.push(rowFinding(line, 'weak-key', `K and OPc in line ${line} are one and the same.`, FIELDS.k.label))
      const first = seenKeys.lineOf(k, line)
      if (first !== undefined)
        findings.push(rowFinding(line, 'repeated-key', `The K in line ${line} is the one of line ${first}.`, FIELDS.k.label))
    }
    if (!otaKeys) return
    for (const key of otaKeys) {
      const weakness = weaknessOf(key.key)
      if (weakness) findings.push(rowFinding(line, 'weak-key', `The ${otaLabel(key)} in line ${line} ${weakness}.`, otaLabel(key)))
    }
  }

  return { check, whole: () => whole.findings() }
}

function addProblems({ line, problems = [] }: BatchRow, findings: RowFinding[]): void {
  for (const { kind, field, sentence } of problems) {
    const label = field === undefined ? undefined : field === 'otaKey' ? 'OTA key' : FIELDS[field].label
    findings.push(rowFinding(line, kind, sentence, label))
  }
}

/** A member of a ZIP file that is no package: its problem says all. */
const isLostPackage = ({ member, package: bytes, problems }: BatchRow): boolean =>
  bytes === undefined && (member !== undefined || (problems?.some(({ kind }) => kind === 'package') ?? false))

const hasProblemWith = ({ problems }: BatchRow, field: string): boolean => problems?.some(problem => problem.field === field) ?? false

/** A value that the reader of the file could not make out is not missing once more. */
function withoutTold(faults: ShapeVerdict['faults'], { problems = [] }: BatchRow): Pick<ShapeVerdict, 'faults'> {
  const told = new Set<string | undefined>(
    problems.map(({ field }) => (field === undefined || field === 'otaKey' ? undefined : FIELDS[field].label)),
  )
  return { faults: faults.filter(({ kind, label }) => kind !== 'value-missing' || !told.has(label)) }
}

// TS 31.102 §4.2.15: an ordinary subscriber is in the class that the last digit of the IMSI names.
function checkClass(line: number, acc: string | undefined, imsi: string | undefined, findings: RowFinding[]): void {
  if (acc === undefined || imsi === undefined) return
  const digit = imsi.charCodeAt(14) - 0x30
  if (Number.parseInt(acc, 16) === 1 << digit) return
  const expected = (1 << digit).toString(16).padStart(4, '0').toUpperCase()
  findings.push(
    rowFinding(
      line,
      'acc-class',
      `The ACC in line ${line} does not fit its IMSI, which ends in ${digit}: ${expected} would be usual.`,
      FIELDS.acc.label,
    ),
  )
}

// A file holds the number as it is dialled abroad; with 0 or 00 in front it is not one.
function checkNumbers(line: number, { values }: RowValues, findings: RowFinding[]): void {
  if (values.msisdn?.charCodeAt(0) === 0x30) findings.push(national(line, FIELDS.msisdn.label))
  if (values.smsc?.charCodeAt(0) === 0x30) findings.push(national(line, FIELDS.smsp.label))
}

const national = (line: number, label: string): RowFinding =>
  rowFinding(
    line,
    'number-national',
    `The ${label} in line ${line} begins with 0; the profile takes it for a number in international form, which begins with the country.`,
    label,
  )

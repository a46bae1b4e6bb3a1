import { opcFromOp } from '@/lib/rsp/saip/milenage'
import { prepareTemplate } from '@/lib/rsp/saip/prepare-template'
import type { PackageInfo } from '@/lib/rsp/saip/read-package'
import { codeOctets } from '@/lib/rsp/saip/value-encoding'
import type { CodeName, ValuePlaces } from '@/lib/rsp/saip/value-places'
import { FIELDS } from '../formats/row'
import { bareIccid } from './check-iccid'
import { rowFinding } from './finding-kinds'
import type { RowFinding } from './findings'
import { otaLabel, type RowValues, type Values } from './read-values'

export interface PackageRow {
  line: number
  /** As the row has it. */
  iccid: string | undefined
  bytes: Buffer
  info: PackageInfo
}

/** What the package says of itself, and whether it holds what the table says of its subscriber. */
export function checkPackageRow({ line, iccid, bytes, info }: PackageRow, { values }: RowValues, findings: RowFinding[]): void {
  for (const sentence of info.errors) findings.push(rowFinding(line, 'package-error', `The package of ${info.iccid}: ${sentence}`))
  for (const sentence of info.warnings) findings.push(rowFinding(line, 'package-warning', `The package of ${info.iccid}: ${sentence}`))
  if (iccid !== undefined && bareIccid(iccid) !== info.iccid) {
    const sentence = `The package of line ${line} has the ICCID ${info.iccid}, not that of its row.`
    findings.push(rowFinding(line, 'iccid-package', sentence, FIELDS.iccid.label))
  }
  if (values.imsi !== undefined && values.imsi !== info.imsi) {
    const other = info.imsi === undefined ? 'no IMSI' : `the IMSI ${info.imsi}`
    findings.push(differs(line, FIELDS.imsi.label, `The row of line ${line} has the IMSI ${values.imsi}, its package has ${other}.`))
  }
  if (!comparable.some(name => values[name] !== undefined)) return
  const { places } = prepareTemplate(bytes)
  for (const [label, there] of comparisons(values, places)) {
    if (there === 'same') continue
    const reason = there === 'none' ? 'has no place in its package' : 'is another one in its package'
    findings.push(differs(line, label, `The ${label} of line ${line} ${reason}.`))
  }
}

const differs = (line: number, label: string, sentence: string) => rowFinding(line, 'package-differs', sentence, label)

const codeNames: readonly CodeName[] = ['pin1', 'pin2', 'puk1', 'puk2', 'adm1']
const comparable: readonly (keyof Values)[] = ['k', 'opc', 'op', 'topc', 'otaKeys', ...codeNames]

/** Where an application or an element has its own value, one that agrees is enough. */
function* comparisons(values: Values, { akas, codes, otaKeys }: ValuePlaces): Generator<[label: string, there: 'same' | 'other' | 'none']> {
  const among = (octets: Buffer, found: readonly Buffer[]) =>
    found.length === 0 ? 'none' : found.some(other => other.equals(octets)) ? 'same' : 'other'
  const own = akas.filter(aka => aka.own)
  const operatorCodes = own.map(aka => aka.operatorCode.value)
  const { k, op } = values
  const octetsOf = (hex: string) => Buffer.from(hex, 'hex')
  if (k !== undefined) {
    const keys = own.map(aka => aka.key.value)
    yield [FIELDS.k.label, among(octetsOf(k), keys)]
    if (op !== undefined && k.length === 32) yield [FIELDS.op.label, among(opcFromOp(octetsOf(k), octetsOf(op)), operatorCodes)]
  }
  for (const name of ['opc', 'topc'] as const) {
    const code = values[name]
    if (code !== undefined) yield [FIELDS[name].label, among(octetsOf(code), operatorCodes)]
  }
  for (const name of codeNames) {
    const code = values[name]
    if (code === undefined) continue
    const found = codes[name].map(place => place.value)
    yield [FIELDS[name].label, among(codeOctets(code), found)]
  }
  for (const { keyVersion, keyId, key, securityDomain = otaKeys[0]?.securityDomain } of values.otaKeys ?? []) {
    const place = otaKeys.find(one => one.keyVersion === keyVersion && one.keyId === keyId && one.securityDomain === securityDomain)
    yield [otaLabel({ keyVersion, keyId }), among(octetsOf(key), place ? [place.data.value] : [])]
  }
}

import { PackageError } from '@/lib/rsp/saip/elements'
import type { FilePlace, NoPlace } from '@/lib/rsp/saip/file-place'
import { opcFromOp } from '@/lib/rsp/saip/milenage'
import { type PreparedTemplate, personalise, prepareTemplate } from '@/lib/rsp/saip/personalise'
import { readPackage } from '@/lib/rsp/saip/read-package'
import type { SubscriberValueName, SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { templateDifferences } from '@/lib/rsp/saip/template-differences'
import { valuesOfTemplate } from '@/lib/rsp/saip/template-values'
import { readAll, readTlv } from '@/lib/rsp/tlv'

/**
 * Reads a package that was made for a subscriber and compares: it holds the row's values, and else what the template has.
 * @param made the package; made here when left out
 * @returns what is wrong, in sentences that quote no value; none when all is well
 * @throws PersonalisationError when the package cannot be made
 */
export function checkPersonalised(
  template: PreparedTemplate,
  values: SubscriberValues,
  made: Uint8Array = personalise(template, values),
): string[] {
  try {
    const { iccid } = readPackage(made)
    const read = prepareTemplate(made)
    const wrong = iccid === values.iccid ? wrongValues(read, values) : ['ICCID', ...wrongValues(read, values)]
    if (!hasAlgorithm(template, read, values)) wrong.push('Algorithm')
    return [...wrong.map(title => `The ${title} in the package is not that of the row.`), ...templateDifferences(template, read, values)]
  } catch (error) {
    if (error instanceof PackageError) return [error.message]
    throw error
  }
}

/** Titles of the values that the package does not hold. */
function wrongValues(made: PreparedTemplate, values: SubscriberValues): string[] {
  const shown = new Map(valuesOfTemplate(made).map(({ value, title, present }) => [value, { title, present }]))
  const wrong: string[] = []
  const expect = (value: SubscriberValueName, holds: boolean) => {
    if (!holds) wrong.push(shown.get(value)?.title ?? value)
  }
  const present = (value: SubscriberValueName) => shown.get(value)?.present
  for (const name of ['iccid', 'imsi', 'acc', 'spn', 'impi', 'impu', 'imsDomain', 'routingIndicator'] as const) {
    const value = values[name]
    if (value !== undefined) expect(name, present(name) === value)
  }
  for (const name of ['msisdn', 'smsc'] as const) {
    const number = values[name]
    if (number !== undefined) expect(name, present(name) === `+${number.replace('+', '')}`)
  }
  const { files } = made.places
  // The type of identity (TS 24.008 §10.5.1.4) stands beside the first digit.
  if (values.imsi !== undefined && 'writer' in files.imsi) expect('imsi', ((files.imsi.current?.[1] ?? 0) & 7) === 1)
  if (values.mncLength !== undefined) expect('mncLength', made.places.mncLength === values.mncLength)
  if (values.imsi !== undefined && values.acc === undefined && 'writer' in files.acc)
    expect('acc', Number.parseInt(present('acc') ?? '0', 16) === 1 << Number(values.imsi.at(-1)))
  if (values.smsp !== undefined) expect('smsp', endsWith(files.smsp, values.smsp))
  if (values.suciKeys !== undefined) expect('suciKeys', holdsSuciKeys(made.places.suci, values.suciKeys))
  expectKeys(made, values, expect)
  return [...new Set(wrong)]
}

/** With the keys comes the algorithm that takes them, and the header demands it. */
function hasAlgorithm(template: PreparedTemplate, made: PreparedTemplate, values: SubscriberValues): boolean {
  const { k, opc, op, topc } = values
  if (k === undefined) return true
  const present = template.places.akas.find(({ own }) => own)?.algorithm
  const wanted = values.algorithm ?? (topc ? 'tuak' : opc || op ? 'milenage' : present)
  return made.places.akas.every(({ own, algorithm }) => !own || algorithm === wanted)
}

type Expect = (value: SubscriberValueName, holds: boolean) => void

function expectKeys({ places }: PreparedTemplate, values: SubscriberValues, expect: Expect): void {
  const { k, opc, op, topc } = values
  if (k !== undefined) {
    const own = places.akas.filter(aka => aka.own)
    const all = (part: 'key' | 'operatorCode', octets: Buffer) => own.length > 0 && own.every(aka => aka[part].value.equals(octets))
    expect('k', all('key', hex(k)))
    if (opc !== undefined) expect('opc', all('operatorCode', hex(opc)))
    if (op !== undefined) expect('op', all('operatorCode', opcFromOp(hex(k), hex(op))))
    if (topc !== undefined) expect('topc', all('operatorCode', hex(topc)))
  }
  for (const name of ['pin1', 'pin2', 'puk1', 'puk2', 'adm1'] as const) {
    const code = values[name]
    const found = places.codes[name]
    if (code !== undefined) expect(name, found.length > 0 && found.every(({ value }) => isCode(value, code)))
  }
  for (const { keyVersion, keyId, key, securityDomain = places.otaKeys[0]?.securityDomain } of values.otaKeys ?? []) {
    const place = places.otaKeys.find(one => one.keyVersion === keyVersion && one.keyId === keyId && one.securityDomain === securityDomain)
    expect('otaKeys', place?.data.value.equals(hex(key)) ?? false)
  }
}

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex')

/** Digits in ASCII, filled up with FF; 16 digits are octets. */
const isCode = (octets: Buffer, code: string): boolean =>
  octets.length === 8 && (code.length === 16 ? octets.equals(hex(code)) : octets.toString('latin1').replace(/\u00ff+$/, '') === code)

function endsWith(place: FilePlace | NoPlace, record: string): boolean {
  if (!('writer' in place)) return false
  return place.current?.subarray(0, place.sizeBytes).toString('hex').toUpperCase().endsWith(record.toUpperCase()) ?? false
}

// TS 31.102 §4.4.11.8: schemes with the places of their keys, then the keys.
function holdsSuciKeys(place: FilePlace | NoPlace, keys: NonNullable<SubscriberValues['suciKeys']>): boolean {
  if (!('writer' in place) || place.current?.[0] !== 0xa0) return false
  const schemes = readTlv(place.current)
  const list = readTlv(place.current, schemes.raw.length)
  const found = readAll(list.value).map(({ tag, value }) => `${tag.toString(16)} ${value.toString('hex').toUpperCase()}`)
  const wanted = keys.flatMap(({ keyId, publicKey }) => [`80 ${keyId.toString(16).padStart(2, '0').toUpperCase()}`, `81 ${publicKey}`])
  return found.length === wanted.length && found.every((text, at) => text === wanted[at])
}

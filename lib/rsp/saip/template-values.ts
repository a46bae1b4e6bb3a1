import { iccidFromBcd, swappedNibbles } from '@/lib/rsp/identifiers'
import { PackageError } from '@/lib/rsp/saip/elements'
import { readSubscriberFields } from '@/lib/rsp/saip/fields'
import type { FilePlace, NoPlace } from '@/lib/rsp/saip/file-place'
import { type PreparedTemplate, prepareTemplate } from '@/lib/rsp/saip/prepare-template'
import type { SubscriberValueName } from '@/lib/rsp/saip/subscriber-values'
import { msisdnTailBytes, smspTailBytes } from '@/lib/rsp/saip/value-encoding'
import type { CodeName, ValuePlaces } from '@/lib/rsp/saip/value-places'
import { readAll, readTlv, TlvError } from '@/lib/rsp/tlv'

/** A subscriber value and what the template can do with it. Plain data; no key, PIN or PUK is ever in it. */
export interface TemplateValue {
  value: SubscriberValueName
  title: string
  /** Files and elements that take it; empty when the template has no place for it. */
  places: string[]
  /** Why there is no place. */
  reason?: string
  /** What stands there in the template: the text of what is public, length and kind of what is secret. */
  present?: string
}

/** All subscriber values in the order of a form, each with its place in this template. @throws PackageError */
export const templateValues = (upp: Uint8Array): TemplateValue[] => valuesOfTemplate(prepareTemplate(upp))

/** The same of a template that was read already. */
export function valuesOfTemplate({ elements, places }: PreparedTemplate): TemplateValue[] {
  const { files } = places
  const { imsi, mncLength, spn } = readSubscriberFields(elements)
  const ims = (place: FilePlace | NoPlace) => shown(place, imsText)
  return [
    {
      ...inFile('iccid', 'ICCID', files.iccid, iccidFromBcd(places.headerIccid.value)),
      ...('writer' in files.iccid ? { places: ['header', files.iccid.name] } : {}),
    },
    inFile('imsi', 'IMSI', files.imsi, imsi),
    inFile('mncLength', 'Length of the MNC', files.ad, mncLength && `${mncLength} digits`),
    inFile(
      'acc',
      'Access control classes',
      files.acc,
      shown(files.acc, content => content.toString('hex').toUpperCase()),
    ),
    inFile('msisdn', 'MSISDN', files.msisdn, shown(files.msisdn, numberIn(files.msisdn, msisdnTailBytes, 0))),
    inFile('smsc', 'SMS service centre', files.smsp, shown(files.smsp, numberIn(files.smsp, smspTailBytes, 13))),
    inFile('smsp', 'SMS parameters', files.smsp, 'writer' in files.smsp ? `records of ${files.smsp.sizeBytes} octets` : undefined),
    inFile('spn', 'Service provider name', files.spn, spn),
    inFile('impi', 'IMS private identity', files.impi, ims(files.impi)),
    inFile('impu', 'IMS public identity', files.impu, ims(files.impu)),
    inFile('imsDomain', 'IMS home domain', files.imsDomain, ims(files.imsDomain)),
    ...keyValues(places),
    ...(Object.entries(CODE_TITLES) as [CodeName, string][]).map(([name, title]) => codeValue(name, title, places)),
    otaValue(places),
    inFile('suciKeys', 'SUCI keys', places.suci, shown(places.suci, suciText)),
    inFile(
      'routingIndicator',
      'Routing indicator',
      files.routingIndicator,
      shown(files.routingIndicator, content => bcdDigits(content.subarray(0, 2))),
    ),
  ]
}

const CODE_TITLES: Record<CodeName, string> = { pin1: 'PIN1', pin2: 'PIN2', puk1: 'PUK1', puk2: 'PUK2', adm1: 'ADM1' }

function inFile(value: SubscriberValueName, title: string, place: FilePlace | NoPlace, present?: string): TemplateValue {
  if (!('writer' in place)) return { value, title, places: [], reason: place.reason }
  return { value, title, places: [place.name], ...(present ? { present } : {}) }
}

function keyValues({ akas, sharedKeys }: ValuePlaces): TemplateValue[] {
  const own = akas.filter(aka => aka.own)
  const lengths = (name: 'key' | 'operatorCode') =>
    [...new Set(own.map(aka => `${aka[name].value.length} octets for ${aka.algorithm}`))].join(', ')
  const elements = own.map(() => 'akaParameter')
  const row = (value: SubscriberValueName, title: string, present: string): TemplateValue => {
    if (own.length > 0) return { value, title, places: elements, present }
    const reason = sharedKeys > 0 ? 'All applications share the key of another one.' : 'The template has no algorithm parameters.'
    return { value, title, places: [], reason }
  }
  const tuak = own.some(({ algorithm }) => algorithm === 'tuak')
  const milenage = own.some(({ algorithm }) => algorithm === 'milenage')
  const without = (value: SubscriberValueName, title: string, reason: string): TemplateValue => ({ value, title, places: [], reason })
  const opc = (value: 'opc' | 'op', title: string) =>
    tuak ? without(value, title, 'The template authenticates with TUAK.') : row(value, title, lengths('operatorCode'))
  return [
    row('algorithm', 'Algorithm', [...new Set(own.map(({ algorithm }) => algorithm))].join(', ')),
    row('k', 'K', lengths('key')),
    opc('opc', 'OPc'),
    opc('op', 'OP'),
    milenage ? without('topc', 'TOPc', 'The template authenticates with Milenage.') : row('topc', 'TOPc', lengths('operatorCode')),
  ]
}

function codeValue(value: CodeName, title: string, { codes }: ValuePlaces): TemplateValue {
  const element = value.startsWith('puk') ? 'pukCodes' : 'pinCodes'
  if (codes[value].length === 0) return { value, title, places: [], reason: `The template has no ${title}.` }
  return { value, title, places: codes[value].map(() => element), present: '8 octets' }
}

const KEY_TYPES: Record<number, string> = { 133: 'PSK-TLS', 136: 'AES' }

function otaValue({ otaKeys }: ValuePlaces): TemplateValue {
  const title = 'OTA keys'
  if (otaKeys.length === 0) return { value: 'otaKeys', title, places: [], reason: 'The template has no security domain with keys.' }
  const keys = otaKeys.map(
    ({ keyVersion, keyId, keyType, data }) =>
      `version ${keyVersion} key ${keyId}: ${KEY_TYPES[keyType] ?? 'DES'}, ${data.value.length} octets`,
  )
  return { value: 'otaKeys', title, places: otaKeys.map(() => 'securityDomain'), present: keys.join('; ') }
}

/** What `read` makes of the file's present content; nothing where it has none or another form. */
function shown(place: FilePlace | NoPlace, read: (content: Buffer) => string | undefined): string | undefined {
  if (!('writer' in place) || !place.current?.length) return undefined
  try {
    return read(place.inRecords ? place.current.subarray(0, place.sizeBytes) : place.current)
  } catch (error) {
    if (error instanceof TlvError || error instanceof PackageError) return undefined
    throw error
  }
}

const numberIn =
  (place: FilePlace | NoPlace, tailBytes: number, offset: number) =>
  (record: Buffer): string | undefined => {
    if (!('writer' in place) || record.length < tailBytes) return undefined
    const tail = record.subarray(record.length - tailBytes + offset)
    const length = tail[0] ?? 0xff
    if (length < 2 || length > 11) return undefined
    const digits = bcdDigits(tail.subarray(2, 1 + length))
    return digits && `${tail[1] === 0x91 ? '+' : ''}${digits}`
  }

const bcdDigits = (octets: Buffer) =>
  swappedNibbles(octets)
    .toString('hex')
    .match(/^[0-9]*/)?.[0]

const imsText = (content: Buffer) =>
  content[0] === 0x80
    ? readTlv(content)
        .value.toString('utf8')
        .replace(/\p{Cc}/gu, '')
    : undefined

function suciText(content: Buffer): string | undefined {
  if (content[0] !== 0xa0) return undefined
  const schemes = readTlv(content)
  const after = content.subarray(schemes.raw.length)
  const keys = after[0] === 0xa1 ? readAll(readTlv(after).value).filter(({ tag }) => tag === 0x81).length : 0
  return keys > 0 ? `${keys} public ${keys === 1 ? 'key' : 'keys'}` : 'null scheme'
}

import { type Iccid, iccidFromBcd } from '@/lib/rsp/identifiers'
import { inElement, PackageError, type ProfileElement, placeOf } from '@/lib/rsp/saip/elements'
import { readAll, readInteger, readOid, TlvError, TlvReader } from '@/lib/rsp/tlv'

/**
 * Services that a package may demand. The order is that of ServicesList: the row is the member's tag number.
 * `capabilityBit` is the bit of UICCCapability (EUICCInfo2 `85`) that promises the same, which is numbered otherwise.
 */
const SERVICES = [
  { name: 'contactless', capabilityBit: 0 },
  { name: 'usim', capabilityBit: 1 },
  { name: 'isim', capabilityBit: 2 },
  { name: 'csim', capabilityBit: 3 },
  { name: 'milenage', capabilityBit: 4 },
  { name: 'tuak128', capabilityBit: 6 },
  { name: 'cave', capabilityBit: 5 },
  { name: 'gba-usim', capabilityBit: 10 },
  { name: 'gba-isim', capabilityBit: 11 },
  { name: 'mbms', capabilityBit: 12 },
  { name: 'eap', capabilityBit: 13 },
  { name: 'javacard', capabilityBit: 14 },
  { name: 'multos', capabilityBit: 15 },
  { name: 'multiple-usim', capabilityBit: 16 },
  { name: 'multiple-isim', capabilityBit: 17 },
  { name: 'multiple-csim', capabilityBit: 18 },
  { name: 'tuak256', capabilityBit: 7 },
  { name: 'usim-test-algorithm', capabilityBit: 8 },
  { name: 'ber-tlv', capabilityBit: 19 },
  { name: 'dfLink', capabilityBit: 20 },
  { name: 'cat-tp', capabilityBit: 21 },
  { name: 'get-identity', capabilityBit: 22 },
  { name: 'profile-a-x25519', capabilityBit: 23 },
  { name: 'profile-b-p256', capabilityBit: 24 },
  { name: 'suciCalculatorApi', capabilityBit: 25 },
  { name: 'dns-resolution', capabilityBit: 26 },
  { name: 'scp11ac', capabilityBit: 27 },
  { name: 'scp11c-authorization-mechanism', capabilityBit: 28 },
  { name: 's16mode', capabilityBit: 29 },
  { name: 'eaka', capabilityBit: 30 },
] as const

/** A service of ServicesList by its ASN.1 name. */
export type ServiceName = (typeof SERVICES)[number]['name']

/** The first element of every package. */
export interface ProfileHeader {
  majorVersion: number
  minorVersion: number
  /** The package's own name for itself, without control characters. */
  profileType?: string
  iccid: Iccid
  /** SGP.02 policy rules, hexadecimal. */
  pol?: string
  /** eUICC-Mandatory-services; one that SAIP 3.3 does not name is `service-<tag number>`. */
  mandatoryServices: (ServiceName | `service-${number}`)[]
  /** eUICC-Mandatory-GFSTEList: file templates that the eUICC must know, dotted OIDs. */
  mandatoryTemplates: string[]
  /** eUICC-Mandatory-AIDs, hexadecimal. */
  mandatoryAids: { aid: string; version: string }[]
  hasConnectivityParameters: boolean
}

/*
 * ProfileHeader ::= SEQUENCE {
 *   major-version UInt8, minor-version UInt8, profileType UTF8String (SIZE (1..100)) OPTIONAL, iccid OCTET STRING (SIZE (10)),
 *   pol OCTET STRING OPTIONAL, eUICC-Mandatory-services ServicesList, eUICC-Mandatory-GFSTEList SEQUENCE OF OBJECT IDENTIFIER,
 *   connectivityParameters OCTET STRING OPTIONAL,
 *   eUICC-Mandatory-AIDs SEQUENCE OF SEQUENCE { aid ApplicationIdentifier, version OCTET STRING (SIZE(2)) } OPTIONAL,
 *   iotOptions IotOptions OPTIONAL }
 */
/** Decodes the ProfileHeader element. @throws PackageError */
export function readProfileHeader(element: ProfileElement): ProfileHeader {
  return inElement(element, () => {
    const members = new TlvReader(element.value)
    const majorVersion = version(members.next(0x80).value)
    const minorVersion = version(members.next(0x81).value)
    const profileType = textOf(members.optional(0x82)?.value)
    const iccid = readIccid(element, members.next(0x83).value)
    const pol = members.optional(0x84)?.value.toString('hex').toUpperCase()
    const mandatoryServices = [...new Set(readAll(members.next(0xa5).value).map(({ tag, value }) => service(tag, value)))]
    const mandatoryTemplates = readAll(members.next(0xa6).value).map(({ value }) => readOid(value))
    const hasConnectivityParameters = members.optional(0x87) !== undefined
    const mandatoryAids = readAll(members.optional(0xa8)?.value ?? Buffer.alloc(0)).map(({ value }) => {
      const pair = new TlvReader(value)
      return { aid: pair.next(0x80).value.toString('hex').toUpperCase(), version: pair.next(0x81).value.toString('hex').toUpperCase() }
    })
    return {
      majorVersion,
      minorVersion,
      ...(profileType ? { profileType } : {}),
      iccid,
      ...(pol === undefined ? {} : { pol }),
      mandatoryServices,
      mandatoryTemplates,
      mandatoryAids,
      hasConnectivityParameters,
    }
  })
}

/**
 * The services among `mandatory` that an eUICC does not promise: it would reject the package.
 * @param uiccCapability numbers of the bits set in EUICCInfo2 `85`
 */
export function unsupportedServices(mandatory: readonly string[], uiccCapability: ReadonlySet<number>): string[] {
  return mandatory.filter(name => {
    const known = SERVICES.find(row => row.name === name)
    return !known || !uiccCapability.has(known.capabilityBit)
  })
}

function version(value: Buffer): number {
  const number = readInteger(value)
  if (number > 255) throw new TlvError('version is over 255')
  return number
}

function service(tag: number, value: Buffer): ProfileHeader['mandatoryServices'][number] {
  if (value.length > 0) throw new TlvError('a mandatory service has a value')
  const number = tag > 0xff ? tag & 0x7f : tag & 0x1f
  return SERVICES[number]?.name ?? `service-${number}`
}

// Control characters (U+0000 among them) would not survive a database or a screen; the type allows 100 characters.
const textOf = (value: Buffer | undefined) =>
  value &&
  [
    ...value
      .subarray(0, 400)
      .toString('utf8')
      .replace(/\p{Cc}/gu, '')
      .trim(),
  ]
    .slice(0, 100)
    .join('')

function readIccid(element: ProfileElement, value: Buffer): Iccid {
  try {
    if (value.length === 10) return iccidFromBcd(value)
  } catch {
    // falls through to the one sentence for a wrong length and wrong digits
  }
  throw new PackageError(
    `${placeOf(element)} has a malformed ICCID, ${value.toString('hex').toUpperCase().slice(0, 40)}: 18 to 20 digits in 10 octets.`,
  )
}

import { hexTag, readAll, type Tlv, TlvError } from '@/lib/rsp/tlv'
import type { CardSettings } from './card'
import { findMisplaced, findUnserved, type Missing } from './element-order'
import { type ProfileMetadata, type ProfileOwner, readIccid } from './metadata'
import { LoadFault } from './refusal'

const HEADER = 0xa0
const GENERIC_FILE_MANAGEMENT = 0xa1
const END = 0xaa
const MF = 0xb0
const USIM = 0xb3
const OPT_USIM = 0xb4
const KNOWN_ELEMENTS = new Set([
  ...[0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa],
  ...[0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe],
  ...[0xbf1f, 0xbf20, 0xbf21],
])

/** PEStatus of the EUICCResponse, TCA Interoperable Profile. */
const PE_STATUS = { peNotSupported: 1, badValues: 3, invalidRequestFormat: 5, featureNotSupported: 10, unsupportedProfileVersion: 31 }

/** Bit of UICCCapability that each eUICC-Mandatory-service (by its position) needs; services that are not listed need none. */
const CAPABILITY_OF_SERVICE: Record<number, [bit: number, name: string]> = {
  0: [0, 'contactless'],
  1: [1, 'usim'],
  2: [2, 'isim'],
  3: [3, 'csim'],
  4: [4, 'milenage'],
  5: [6, 'tuak128'],
  6: [5, 'cave'],
  7: [10, 'gba-usim'],
  8: [11, 'gba-isim'],
  9: [12, 'mbms'],
  10: [13, 'eap'],
  11: [14, 'javacard'],
  12: [15, 'multos'],
  13: [16, 'multiple-usim'],
  14: [17, 'multiple-isim'],
  15: [18, 'multiple-csim'],
  16: [7, 'tuak256'],
  17: [8, 'usim-test-algorithm'],
  18: [19, 'ber-tlv'],
  19: [20, 'dfLink'],
  20: [21, 'cat-tp'],
  21: [22, 'get-identity'],
  22: [23, 'profile-a-x25519'],
  23: [24, 'profile-b-p256'],
  24: [25, 'suciCalculatorApi'],
  25: [26, 'dns-resolution'],
  26: [27, 'scp11ac'],
  27: [28, 'scp11c-authorization-mechanism'],
  28: [29, 's16mode'],
  29: [30, 'eaka'],
}

/** Walks the ProfileElements of a decrypted package as an eUICC would before it installs them. @throws LoadFault */
export function checkProfilePackage(profilePackage: Buffer, metadata: ProfileMetadata, settings: CardSettings): void {
  const elements = readElements(profilePackage)
  const header = elements[0]
  if (header?.tag !== HEADER) throw fault(PE_STATUS.invalidRequestFormat, 'The package does not begin with a ProfileHeader.')
  if (elements.at(-1)?.tag !== END) throw fault(PE_STATUS.invalidRequestFormat, 'The package does not finish with the element "end".')
  for (const tag of [HEADER, END, MF]) {
    if (elements.filter(element => element.tag === tag).length > 1) {
      throw fault(PE_STATUS.invalidRequestFormat, `The package has more than one element ${hexTag(tag)}.`)
    }
  }
  if (!elements.some(element => element.tag === MF || element.tag === GENERIC_FILE_MANAGEMENT)) {
    throw fault(PE_STATUS.invalidRequestFormat, 'The package creates no master file.')
  }
  checkIdentifications(elements)
  refuseMissing(findMisplaced(elements))
  checkHeader(header, metadata, settings)
  refuseMissing(demandedInVain(elements))
  checkIccidFile(elements, metadata)
  if (metadata.owner) checkOwner(elements, metadata.owner)
}

function readElements(profilePackage: Buffer): Tlv[] {
  try {
    return readAll(profilePackage)
  } catch {
    throw fault(PE_STATUS.invalidRequestFormat, 'The package is not a row of DER elements.')
  }
}

function checkIdentifications(elements: Tlv[]): void {
  const seen = new Set<string>()
  for (const element of elements.slice(1)) {
    const peHeader = members(element).find(member => member.tag === 0xa0)
    const fields = peHeader ? members(peHeader) : []
    const identification = fields.find(field => field.tag === 0x81)?.value
    if (!identification) throw fault(PE_STATUS.invalidRequestFormat, `The element ${hexTag(element.tag)} has no identification.`)
    if (seen.has(identification.toString('hex')))
      throw fault(PE_STATUS.badValues, 'Two elements of the package have one identification.', identification)
    seen.add(identification.toString('hex'))
    if (!KNOWN_ELEMENTS.has(element.tag) && fields.some(field => field.tag === 0x80)) {
      throw fault(PE_STATUS.peNotSupported, `The mandated element ${hexTag(element.tag)} is not known to this eUICC.`, identification)
    }
  }
}

function refuseMissing(missing: Missing | undefined): void {
  if (!missing) return
  const { sentence, element } = missing
  const identification = members(members(element).find(member => member.tag === 0xa0)).find(field => field.tag === 0x81)?.value
  throw fault(element ? PE_STATUS.invalidRequestFormat : PE_STATUS.badValues, sentence, identification)
}

function demandedInVain(elements: Tlv[]): Missing | undefined {
  const services = members(members(elements[0]).find(field => field.tag === 0xa5)).map(({ tag }) => serviceNumber(tag))
  try {
    return findUnserved(elements, services)
  } catch (error) {
    if (error instanceof TlvError) throw fault(PE_STATUS.invalidRequestFormat, `An akaParameter element is malformed: ${error.message}.`)
    throw error
  }
}

function checkHeader(header: Tlv, metadata: ProfileMetadata, settings: CardSettings): void {
  const fields = members(header)
  const [major, minor] = fields
  if (major?.tag !== 0x80 || major.value.length !== 1 || minor?.tag !== 0x81) {
    throw fault(PE_STATUS.invalidRequestFormat, 'The ProfileHeader names no version.')
  }
  if (major.value.readUInt8() > Number(settings.profileVersion.split('.')[0])) {
    throw fault(PE_STATUS.unsupportedProfileVersion, `The package is of version ${major.value.readUInt8()}.x, newer than this eUICC.`)
  }
  const iccid = fields
    .find(field => field.tag === 0x83)
    ?.value.toString('hex')
    .replace(/f{1,2}$/, '')
  if (iccid !== metadata.iccid) {
    throw mismatch(`The package is of ICCID ${iccid ?? '(none)'}, its metadata of ${metadata.iccid}.`)
  }
  for (const service of members(fields.find(field => field.tag === 0xa5))) {
    const needed = CAPABILITY_OF_SERVICE[serviceNumber(service.tag)]
    if (needed && !settings.uiccCapability.includes(needed[0])) {
      throw fault(PE_STATUS.featureNotSupported, `The package needs ${needed[1]}, which this eUICC does not have.`)
    }
  }
}

function checkIccidFile(elements: Tlv[], metadata: ProfileMetadata): void {
  const content = fileContent(elements, MF, 0xa4)
  if (content && readIccid(content.subarray(0, 10)) !== metadata.iccid) {
    throw mismatch(`EF.ICCID holds ${readIccid(content.subarray(0, 10))}, the metadata ${metadata.iccid}.`)
  }
}

function checkOwner(elements: Tlv[], owner: ProfileOwner): void {
  const imsi = fileContent(elements, USIM, 0xa3)
  if (imsi) {
    const digits = imsi
      .subarray(1, 9)
      .toString('hex')
      .replace(/(.)(.)/g, '$2$1')
      .slice(1)
    const [mcc2, mcc1, mnc3 = 'f', mcc3, mnc2, mnc1] = owner.mccMnc.toString('hex')
    const plmn = `${mcc1}${mcc2}${mcc3}${mnc1}${mnc2}${mnc3 === 'f' ? '' : mnc3}`
    if (!digits.startsWith(plmn)) throw mismatch(`The profile owner is ${plmn}, but EF.IMSI belongs to another operator.`)
  }
  for (const [name, expected, tag] of [
    ['EF.GID1', owner.gid1, 0xa5],
    ['EF.GID2', owner.gid2, 0xa6],
  ] as const) {
    const content = expected && fileContent(elements, OPT_USIM, tag)
    if (expected && !content?.subarray(0, expected.length).equals(expected))
      throw mismatch(`The profile owner's ${name} is not that of the package.`)
  }
}

/** First fillFileContent '83' of the file `fileTag` in the first element `elementTag`. */
function fileContent(elements: Tlv[], elementTag: number, fileTag: number): Buffer | undefined {
  const element = elements.find(candidate => candidate.tag === elementTag)
  const file = element && members(element).find(member => member.tag === fileTag)
  return file && members(file).find(member => member.tag === 0x83)?.value
}

function members(element: Tlv | undefined): Tlv[] {
  try {
    return element ? readAll(element.value) : []
  } catch {
    throw fault(PE_STATUS.invalidRequestFormat, `The element ${hexTag(element?.tag ?? 0)} of the package is malformed.`)
  }
}

const serviceNumber = (tag: number): number => (tag > 0xff ? tag & 0x7f : tag & 0x1f)

const fault = (status: number, sentence: string, identification?: Buffer) =>
  new LoadFault('installFailedDueToPEProcessingError', sentence, identification ? { status, identification } : { status })

const mismatch = (sentence: string) => new LoadFault('installFailedDueToDataMismatch', sentence, { status: PE_STATUS.badValues })

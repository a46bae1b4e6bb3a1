import { iccidToBcd, iccidToSwappedBcd } from '@/lib/rsp/identifiers'
import { integerValue, oidValue, tlv } from '@/lib/rsp/tlv'

/** Parts of small packages for tests: each function writes one element, `craftPackage` puts the usual ones around. */

const hex = (text: string) => Buffer.from(text, 'hex')

export const sampleIccid = '8949449999999990163'

/** An element with its PEHeader; `identification` undefined leaves the number out. */
export const element = (tag: number, identification: number, ...parts: Uint8Array[]): Buffer =>
  tlv(tag, tlv(0xa0, tlv(0x80), tlv(0x81, integerValue(identification))), ...parts)

/** An element of the file system, with the OID of its template behind the PEHeader. */
export const fileElement = (tag: number, identification: number, template: number, ...files: Uint8Array[]): Buffer =>
  element(tag, identification, tlv(0x81, oidValue(`2.23.143.1.2.${template}`)), ...files)

export const write = (content: string): Buffer => tlv(0x83, hex(content))
export const skip = (octets: number): Buffer => tlv(0x82, integerValue(octets))
export const descriptor = (...parts: Uint8Array[]): Buffer => tlv(0xa1, ...parts)

export interface CraftedHeader {
  iccid?: string
  /** Content of the iccid member in hexadecimal, where it is not to be that of `iccid`. */
  rawIccid?: string
  profileType?: string
  majorVersion?: number
  /** Tag numbers in ServicesList. */
  services?: number[]
}

export function craftHeader({ iccid = sampleIccid, rawIccid, profileType, majorVersion = 2, services = [1] }: CraftedHeader = {}): Buffer {
  return tlv(
    0xa0,
    tlv(0x80, Buffer.of(majorVersion)),
    tlv(0x81, Buffer.of(3)),
    profileType === undefined ? undefined : tlv(0x82, Buffer.from(profileType)),
    tlv(0x83, rawIccid === undefined ? iccidToBcd(iccid) : hex(rawIccid)),
    tlv(0xa5, ...services.map(number => tlv(0x80 + number))),
    tlv(0xa6, tlv(0x06, oidValue('2.23.143.1.2.1')), tlv(0x06, oidValue('2.23.143.1.2.4'))),
  )
}

/** mf with an EF.ICCID written in one piece. */
export const craftMf = (iccid = sampleIccid): Buffer =>
  fileElement(0xb0, 1, 1, tlv(0xa2), tlv(0xa4, tlv(0x83, iccidToSwappedBcd(iccid))), tlv(0xa5), tlv(0xa6))

/** usim with the given members instead of the usual EF.IMSI (310410…, EF.AD says three digits). */
export const craftUsim = (...files: Uint8Array[]): Buffer =>
  fileElement(0xb3, 2, 4, ...(files.length > 0 ? files : [tlv(0xa3, write('083901142143658709')), tlv(0xb5, write('00000003'))]))

export const craftEnd = (): Buffer => element(0xaa, 99)

/** A package of header, mf, usim and end; `header` and `elements` replace and add. */
export function craftPackage({
  header,
  mf = craftMf(),
  usim = craftUsim(),
  elements = [],
}: {
  header?: CraftedHeader
  mf?: Buffer
  usim?: Buffer
  elements?: Buffer[]
} = {}): Buffer {
  return Buffer.concat([craftHeader(header), mf, usim, ...elements, craftEnd()])
}

import { swappedNibbles } from '@/lib/rsp/identifiers'
import { writeAlphaIdentifier } from '@/lib/rsp/saip/alpha-identifier'
import type { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { tlv } from '@/lib/rsp/tlv'

/** Contents of files as TS 31.102, TS 31.103 and TS 51.011 code them. */

const swapped = (digits: string) => swappedNibbles(Buffer.from(digits.length % 2 ? `${digits}F` : digits, 'hex'))

/** EF.IMSI (TS 31.102 §4.2.2): 9 octets. */
export function imsiContent(imsi: string): Buffer {
  const content = Buffer.alloc(9, 0xff)
  const digits = swapped((imsi.length % 2 ? '9' : '1') + imsi)
  content[0] = digits.length
  digits.copy(content, 1)
  return content
}

/** EF.ACC (TS 31.102 §4.2.15) of a subscriber in the class that the last digit of the IMSI names: 2 octets. */
export function accOfImsi(imsi: string): Buffer {
  const content = Buffer.alloc(2)
  content.writeUInt16BE(1 << Number(imsi.at(-1)))
  return content
}

/** EF.AD (TS 31.102 §4.2.18): `current` with another length of the MNC. */
export function adContent(current: Buffer | undefined, mncLength: number): Buffer {
  const content = Buffer.alloc(Math.max(4, current?.length ?? 0))
  current?.copy(content)
  content[3] = ((content[3] ?? 0) & 0xf0) | mncLength
  return content
}

const numberOctets = (number: string) => {
  const digits = swapped(number.replace('+', ''))
  return Buffer.concat([Buffer.of(1 + digits.length, 0x91), digits])
}

/** Octets of EF.MSISDN and EF.SMSP behind the alpha identifier. */
export const msisdnTailBytes = 14
export const smspTailBytes = 28

/** A record of EF.MSISDN (TS 31.102 §4.2.26) with the alpha identifier of `current`. @param number at most 20 digits */
export function msisdnRecord(current: Buffer, number: string): Buffer {
  const record = Buffer.from(current)
  record.fill(0xff, record.length - msisdnTailBytes)
  numberOctets(number).copy(record, record.length - msisdnTailBytes)
  return record
}

/** A record of EF.SMSP (TS 31.102 §4.2.27): `current` with another service centre. */
export function smspRecord(current: Buffer, serviceCentre: string): Buffer {
  const record = Buffer.from(current)
  const tail = record.length - smspTailBytes
  // Bit 2 of the parameter indicators: 0 when the service centre address is present.
  record[tail] = (record[tail] ?? 0xff) & 0xfd
  record.fill(0xff, tail + 13, tail + 25)
  numberOctets(serviceCentre).copy(record, tail + 13)
  return record
}

/** EF.SPN (TS 31.102 §4.2.12) with the display condition of `current`; undefined when the name does not fit into 16 octets. */
export function spnContent(current: Buffer | undefined, name: string): Buffer | undefined {
  const alpha = writeAlphaIdentifier(name)
  if (alpha.length > 16) return undefined
  const content = Buffer.alloc(17, 0xff)
  content[0] = current?.length && current[0] !== 0xff ? (current[0] ?? 0) : 0
  alpha.copy(content, 1)
  return content
}

/** A text of the ISIM (TS 31.103 §4.2.2 to 4.2.4). */
export const imsContent = (identity: string): Buffer => tlv(0x80, Buffer.from(identity, 'utf8'))

/** Home network domain of an IMSI (TS 23.003 §13.2). */
export function imsDomainOf(imsi: string, mncLength: number): string {
  return `ims.mnc${imsi.slice(3, 3 + mncLength).padStart(3, '0')}.mcc${imsi.slice(0, 3)}.3gppnetwork.org`
}

/** EF.SUCI_Calc_Info (TS 31.102 §4.4.11.8): schemes in the order of priority, each with the place of its key in the list. */
export function suciContent(keys: NonNullable<SubscriberValues['suciKeys']>): Buffer {
  const schemes = keys.map(({ profile }, index) => Buffer.of(profile === 'A' ? 1 : 2, index + 1))
  const list = keys.flatMap(({ keyId, publicKey }) => [tlv(0x80, Buffer.of(keyId)), tlv(0x81, Buffer.from(publicKey, 'hex'))])
  return Buffer.concat([tlv(0xa0, ...schemes), tlv(0xa1, ...list)])
}

/** EF.Routing_Indicator (TS 31.102 §4.4.11.11): 4 octets, the last two for future use. */
export const routingIndicatorContent = (digits: string): Buffer => Buffer.concat([swapped(digits.padEnd(4, 'F')), Buffer.of(0xff, 0xff)])

/** A PIN, PUK or ADM key: digits in ASCII with FF padding, or its 8 octets in hexadecimal. */
export function codeOctets(code: string): Buffer {
  if (code.length === 16) return Buffer.from(code, 'hex')
  const octets = Buffer.alloc(8, 0xff)
  octets.write(code, 'latin1')
  return octets
}

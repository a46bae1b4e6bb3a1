import { z } from 'zod'

/** ISO 7064 mod 97-10 over the 32 digits of an EID (SGP.29). */
export const eidCheckDigitsHold = (eid: string): boolean => BigInt(eid) % 97n === 1n

/** Luhn over all digits, the check digit last (ITU-T E.118). */
export function luhnHolds(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = i % 2 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** 32 decimal digits. Check digits are not part of the format: test certificates carry EIDs with wrong ones. */
export const Eid = z
  .string()
  .regex(/^[0-9]{32}$/, 'An EID has 32 digits.')
  .brand<'Eid'>()
export type Eid = z.infer<typeof Eid>

/** An EID that a person typed: spaces and dashes are dropped, the check digits must hold. */
export const TypedEid = z
  .string()
  .transform(text => text.replace(/[\s-]/g, ''))
  .pipe(Eid)
  .refine(eid => eidCheckDigitsHold(eid), 'The last two digits of this EID do not fit the rest: one digit is mistyped.')

/** ICCID in reading order, 18 to 20 digits, without padding. */
export const Iccid = z
  .string()
  .transform(text => text.replace(/[\s-]/g, '').replace(/[Ff]$/, ''))
  .pipe(z.string().regex(/^[0-9]{18,20}$/, 'An ICCID has 18 to 20 digits.'))
  .brand<'Iccid'>()
export type Iccid = z.infer<typeof Iccid>

/** MatchingID of an activation code; the empty one belongs to default SM-DP+ orders. */
export const MatchingId = z
  .string()
  .max(64, 'A matching ID has at most 64 characters.')
  .regex(/^[-0-9A-Z]*$/, 'A matching ID has capital letters, digits and dashes only.')
  .brand<'MatchingId'>()
export type MatchingId = z.infer<typeof MatchingId>

/** A MatchingID from outside: ordering systems have underscores in theirs, which the format does not allow. */
export const PeerMatchingId = z
  .string()
  .max(64)
  .regex(/^[-_0-9A-Z]*$/)
  .brand<'MatchingId'>()

/** 1 to 16 octets in hexadecimal, any case on input, upper case from here on. */
export const TransactionId = z
  .string()
  .regex(/^([0-9A-Fa-f]{2}){1,16}$/, 'A transactionId has 1 to 16 octets in hexadecimal.')
  .transform(text => text.toUpperCase())
  .brand<'TransactionId'>()
export type TransactionId = z.infer<typeof TransactionId>

/** Dotted object identifier. */
export const Oid = z.string().regex(/^[0-2](\.(0|[1-9][0-9]*))+$/, 'An OID is written as numbers with dots.')

/** Octets with the two halves of each in the other order, as digits lie on the wire (TS 24.008 §10.5.1.4). */
export function swappedNibbles(octets: Uint8Array): Buffer {
  const swapped = Buffer.from(octets)
  for (let i = 0; i < swapped.length; i++) swapped[i] = ((swapped[i] ?? 0) << 4) | ((swapped[i] ?? 0) >> 4)
  return swapped
}

/** Digits, two in an octet, the first in the low half; a fill at the end is cut off. */
export const swappedDigits = (octets: Uint8Array): string => swappedNibbles(octets).toString('hex').replace(/f+$/, '')

/** ICCID as in EF.ICCID and StoreMetadata '5A': 10 octets, nibbles swapped, F padded. */
export const iccidToSwappedBcd = (iccid: string): Buffer => swappedNibbles(iccidToBcd(iccid))

/** ICCID as in the ProfileHeader: 10 octets, not swapped, F padded. */
export const iccidToBcd = (iccid: string): Buffer => Buffer.from(iccid.padEnd(20, 'F'), 'hex')

/** ICCID in JSON for a peer of this version of SGP.22 (as in 2.2.2): before v2.2 it has 20 characters, F padded. */
export const iccidForPeer = (iccid: string, version: string): string => (/^2\.[01]\./.test(version) ? iccid.padEnd(20, 'F') : iccid)

/** Reads 10 octets with swapped nibbles. @throws ZodError when they are no ICCID */
export const iccidFromSwappedBcd = (octets: Uint8Array): Iccid => iccidFromBcd(swappedNibbles(octets))

/** Reads 10 octets in reading order. @throws ZodError when they are no ICCID */
export const iccidFromBcd = (octets: Uint8Array): Iccid => Iccid.parse(Buffer.from(octets).toString('hex').toUpperCase().replace(/F+$/, ''))

/** EID as in the key derivation: 16 octets, packed BCD in reading order. */
export const eidToBcd = (eid: string): Buffer => Buffer.from(eid, 'hex')

/** Where an SM-DS is: a host name, with a port where it has one of its own. */
export const SmdsAddress = z
  .string()
  .max(255)
  .regex(
    /^(?=.{1,253}(:|$))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:[0-9]{1,5})?$/i,
    'It is a host name, such as lpa.ds.gsma.com.',
  )

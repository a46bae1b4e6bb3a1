import { bitsValue, integerValue, tlv } from '@/lib/rsp/tlv'
import type { Card } from './card'

/** EUICCInfo1 ::= [32] SEQUENCE { svn [2], euiccCiPKIdListForVerification [9], euiccCiPKIdListForSigning [10] } */
export const euiccInfo1 = (card: Card, verificationKeyIds: string[]): Buffer =>
  tlv(
    0xbf20,
    tlv(0x82, version(card.settings.svn)),
    ...ciLists(card, verificationKeyIds),
    Buffer.from(card.settings.extraEuiccInfo1, 'hex'),
  )

/** EUICCInfo2, SGP.22 §5.7.8; free memory is what the installed packages leave. */
export function euiccInfo2(card: Card, verificationKeyIds: string[]): Buffer {
  const { settings } = card
  const forbidden = settings.forbiddenProfilePolicyRules
  return tlv(
    0xbf22,
    tlv(0x81, version(settings.profileVersion)),
    tlv(0x82, version(settings.svn)),
    tlv(0x83, version(settings.firmwareVersion)),
    tlv(
      0x84,
      tlv(0x81, integerValue(card.profiles.length)),
      tlv(0x82, uint32(freeMemoryBytes(card))),
      tlv(0x83, uint32(settings.volatileMemoryBytes)),
    ),
    tlv(0x85, bitsValue(settings.uiccCapability)),
    tlv(0x86, version('9.2.0')),
    tlv(0x87, version('2.3.0')),
    tlv(0x88, bitsValue(settings.rspCapability)),
    ...ciLists(card, verificationKeyIds),
    tlv(0x8b, Buffer.of(2)),
    forbidden.length ? tlv(0x99, bitsValue(forbidden)) : undefined,
    tlv(0x04, version('1.0.0')),
    tlv(0x0c, Buffer.from('VP-TE-UP-0001')),
    Buffer.from(settings.extraEuiccInfo2, 'hex'),
  )
}

/** Octets that are left for one more profile. */
export const freeMemoryBytes = (card: Card): number =>
  Math.max(
    0,
    card.profiles.reduce(
      (left, profile) => left - Buffer.byteLength(profile.profilePackage, 'base64'),
      card.settings.nonVolatileMemoryBytes,
    ),
  )

/** DeviceInfo inside ctxParamsForCommonAuthentication: `A1 { 80 tac, A1 capabilities, 82 imei }`. */
export function deviceInfo(card: Card): Buffer {
  const { tac, imei } = card.settings
  const release = (tag: number, text: string) => tlv(tag, version(text))
  const capabilities = tlv(0xa1, release(0x80, '15.0.0'), release(0x81, '15.0.0'), release(0x85, '15.0.0'), release(0x87, '2.2.0'))
  return tlv(0xa1, tlv(0x80, swappedBcd(tac, 4)), capabilities, imei ? tlv(0x82, swappedBcd(imei, 8)) : undefined)
}

const ciLists = (card: Card, verificationKeyIds: string[]): Buffer[] => {
  const list = (tag: number, keyIds: string[]) => tlv(tag, ...keyIds.map(keyId => tlv(0x04, Buffer.from(keyId, 'hex'))))
  const signing = card.credentials.map(credential => credential.ciKeyId)
  return [list(0xa9, verificationKeyIds), list(0xaa, signing)]
}

const version = (dotted: string): Buffer => Buffer.from(dotted.split('.').map(Number))

function uint32(number: number): Buffer {
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(number)
  return octets
}

const swappedBcd = (digits: string, octets: number): Buffer => Buffer.from(digits.padEnd(octets * 2, 'f').replace(/(.)(.)/g, '$2$1'), 'hex')

import type { KeyObject } from 'node:crypto'
import { encodeSignature } from './asn1/server-signed'
import { maxEncryptedBytes, maxMacOnlyBytes, type PlainSegment, protectSegments } from './crypto/bsp'
import { signRaw } from './crypto/ecdsa'
import { type BspKeys, controlReference } from './crypto/key-agreement'
import { tlv, tlvHeader } from './tlv'

/** remoteOpId installBoundProfilePackage */
const installBoundProfilePackage = 1

/** Keys of ReplaceSessionKeys, 16 octets each. */
export type ProfileProtectionKeys = BspKeys

function pieces(bytes: Uint8Array, most: number): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += most) parts.push(bytes.subarray(at, at + most))
  return parts
}

/** ConfigureISDPRequest ::= [36] SEQUENCE { dpProprietaryData [24] OPTIONAL }: this server has none. */
const configureIsdp = tlv(0xbf24)

/** ReplaceSessionKeysRequest ::= [38] SEQUENCE { initialMacChainingValue [0], ppkEnc [1], ppkCmac [2] } */
const replaceSessionKeys = (keys: ProfileProtectionKeys): Buffer =>
  tlv(0xbf26, tlv(0x80, keys.initialMacChainingValue), tlv(0x81, keys.sEnc), tlv(0x82, keys.sMac))

/**
 * The protected part of a BoundProfilePackage (SGP.22 §2.5.4): firstSequenceOf87, sequenceOf88, secondSequenceOf87
 * if there are profile protection keys, and sequenceOf86. It does not depend on the transaction, so a retry sends it again.
 * @param metadata the StoreMetadataRequest, exactly as the eUICC was shown it
 * @param profileProtectionKeys random keys for the package itself; without them the session keys protect it
 */
export function protectProfile(input: {
  sessionKeys: BspKeys
  metadata: Uint8Array
  profilePackage: Uint8Array
  profileProtectionKeys?: ProfileProtectionKeys | undefined
}): Buffer {
  const { sessionKeys, profileProtectionKeys } = input
  const secret = (tag: number, data: Uint8Array): PlainSegment => ({ tag, data, encrypt: true })
  const first87 = [secret(0x87, configureIsdp)]
  const all88 = pieces(input.metadata, maxMacOnlyBytes).map((data): PlainSegment => ({ tag: 0x88, data, encrypt: false }))
  const second87 = profileProtectionKeys ? [secret(0x87, replaceSessionKeys(profileProtectionKeys))] : []
  const all86 = pieces(input.profilePackage, maxEncryptedBytes).map(piece => secret(0x86, piece))
  const before = [...first87, ...all88, ...second87]
  const segments = profileProtectionKeys
    ? [...protectSegments(sessionKeys, before), ...protectSegments(profileProtectionKeys, all86)]
    : protectSegments(sessionKeys, [...before, ...all86])
  const sequence = (tag: number, count: number): Buffer[] => {
    const members = segments.splice(0, count)
    const bytes = members.reduce((sum, member) => sum + member.length, 0)
    return [tlvHeader(tag, bytes), ...members]
  }
  return Buffer.concat([
    ...sequence(0xa0, first87.length),
    ...sequence(0xa1, all88.length),
    ...(second87.length > 0 ? sequence(0xa2, second87.length) : []),
    ...sequence(0xa3, all86.length),
  ])
}

/**
 * InitialiseSecureChannelRequest ::= [35] SEQUENCE {
 *   remoteOpId [2], transactionId [0], controlRefTemplate [6] SEQUENCE { keyType [0], keyLen [1], hostId [4] },
 *   smdpOtpk [APPLICATION 73], smdpSign [APPLICATION 55] }
 * smdpSign covers the first four elements and otPK.EUICC in its element, in a row (SGP.22 §5.5.1).
 */
export function encodeInitialiseSecureChannel(input: {
  transactionId: Buffer
  hostId: Buffer
  otPkDp: Buffer
  /** 65 octets */
  otPkEuicc: Buffer
  dpPbPrivateKey: KeyObject
}): Buffer {
  const signed = Buffer.concat([
    tlv(0x82, Buffer.of(installBoundProfilePackage)),
    tlv(0x80, input.transactionId),
    tlv(0xa6, tlv(0x80, controlReference.keyType), tlv(0x81, controlReference.keyLength), tlv(0x84, input.hostId)),
    tlv(0x5f49, input.otPkDp),
  ])
  return tlv(0xbf23, signed, encodeSignature(signRaw(input.dpPbPrivateKey, signed, tlv(0x5f49, input.otPkEuicc))))
}

/** BoundProfilePackage ::= [54] SEQUENCE of the two parts above. */
export const encodeBoundProfilePackage = (initialiseSecureChannel: Buffer, protectedProfile: Buffer): Buffer =>
  tlv(0xbf36, initialiseSecureChannel, protectedProfile)

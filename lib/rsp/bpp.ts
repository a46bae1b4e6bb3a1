import type { KeyObject } from 'node:crypto'
import { encodeSignature } from './asn1/server-signed'
import { maxEncryptedBytes, maxMacOnlyBytes, protectSegments } from './crypto/bsp'
import { signRaw } from './crypto/ecdsa'
import { type BspKeys, controlReference } from './crypto/key-agreement'
import { tlv } from './tlv'

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
  const session = protectSegments(input.sessionKeys)
  const parts = [
    tlv(0xa0, session.encrypted(0x87, configureIsdp)),
    tlv(0xa1, ...pieces(input.metadata, maxMacOnlyBytes).map(piece => session.macOnly(0x88, piece))),
  ]
  let chain = session
  if (input.profileProtectionKeys) {
    parts.push(tlv(0xa2, session.encrypted(0x87, replaceSessionKeys(input.profileProtectionKeys))))
    chain = protectSegments(input.profileProtectionKeys)
  }
  parts.push(tlv(0xa3, ...pieces(input.profilePackage, maxEncryptedBytes).map(piece => chain.encrypted(0x86, piece))))
  return Buffer.concat(parts)
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

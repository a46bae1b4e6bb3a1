import { tlv } from '../tlv'

/**
 * ServerSigned1 ::= SEQUENCE {
 *   transactionId [0] TransactionId, euiccChallenge [1] Octet16,
 *   serverAddress [3] UTF8String, serverChallenge [4] Octet16 }
 */
export const encodeServerSigned1 = (signed: {
  transactionId: Buffer
  euiccChallenge: Buffer
  serverAddress: string
  serverChallenge: Buffer
}): Buffer =>
  tlv(
    0x30,
    tlv(0x80, signed.transactionId),
    tlv(0x81, signed.euiccChallenge),
    tlv(0x83, Buffer.from(signed.serverAddress)),
    tlv(0x84, signed.serverChallenge),
  )

/**
 * SmdpSigned2 ::= SEQUENCE {
 *   transactionId [0] TransactionId, ccRequiredFlag BOOLEAN,
 *   bppEuiccOtpk [APPLICATION 73] OCTET STRING OPTIONAL }
 */
export const encodeSmdpSigned2 = (signed: { transactionId: Buffer; ccRequired: boolean; bppEuiccOtpk?: Buffer | undefined }): Buffer =>
  tlv(
    0x30,
    tlv(0x80, signed.transactionId),
    tlv(0x01, Buffer.of(signed.ccRequired ? 0xff : 0)),
    signed.bppEuiccOtpk && tlv(0x5f49, signed.bppEuiccOtpk),
  )

/** A signature as it travels: [APPLICATION 55] OCTET STRING, r ‖ s. */
export const encodeSignature = (signature: Buffer): Buffer => tlv(0x5f37, signature)

import { readInteger, readOid, readSingle, TlvError, TlvReader } from '../tlv'
import { readSignature, readTransactionId, type Signature } from './signature'

export type CancelSessionResponse =
  | { kind: 'ok'; signed: { raw: Buffer; transactionId: string; smdpOid: string; reason: number }; signature: Signature }
  | { kind: 'error'; code: number }

/**
 * CancelSessionResponse ::= [65] CHOICE {
 *   cancelSessionResponseOk [0] SEQUENCE {
 *     euiccCancelSessionSigned SEQUENCE { transactionId [0], smdpOid [1] OBJECT IDENTIFIER, reason [2] INTEGER },
 *     euiccCancelSessionSignature [APPLICATION 55] },
 *   cancelSessionResponseError [1] INTEGER }
 * @throws TlvError
 */
export function decodeCancelSessionResponse(der: Uint8Array): CancelSessionResponse {
  const choice = readSingle(readSingle(der, 0xbf41).value)
  if (choice.tag === 0x81) return { kind: 'error', code: readInteger(choice.value) }
  if (choice.tag !== 0xa0) throw new TlvError('neither an answer nor an error')
  const reader = new TlvReader(choice.value)
  const { raw, value } = reader.next(0x30)
  const members = new TlvReader(value)
  const signed = {
    raw,
    transactionId: readTransactionId(members.next(0x80)),
    smdpOid: readOid(members.next(0x81).value),
    reason: readInteger(members.next(0x82).value),
  }
  return { kind: 'ok', signed, signature: readSignature(reader) }
}

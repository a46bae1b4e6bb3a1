import { pointBytes } from '../crypto/curves'
import { readInteger, readSingle, type Tlv, TlvError, TlvReader } from '../tlv'
import { readSignature, readTransactionId, type Signature } from './signature'

export interface EuiccSigned2 {
  /** The octets that euiccSignature2 covers */
  raw: Buffer
  /** Their beginning, without hashCc, from which a short code could be guessed, and what follows it */
  publicRaw: Buffer
  transactionId: string
  /** otPK.EUICC as it stands in its element, which smdpSign covers */
  euiccOtpk: { raw: Buffer; value: Buffer }
  hashCc: Buffer | undefined
}

export type PrepareDownloadResponse =
  | { kind: 'ok'; euiccSigned2: EuiccSigned2; euiccSignature2: Signature }
  | { kind: 'error'; transactionId: string; downloadErrorCode: number }

/**
 * PrepareDownloadResponse ::= [33] CHOICE {
 *   downloadResponseOk [0] SEQUENCE { euiccSigned2, euiccSignature2 [APPLICATION 55] },
 *   downloadResponseError [1] SEQUENCE { transactionId [0], downloadErrorCode INTEGER } }
 * @throws TlvError
 */
export function decodePrepareDownloadResponse(der: Uint8Array): PrepareDownloadResponse {
  const choice = readSingle(readSingle(der, 0xbf21).value)
  const reader = new TlvReader(choice.value)
  if (choice.tag === 0xa1)
    return { kind: 'error', transactionId: readTransactionId(reader.next(0x80)), downloadErrorCode: readInteger(reader.next(0x02).value) }
  if (choice.tag !== 0xa0) throw new TlvError('neither an answer nor an error')
  return { kind: 'ok', euiccSigned2: decodeEuiccSigned2(reader.next(0x30)), euiccSignature2: readSignature(reader) }
}

/** EUICCSigned2 ::= SEQUENCE { transactionId [0], euiccOtpk [APPLICATION 73] OCTET STRING, hashCc Octet32 OPTIONAL } */
function decodeEuiccSigned2(element: Tlv): EuiccSigned2 {
  const reader = new TlvReader(element.value)
  const transactionId = readTransactionId(reader.next(0x80))
  const { raw, value } = reader.next(0x5f49)
  if (value.length !== pointBytes || value[0] !== 4) throw new TlvError('otPK.EUICC is not an uncompressed point')
  const hashCc = reader.optional(0x04)
  if (hashCc && hashCc.value.length !== 32) throw new TlvError('hashCc has 32 octets')
  const publicRaw = element.raw.subarray(0, raw.byteOffset + raw.length - element.raw.byteOffset)
  return { raw: element.raw, publicRaw, transactionId, euiccOtpk: { raw, value }, hashCc: hashCc?.value }
}

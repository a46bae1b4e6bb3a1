import { swappedDigits } from '../identifiers'
import { readInteger, readSingle, type Tlv, TlvError, TlvReader } from '../tlv'
import { decodeEuiccInfo2, type EuiccInfo2 } from './euicc-info'
import { readSignature, readTransactionId, type Signature } from './signature'

export interface DeviceInfo {
  /** Eight hex digits in reading order as they lie on the wire, nibbles swapped back */
  tac: string
  imei?: string | undefined
}

export interface EuiccSigned1 {
  /** The octets that euiccSignature1 covers */
  raw: Buffer
  transactionId: string
  serverAddress: string
  serverChallenge: Buffer
  euiccInfo2: EuiccInfo2
  /** Undefined when the device sent none */
  matchingId: string | undefined
  deviceInfo: DeviceInfo
}

export type AuthenticateServerResponse =
  | { kind: 'ok'; euiccSigned1: EuiccSigned1; euiccSignature1: Signature; euiccCertificate: Buffer; eumCertificate: Buffer }
  | { kind: 'error'; transactionId: string; authenticateErrorCode: number }

const fatalUtf8 = new TextDecoder('utf-8', { fatal: true })

function utf8(element: Tlv): string {
  try {
    return fatalUtf8.decode(element.value)
  } catch {
    throw new TlvError('a UTF8String is not UTF-8')
  }
}

/**
 * AuthenticateServerResponse ::= [56] CHOICE {
 *   authenticateResponseOk [0] SEQUENCE { euiccSigned1, euiccSignature1 [APPLICATION 55], euiccCertificate, eumCertificate },
 *   authenticateResponseError [1] SEQUENCE { transactionId [0], authenticateErrorCode INTEGER } }
 * @throws TlvError
 */
export function decodeAuthenticateServerResponse(der: Uint8Array): AuthenticateServerResponse {
  const choice = readSingle(readSingle(der, 0xbf38).value)
  const reader = new TlvReader(choice.value)
  if (choice.tag === 0xa1)
    return {
      kind: 'error',
      transactionId: readTransactionId(reader.next(0x80)),
      authenticateErrorCode: readInteger(reader.next(0x02).value),
    }
  if (choice.tag !== 0xa0) throw new TlvError('neither an answer nor an error')
  return {
    kind: 'ok',
    euiccSigned1: decodeEuiccSigned1(reader.next(0x30)),
    euiccSignature1: readSignature(reader),
    euiccCertificate: reader.next(0x30).raw,
    eumCertificate: reader.next(0x30).raw,
  }
}

/**
 * EuiccSigned1 ::= SEQUENCE {
 *   transactionId [0], serverAddress [3] UTF8String, serverChallenge [4] Octet16, euiccInfo2 [34],
 *   ctxParams1 CHOICE { ctxParamsForCommonAuthentication [0] SEQUENCE { matchingId [0] UTF8String OPTIONAL, deviceInfo [1] } } }
 */
function decodeEuiccSigned1(element: Tlv): EuiccSigned1 {
  const reader = new TlvReader(element.value)
  const transactionId = readTransactionId(reader.next(0x80))
  const serverAddress = utf8(reader.next(0x83))
  const serverChallenge = reader.next(0x84).value
  const euiccInfo2 = decodeEuiccInfo2(reader.next(0xbf22))
  const context = reader.find(0xa0)
  if (!context) throw new TlvError('no ctxParamsForCommonAuthentication')
  const parameters = new TlvReader(context.value)
  const matchingId = parameters.optional(0x80)
  const deviceInfo = parameters.find(0xa1)
  if (!deviceInfo) throw new TlvError('no deviceInfo')
  return {
    raw: element.raw,
    transactionId,
    serverAddress,
    serverChallenge,
    euiccInfo2,
    matchingId: matchingId && utf8(matchingId),
    deviceInfo: decodeDeviceInfo(deviceInfo),
  }
}

/** DeviceInfo ::= SEQUENCE { tac [0] Octet4, deviceCapabilities [1], imei [2] Octet8 OPTIONAL } */
function decodeDeviceInfo(element: Tlv): DeviceInfo {
  const reader = new TlvReader(element.value)
  const tac = reader.next(0x80)
  const imei = reader.find(0x82)
  return { tac: swappedDigits(tac.value), imei: imei && swappedDigits(imei.value) }
}

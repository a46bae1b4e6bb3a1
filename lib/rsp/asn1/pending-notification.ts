import { type Iccid, iccidFromSwappedBcd } from '../identifiers'
import { readBits, readInteger, readOid, readSingle, type Tlv, TlvError, TlvReader } from '../tlv'
import { readSignature, readTransactionId, type Signature } from './signature'

export const NOTIFICATION_EVENTS = ['install', 'enable', 'disable', 'delete'] as const
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number]

export interface NotificationMetadata {
  /** The octets that the signature of an OtherSignedNotification covers */
  raw: Buffer
  seqNumber: number
  event: NotificationEvent | undefined
  notificationAddress: string
  iccid: Iccid | undefined
}

export type FinalResult =
  | { kind: 'success'; aid: string; simaResponse: Buffer }
  | { kind: 'error'; bppCommandId: number; errorReason: number; simaResponse: Buffer | undefined }

export interface ProfileInstallationResult {
  kind: 'installationResult'
  /** The octets that the signature covers */
  signedRaw: Buffer
  transactionId: string
  metadata: NotificationMetadata
  smdpOid: string | undefined
  finalResult: FinalResult
  signature: Signature
}

export interface OtherSignedNotification {
  kind: 'other'
  metadata: NotificationMetadata
  signature: Signature
  euiccCertificate: Buffer
  eumCertificate: Buffer
}

export type PendingNotification = ProfileInstallationResult | OtherSignedNotification

/**
 * PendingNotification ::= CHOICE { profileInstallationResult [55] ProfileInstallationResult, otherSignedNotification }
 * @throws TlvError
 */
export function decodePendingNotification(der: Uint8Array): PendingNotification {
  const element = readSingle(der)
  if (element.tag === 0xbf37) return decodeInstallationResult(element)
  if (element.tag === 0x30) return decodeOther(element)
  throw new TlvError('no notification')
}

/**
 * ProfileInstallationResult ::= [55] SEQUENCE {
 *   profileInstallationResultData [39] SEQUENCE {
 *     transactionId [0], notificationMetadata [47], smdpOid OBJECT IDENTIFIER OPTIONAL (v2.1),
 *     finalResult [2] CHOICE { successResult [0], errorResult [1] } },
 *   euiccSignPIR [APPLICATION 55] }
 */
function decodeInstallationResult(element: Tlv): ProfileInstallationResult {
  const reader = new TlvReader(element.value)
  const data = reader.next(0xbf27)
  const members = new TlvReader(data.value)
  const transactionId = readTransactionId(members.next(0x80))
  const metadata = decodeMetadata(members.next(0xbf2f))
  const smdpOid = members.optional(0x06)
  const finalResult = members.find(0xa2)
  if (!finalResult) throw new TlvError('no finalResult')
  return {
    kind: 'installationResult',
    signedRaw: data.raw,
    transactionId,
    metadata,
    smdpOid: smdpOid && readOid(smdpOid.value),
    finalResult: decodeFinalResult(readSingle(finalResult.value)),
    signature: readSignature(reader),
  }
}

/**
 * SuccessResult ::= SEQUENCE { aid [APPLICATION 15], simaResponse OCTET STRING }
 * ErrorResult ::= SEQUENCE { bppCommandId [0], errorReason [1], simaResponse [2] OCTET STRING OPTIONAL }
 */
function decodeFinalResult(choice: Tlv): FinalResult {
  const reader = new TlvReader(choice.value)
  if (choice.tag === 0xa0)
    return { kind: 'success', aid: reader.next(0x4f).value.toString('hex').toUpperCase(), simaResponse: reader.next(0x04).value }
  if (choice.tag !== 0xa1) throw new TlvError('neither success nor error')
  return {
    kind: 'error',
    bppCommandId: readInteger(reader.next(0x80).value),
    errorReason: readInteger(reader.next(0x81).value),
    simaResponse: reader.optional(0x82)?.value,
  }
}

/** OtherSignedNotification ::= SEQUENCE { tbsOtherNotification [47], euiccNotificationSignature [APPLICATION 55], euiccCertificate, eumCertificate } */
function decodeOther(element: Tlv): OtherSignedNotification {
  const reader = new TlvReader(element.value)
  return {
    kind: 'other',
    metadata: decodeMetadata(reader.next(0xbf2f)),
    signature: readSignature(reader),
    euiccCertificate: reader.next(0x30).raw,
    eumCertificate: reader.next(0x30).raw,
  }
}

/**
 * NotificationMetadata ::= [47] SEQUENCE {
 *   seqNumber [0], profileManagementOperation [1] BIT STRING, notificationAddress UTF8String, iccid [APPLICATION 26] OPTIONAL }
 * Of the bit string only the bits count: peers disagree about its count of unused bits.
 */
function decodeMetadata(element: Tlv): NotificationMetadata {
  const reader = new TlvReader(element.value)
  const seqNumber = readInteger(reader.next(0x80).value)
  const bits = readBits(reader.next(0x81).value)
  const notificationAddress = reader.next(0x0c).value.toString('utf8')
  const iccid = reader.find(0x5a)
  return {
    raw: element.raw,
    seqNumber,
    event: NOTIFICATION_EVENTS.find((_, bit) => bits.has(bit)),
    notificationAddress,
    iccid: iccid && readIccid(iccid),
  }
}

function readIccid(element: Tlv): Iccid {
  try {
    return iccidFromSwappedBcd(element.value)
  } catch {
    throw new TlvError('the ICCID is malformed')
  }
}

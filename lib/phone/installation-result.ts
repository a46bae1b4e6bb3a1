import { integerValue, oidValue, tlv } from '@/lib/rsp/tlv'
import { type AuthenticatedSession, type EuiccContext, signedTlv } from './euicc-context'
import { nextSeqNumber, notificationMetadata } from './notifications'
import { BPP_COMMAND, type BppCommandName, ERROR_REASON, type LoadFault } from './refusal'

/** finalResult: SuccessResult ::= [0] SEQUENCE { aid [APPLICATION 15], simaResponse OCTET STRING } */
export const successResult = (isdpAid: string): Buffer => tlv(0xa0, tlv(0x4f, Buffer.from(isdpAid, 'hex')), tlv(0x04, euiccResponse(0)))

/** finalResult: ErrorResult ::= [1] SEQUENCE { bppCommandId [0], errorReason [1], simaResponse [2] OPTIONAL } */
export const errorResult = (command: BppCommandName, fault: LoadFault): Buffer =>
  tlv(
    0xa1,
    tlv(0x80, integerValue(BPP_COMMAND[command])),
    tlv(0x81, integerValue(ERROR_REASON[fault.reason])),
    fault.peStatus && tlv(0x82, euiccResponse(fault.peStatus.status, fault.peStatus.identification)),
  )

/**
 * Signs the result and puts it among the card's pending notifications.
 * ProfileInstallationResult ::= [55] SEQUENCE { profileInstallationResultData [39] SEQUENCE { transactionId [0], notificationMetadata [47],
 *   smdpOid OBJECT IDENTIFIER, finalResult [2] }, euiccSignPIR [APPLICATION 55] }
 */
export function addInstallationResult(
  context: EuiccContext,
  session: AuthenticatedSession,
  iccid: string | undefined,
  finalResult: Buffer,
): Buffer {
  const seqNumber = nextSeqNumber(context)
  const address = session.serverAddress
  const data = tlv(
    0xbf27,
    tlv(0x80, session.transactionId),
    notificationMetadata(seqNumber, 'install', address, iccid),
    tlv(0x06, oidValue(session.smdpOid)),
    tlv(0xa2, finalResult),
  )
  const result = tlv(0xbf37, data, signedTlv(session.credential, data))
  context.card.notifications.push({ seqNumber, event: 'install', address, ...(iccid ? { iccid } : {}), der: result.toString('base64') })
  return result
}

/** EUICCResponse ::= SEQUENCE { peStatus [0] SEQUENCE OF SEQUENCE { status [0], identification [1] OPTIONAL }, profileInstallationAborted [1] NULL OPTIONAL } */
const euiccResponse = (status: number, identification?: Buffer): Buffer =>
  tlv(
    0x30,
    tlv(0xa0, tlv(0x30, tlv(0x80, integerValue(status)), identification && tlv(0x81, identification))),
    status ? tlv(0x81) : undefined,
  )

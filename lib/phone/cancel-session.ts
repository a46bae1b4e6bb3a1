import { integerValue, oidValue, tlv } from '@/lib/rsp/tlv'
import { type EuiccContext, signedTlv } from './euicc-context'
import { CANCEL_REASON, type CancelReasonName } from './refusal'

/**
 * ES10b.CancelSession, SGP.22 §5.7.14; the session is over afterwards. Without one the answer is the error invalidTransactionId.
 * EuiccCancelSessionSigned ::= SEQUENCE { transactionId [0], smdpOid [1] OBJECT IDENTIFIER, reason [2] INTEGER }
 * @returns CancelSessionResponse 'BF41'
 */
export function cancelSession(context: EuiccContext, reason: CancelReasonName): Buffer {
  const session = context.session?.authenticated
  context.session = undefined
  if (!session) return tlv(0xbf41, tlv(0x81, Buffer.of(5)))
  const signed = tlv(
    0x30,
    tlv(0x80, session.transactionId),
    tlv(0x81, oidValue(session.smdpOid)),
    tlv(0x82, integerValue(CANCEL_REASON[reason])),
  )
  return tlv(0xbf41, tlv(0xa0, signed, signedTlv(session.credential, signed)))
}

import type { SessionOrder, SessionStep } from '@/lib/db/es9-rows'
import { StaleState } from '@/lib/db/move-profile'
import type { ProfileEvent } from '@/lib/db/profile-events'
import { decodeCancelSessionResponse } from '@/lib/rsp/asn1/cancel-session-response'
import { verifyRaw } from '@/lib/rsp/crypto/ecdsa'
import { RspError } from '@/lib/rsp/status'
import type { Es9Context } from './context'
import { euiccKeyOf } from './euicc-keys'
import { endableStates } from './order-check'

export interface CancelSessionRequest {
  /** Hex, upper case */
  transactionId: string
  /** BF41 */
  cancelSessionResponse: Buffer
}

/** CancelSessionReason, SGP.22 §5.7.14 and, from 16 on, v3: whether the reason ends the order by the specification. */
const REASON_ENDS: Record<number, 'person' | boolean> = {
  0: 'person', // endUserRejection
  1: false, // postponed
  2: false, // timeout
  3: true, // pprNotAllowed
  4: true, // metadataMismatch
  5: true, // loadBppExecutionError
  16: false, // sessionAborted
  127: true, // undefinedReason
}

/**
 * What a cancel does to the order. LPAs in the field send endUserRejection after any failed step: after a refusal of ours or a
 * temporary installation error the order stays, whatever the reason. A person's "no" to an offered profile follows the profile
 * type; once the package is given out, endUserRejection mostly means a failed load, of which the installation result will tell.
 */
export function cancelEffect(step: SessionStep, reason: number, onRejection: 'keep' | 'end'): 'kept' | 'ended' {
  if (step !== 'authenticated' && step !== 'bound') return 'kept'
  const ends = REASON_ENDS[reason] ?? reason > 16
  if (ends === 'person') return step === 'authenticated' && onRejection === 'end' ? 'ended' : 'kept'
  return ends ? 'ended' : 'kept'
}

/** Steps after which there is no session to cancel. */
const OVER: readonly SessionStep[] = ['cancelled', 'finished']

/** ES9+.CancelSession, SGP.22 §5.6.5. @throws RspError, TlvError */
export async function cancelSession(ctx: Es9Context, request: CancelSessionRequest): Promise<void> {
  const response = decodeCancelSessionResponse(request.cancelSessionResponse)
  const found = await ctx.store.session(request.transactionId)
  if (!found || found.session.expiresAt <= ctx.clock() || OVER.includes(found.session.step)) throw new RspError('transactionUnknown')
  const { session, order } = found
  if (response.kind === 'error') throw new RspError('transactionUnknown', `The eUICC cannot cancel (${response.code}).`)

  const euiccKey = euiccKeyOf(session.euiccCurve, session.euiccPublicKey)
  const { signed, signature } = response
  if (!verifyRaw(euiccKey, signature.value, signed.raw)) throw new RspError('euiccSignatureInvalid', 'euiccCancelSessionSignature')
  if (signed.transactionId !== request.transactionId) throw new RspError('transactionUnknown', 'The signed transactionId is another one.')
  if (signed.smdpOid !== ctx.credentials.byNumber.get(session.authCredential)?.oid) throw new RspError('smdpOidMismatch', signed.smdpOid)

  const effect = order ? cancelEffect(session.step, signed.reason, order.type.onRejection) : 'kept'
  const timeline: ProfileEvent = {
    at: ctx.clock(),
    iccid: order?.iccid,
    orderId: order?.orderId,
    eid: session.eid,
    transactionId: request.transactionId,
    actor: 'device',
    kind: 'cancelSession',
    outcome: effect === 'ended' ? 'warning' : 'ok',
    data: { reason: signed.reason, effect },
    evidence: signed.raw,
  }
  const step = { transactionId: request.transactionId, step: 'cancelled' as const }
  ctx.sessions.forget(request.transactionId)
  if (effect === 'ended' && order && (await endOrder(ctx, order, session.eid, timeline, step))) return
  await ctx.store.note({ ...timeline, outcome: 'ok', data: { reason: signed.reason, effect: 'kept' } }, step)
}

/** False when the order is no longer this eUICC's to end. */
async function endOrder(
  ctx: Es9Context,
  order: SessionOrder,
  eid: string,
  timeline: ProfileEvent,
  session: { transactionId: string; step: 'cancelled' },
): Promise<boolean> {
  const from = endableStates(order, eid)
  if (from.length === 0) return false
  try {
    await ctx.store.move({
      iccid: order.iccid,
      orderId: order.orderId,
      from,
      event: 'failed',
      at: ctx.clock(),
      closeAs: 'rejected',
      session,
      timeline,
    })
    return true
  } catch (error) {
    if (error instanceof StaleState) return false
    throw error
  }
}

import { hash } from 'node:crypto'
import type { NotificationEffect, SessionAndOrder } from '@/lib/db/es9-store'
import { type NotificationRecord, StaleState } from '@/lib/db/move-profile'
import type { ProfileEvent } from '@/lib/db/profile-events'
import {
  decodePendingNotification,
  type NotificationEvent,
  type OtherSignedNotification,
  type ProfileInstallationResult,
} from '@/lib/rsp/asn1/pending-notification'
import { verifyRaw } from '@/lib/rsp/crypto/ecdsa'
import { checkEuiccChain, readEuiccCertificate } from '@/lib/rsp/pki/euicc-chain'
import { RspError } from '@/lib/rsp/status'
import { readSingle } from '@/lib/rsp/tlv'
import type { Es9Context } from './context'
import { euiccKeyOf } from './euicc-keys'
import { readSimaResponse } from './sima-response'

export interface HandleNotificationRequest {
  /** BF37 or 30 */
  pendingNotification: Buffer
}

/** A notification as devices send it has 2 kB; what extensions put behind it is cut off. */
const mostRawBytes = 8_192

/** errorReason values after which another attempt makes sense: memory, interruption (SGP.22 §2.5.6). */
const TEMPORARY_REASONS = [10, 11]

/**
 * ES9+.HandleNotification, SGP.22 §5.6.4: the answer is always 204 once this returns, because the eUICC then forgets the
 * notification. What is proved is stored raw with its verdict and, once, changes what it tells of; what is not proved is
 * only noted in memory.
 * @throws TlvError when the bytes are no DER; database errors, so that the device keeps the notification
 */
export async function handleNotification(ctx: Es9Context, request: HandleNotificationRequest): Promise<void> {
  const { tag } = readSingle(request.pendingNotification)
  // A choice of a later version: nothing that this server could keep or check.
  if (tag !== 0xbf37 && tag !== 0x30) return
  const notification = decodePendingNotification(request.pendingNotification)
  if (notification.kind === 'installationResult' && (await keepRemembered(ctx, notification, request.pendingNotification))) return
  for (let tries = 0; tries < 3; tries++) {
    try {
      const effect =
        notification.kind === 'installationResult'
          ? await judgeInstallationResult(ctx, notification, request.pendingNotification)
          : await judgeOther(ctx, notification, request.pendingNotification)
      await ctx.store.keepNotification(effect)
      // Whoever holds the keys of a test manufacturer can make any number of these.
      if (effect.unwanted) ctx.strangers.charge(ctx.clientAddress)
      return
    } catch (error) {
      if (error instanceof RspError) return ctx.strangers.add(strangerOf(ctx, error))
      if (!(error instanceof StaleState)) throw error
    }
  }
  throw new Error('The profile of a notification keeps changing.')
}

/**
 * The common case without a look into the database: the package that this process has given out is installed, and the move finds it so.
 * False when it is not so simple; then nothing was done, and what was remembered decides nothing.
 */
async function keepRemembered(ctx: Es9Context, result: ProfileInstallationResult, raw: Buffer): Promise<boolean> {
  const remembered = ctx.sessions.recall(result.transactionId, ctx.clock())
  if (!remembered?.session.bindingId) return false
  ctx.sessions.forget(result.transactionId)
  try {
    const effect = judgeResult(ctx, remembered, result, raw)
    if (effect.move?.event !== 'installed') return false
    return await ctx.store.keepNotification(effect)
  } catch (error) {
    if (error instanceof RspError || error instanceof StaleState) return false
    throw error
  }
}

const strangerOf = (ctx: Es9Context, error: RspError) => ({
  at: ctx.clock(),
  function: 'handleNotification',
  status: error.status,
  detail: error.detail,
  address: ctx.clientAddress,
})

/** Names a notification by what was signed and with which key: the same ECDSA signature has two forms, and members may follow it. */
const digestOf = (publicKey: Buffer, signed: Buffer): Buffer => hash('sha256', Buffer.concat([publicKey, signed]), 'buffer')

/** §5.6.4, ProfileInstallationResult. @throws RspError when it is not proved */
async function judgeInstallationResult(ctx: Es9Context, result: ProfileInstallationResult, raw: Buffer): Promise<NotificationEffect> {
  const found = await ctx.store.session(result.transactionId)
  if (!found) throw new RspError('transactionUnknown', `Installation result of ${result.transactionId}`)
  return judgeResult(ctx, found, result, raw)
}

function judgeResult(
  ctx: Es9Context,
  { session, order }: Pick<SessionAndOrder, 'session' | 'order'>,
  result: ProfileInstallationResult,
  raw: Buffer,
): NotificationEffect {
  const euiccKey = euiccKeyOf(session.euiccCurve, session.euiccPublicKey)
  if (!verifyRaw(euiccKey, result.signature.value, result.signedRaw)) throw new RspError('euiccSignatureInvalid', 'euiccSignPIR')

  const { finalResult } = result
  const success = finalResult.kind === 'success'
  const record: NotificationRecord = {
    digest: digestOf(session.euiccPublicKey, result.signedRaw),
    receivedAt: ctx.clock(),
    raw: raw.subarray(0, mostRawBytes),
    eid: session.eid,
    iccid: session.iccid,
    transactionId: session.transactionId,
    sequenceNumber: result.metadata.seqNumber,
    event: result.metadata.event ?? 'install',
    verdict: 'applied',
  }
  const timeline: ProfileEvent = {
    at: ctx.clock(),
    iccid: session.iccid ?? undefined,
    orderId: session.orderId ?? undefined,
    eid: session.eid,
    transactionId: session.transactionId,
    actor: 'device',
    kind: 'installationResult',
    outcome: success ? 'ok' : 'warning',
    data: {
      success,
      sequenceNumber: result.metadata.seqNumber,
      ...(success
        ? { aid: finalResult.aid }
        : {
            errorReason: finalResult.errorReason,
            bppCommandId: finalResult.bppCommandId,
            ...(finalResult.simaResponse ? { peStatus: readSimaResponse(finalResult.simaResponse) } : {}),
          }),
    },
    evidence: record.digest,
  }
  const unchanged = (verdict: string, detail: string): NotificationEffect => ({
    record: { ...record, verdict },
    unwanted: true,
    timeline: { ...timeline, outcome: 'warning', detail, data: { ...timeline.data, late: true } },
  })

  const oid = ctx.credentials.byNumber.get(session.authCredential)?.oid
  if (result.smdpOid !== undefined && result.smdpOid !== oid) return unchanged('foreign OID', 'The result names the OID of another SM-DP+.')
  if (!order || !session.bindingId)
    return unchanged('nothing was bound', 'The result tells of a session in which no package was given out.')
  if (order.openOrderId !== order.orderId || order.closedAt)
    return unchanged('order closed', 'The order had ended before this result came.')
  if (order.binding?.id !== session.bindingId) return unchanged('older binding', 'The result tells of an earlier binding of this order.')

  const move = {
    iccid: order.iccid,
    orderId: order.orderId,
    from: ['Downloaded' as const],
    boundAs: session.bindingId,
    at: ctx.clock(),
    runtimeSequence: result.metadata.seqNumber,
    session: { transactionId: session.transactionId, step: 'finished' as const },
    timeline,
  }
  if (success) return { record, move: { ...move, event: 'installed', closeAs: 'installed' } }
  const temporary = TEMPORARY_REASONS.includes(finalResult.errorReason)
  if (temporary && order.downloadAttempts < order.downloadLimit) {
    const kept = { ...timeline, data: { ...timeline.data, effect: 'kept' } }
    // LPAs may cancel the session before they deliver its result; it stays cancelled.
    const step = session.step === 'cancelled' ? 'cancelled' : 'temporaryFailure'
    return {
      record: { ...record, verdict: 'temporary' },
      timeline: kept,
      session: { transactionId: session.transactionId, step },
    }
  }
  return {
    record,
    move: { ...move, event: 'failed', closeAs: 'failed', timeline: { ...timeline, data: { ...timeline.data, effect: 'ended' } } },
  }
}

const RUNTIME_STATE = { enable: 'Enabled', disable: 'Disabled', delete: 'Deleted' } as const

/** §5.6.4, OtherSignedNotification: from the eUICC on which the profile is, and newer than what is known. @throws RspError when it is not proved */
async function judgeOther(ctx: Es9Context, notification: OtherSignedNotification, raw: Buffer): Promise<NotificationEffect> {
  const { metadata } = notification
  const eum = ctx.credentials.readEum(notification.eumCertificate)
  const ci = ctx.credentials.cis.find(candidate => candidate.keyId === eum.authorityKeyId)
  if (!ci) throw new RspError('ciKeyUnknown', 'Notification of an eUICC under an unknown CI.')
  const euicc = readEuiccCertificate(notification.euiccCertificate)
  const { eid, publicKey } = checkEuiccChain({ eum, euicc, ci, now: ctx.clock(), checkEum: ctx.credentials.checkEum })
  if (!verifyRaw(publicKey.key, notification.signature.value, metadata.raw))
    throw new RspError('euiccSignatureInvalid', 'euiccNotificationSignature')

  const record: NotificationRecord = {
    digest: digestOf(publicKey.point, metadata.raw),
    receivedAt: ctx.clock(),
    raw: raw.subarray(0, mostRawBytes),
    eid,
    iccid: metadata.iccid ?? null,
    transactionId: null,
    sequenceNumber: metadata.seqNumber,
    event: metadata.event ?? null,
    verdict: 'applied',
  }
  const unchanged = (verdict: string): NotificationEffect => ({ record: { ...record, verdict } })
  const unwanted = (verdict: string): NotificationEffect => ({ ...unchanged(verdict), unwanted: true })
  const { iccid, event } = metadata
  if (!iccid || !event) return unwanted('names no profile or no event')
  if (!ctx.addresses.isOurs(metadata.notificationAddress)) return unwanted('for another server')
  const profile = await ctx.store.installedProfile(iccid)
  if (!profile || profile.eid !== eid || profile.live !== ci.live) return unwanted('the profile is not on this eUICC')
  if (profile.state !== 'Installed' && profile.state !== 'Downloaded') return unchanged(`the profile is ${profile.state}`)
  if (event === 'install') return unchanged('installations are told by their result')
  if (profile.runtimeSequence !== null && metadata.seqNumber <= profile.runtimeSequence) return unchanged('older than what is known')
  return {
    record,
    runtime: { iccid, eid, state: RUNTIME_STATE[event], sequenceNumber: metadata.seqNumber, at: ctx.clock() },
    timeline: { ...runtimeEvent(ctx, iccid, eid, event, metadata.seqNumber), evidence: record.digest },
  }
}

const runtimeEvent = (ctx: Es9Context, iccid: string, eid: string, event: NotificationEvent, sequenceNumber: number): ProfileEvent => ({
  at: ctx.clock(),
  iccid,
  eid,
  actor: 'device',
  kind: 'notification',
  outcome: 'ok',
  data: { event, sequenceNumber },
})

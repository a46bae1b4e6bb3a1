import type { KeyObject } from 'node:crypto'
import type { SessionOrder, StoredSession } from '@/lib/db/es9-rows'
import { type NewBinding, StaleState } from '@/lib/db/move-profile'
import type { ProfileEvent } from '@/lib/db/profile-events'
import { decodePrepareDownloadResponse, type EuiccSigned2 } from '@/lib/rsp/asn1/prepare-download-response'
import { encodeBoundProfilePackage, encodeInitialiseSecureChannel, protectProfile } from '@/lib/rsp/bpp'
import { confirmationCodeMatches } from '@/lib/rsp/confirmation-code'
import { verifyRaw } from '@/lib/rsp/crypto/ecdsa'
import { deriveBspKeys, oneTimeKeyPair, PointError, sharedSecret } from '@/lib/rsp/crypto/key-agreement'
import { eidToBcd } from '@/lib/rsp/identifiers'
import { RspError, type StatusName } from '@/lib/rsp/status'
import type { Credential } from '../credentials'
import type { Es9Context } from './context'
import { euiccKeyOf } from './euicc-keys'
import { endableStates, refuseDelivery } from './order-check'

export interface GetBoundProfilePackageRequest {
  /** Hex, upper case */
  transactionId: string
  /** BF21 */
  prepareDownloadResponse: Buffer
}

export interface GetBoundProfilePackageResponse {
  transactionId: Buffer
  boundProfilePackage: Buffer
}

/** Names this server in the key derivation; a retry must find the same octets. */
export const hostId = Buffer.from('slipway')

/** Steps after which the device may ask for its package. */
const OPEN_STEPS = ['authenticated', 'confirmationRefused', 'bound'] as const

const DOWNLOAD_ERRORS: Record<number, string> = {
  1: 'invalidCertificate',
  2: 'invalidSignature',
  3: 'unsupportedCurve',
  4: 'noSessionContext',
  5: 'invalidTransactionId',
}

interface Bound {
  sealedPackage?: Buffer | undefined
  session: StoredSession
  order: SessionOrder
  signed: EuiccSigned2
  pb: Credential
  timeline: ProfileEvent
}

/**
 * ES9+.GetBoundProfilePackage, SGP.22 §5.6.2. Committed before it is answered: a retry finds its binding.
 * @throws RspError, TlvError
 */
export async function getBoundProfilePackage(
  ctx: Es9Context,
  request: GetBoundProfilePackageRequest,
): Promise<GetBoundProfilePackageResponse> {
  const response = decodePrepareDownloadResponse(request.prepareDownloadResponse)
  let confirmation: Confirmation | undefined
  // Two requests of one eUICC at once: the second finds what the first has bound.
  for (let tries = 0; tries < 3; tries++) {
    const opened = await openSession(ctx, request.transactionId)
    if (response.kind === 'error') return refuseDownloadError(ctx, opened, response.downloadErrorCode)
    const bound = prove(opened, response)
    const refusal = refuseDelivery(bound.order, bound.session.eid, ctx.clock())
    if (refusal) return refuse(ctx, bound, refusal.status, refusal.detail, { step: 'refused' })
    confirmation ??= await checkConfirmationCode(ctx, bound)
    try {
      return await deliver(ctx, bound, confirmation)
    } catch (error) {
      if (!(error instanceof StaleState)) throw error
    }
  }
  throw new RspError('profileNotReleased', 'The profile is being changed by somebody else.')
}

type Opened = Omit<Bound, 'signed'> & { signature2: Buffer; euiccKey: KeyObject }

async function openSession(ctx: Es9Context, transactionId: string): Promise<Opened> {
  const found = await ctx.store.session(transactionId, true)
  const { session, order } = found ?? {}
  const live = session && session.expiresAt > ctx.clock() && (OPEN_STEPS as readonly string[]).includes(session.step)
  const pb = session?.pbCredential ? ctx.credentials.byNumber.get(session.pbCredential) : undefined
  if (!live || !order || !pb || !session.smdpSignature2) throw new RspError('transactionUnknown')
  const timeline: ProfileEvent = {
    at: ctx.clock(),
    iccid: order.iccid,
    orderId: order.orderId,
    eid: session.eid,
    transactionId,
    actor: 'device',
    kind: 'getBoundProfilePackage',
    outcome: 'ok',
  }
  const euiccKey = euiccKeyOf(session.euiccCurve, session.euiccPublicKey)
  return { sealedPackage: found?.sealedPackage, session, order, pb, timeline, signature2: session.smdpSignature2, euiccKey }
}

/** The eUICC refused our answer, which ends the session. Nothing is signed here, so nothing else changes. */
async function refuseDownloadError(ctx: Es9Context, { timeline, session }: Opened, code: number): Promise<never> {
  const detail = `The eUICC refused to prepare the download: ${DOWNLOAD_ERRORS[code] ?? 'undefinedError'} (${code}).`
  await ctx.store.note(
    { ...timeline, outcome: 'refused', status: 'euiccSignatureInvalid', detail, data: { downloadErrorCode: code } },
    { transactionId: session.transactionId, step: 'refused' },
  )
  throw new RspError('euiccSignatureInvalid', detail, true)
}

type DownloadOk = Extract<ReturnType<typeof decodePrepareDownloadResponse>, { kind: 'ok' }>

function prove({ signature2, euiccKey, ...bound }: Opened, response: DownloadOk): Bound {
  const { euiccSigned2: signed, euiccSignature2 } = response
  if (!verifyRaw(euiccKey, euiccSignature2.value, signed.raw, signature2)) throw new RspError('euiccSignatureInvalid', 'euiccSignature2')
  if (signed.transactionId !== bound.session.transactionId)
    throw new RspError('transactionUnknown', 'The signed transactionId is another one.')
  return { ...bound, signed }
}

async function deliver(ctx: Es9Context, bound: Bound, confirmation: Confirmation): Promise<GetBoundProfilePackageResponse> {
  const { session, order, timeline } = bound
  const known = order.binding
  const reused = known && known.eid === session.eid && known.otPkEuicc.equals(bound.signed.euiccOtpk.value) ? known : undefined
  const { bindingId, binding, otPkDp, segments } = reused ? await fromBinding(ctx, reused) : await newBinding(ctx, bound)
  const transactionId = Buffer.from(session.transactionId, 'hex')
  const initialiseSecureChannel = encodeInitialiseSecureChannel({
    transactionId,
    hostId,
    otPkDp,
    otPkEuicc: bound.signed.euiccOtpk.value,
    dpPbPrivateKey: bound.pb.privateKey,
  })
  const boundProfilePackage = encodeBoundProfilePackage(initialiseSecureChannel, segments)
  await ctx.store.move({
    iccid: order.iccid,
    orderId: order.orderId,
    from: ['Released', 'Downloaded'],
    event: 'deliver',
    at: ctx.clock(),
    delivery: { eid: session.eid, replaces: known?.id ?? null, bindingId, ...(binding ? { binding } : {}) },
    session: { transactionId: session.transactionId, step: 'bound' },
    timeline: {
      ...timeline,
      data: { rebound: reused !== undefined, bytes: boundProfilePackage.length, protection: order.type.protection, ...confirmation },
    },
  })
  return { transactionId, boundProfilePackage }
}

/** The attempt that a right code took, for the timeline; empty where none was needed. */
type Confirmation = { confirmationAttempt: number; confirmationLimit: number } | Record<string, never>

/** §5.6.2: an attempt is counted before the code is compared, so that many at once are many attempts. */
async function checkConfirmationCode(ctx: Es9Context, bound: Bound): Promise<Confirmation> {
  const { order, signed, session } = bound
  if (!order.confirmationCodeHash) return {}
  if (!signed.hashCc) return refuse(ctx, bound, 'confirmationCodeMissing', undefined, { step: 'confirmationRefused' })
  const counted = await ctx.store.countConfirmationAttempt(order.orderId)
  // Nothing is compared any more. Whoever has the last attempt decides what becomes of the order: it may hold the right code.
  if (!counted) return refuse(ctx, bound, 'confirmationCodeAttemptsExceeded', undefined, { step: undefined })
  const codeHash = ctx.vault.open(order.confirmationCodeHash, `confirmation_code:${order.orderId}`)
  const attempts = { confirmationAttempt: counted.attempt, confirmationLimit: counted.limit }
  if (confirmationCodeMatches(codeHash, Buffer.from(session.transactionId, 'hex'), signed.hashCc)) return attempts
  if (counted.attempt < counted.limit)
    return refuse(ctx, bound, 'confirmationCodeRefused', undefined, { step: 'confirmationRefused', data: attempts })
  return endOrder(ctx, bound, attempts)
}

async function endOrder(ctx: Es9Context, bound: Bound, data: Record<string, number>): Promise<never> {
  const { order, session, timeline } = bound
  const status = 'confirmationCodeAttemptsExceeded'
  try {
    await ctx.store.move({
      iccid: order.iccid,
      orderId: order.orderId,
      from: endableStates(order, session.eid),
      event: 'failed',
      at: ctx.clock(),
      closeAs: status,
      session: { transactionId: session.transactionId, step: 'refused' },
      timeline: { ...timeline, outcome: 'refused', status, data },
    })
  } catch (error) {
    if (!(error instanceof StaleState)) throw error
    // Somebody else has ended the order or taken the profile.
    return refuse(ctx, bound, status, undefined, { step: 'refused', data })
  }
  throw new RspError(status, undefined, true)
}

/** @param more.step the session's from now on; undefined leaves it as it is */
async function refuse(
  ctx: Es9Context,
  { timeline, session }: Bound,
  status: StatusName,
  detail: string | undefined,
  more: { step: 'confirmationRefused' | 'refused' | undefined; data?: Record<string, number> },
): Promise<never> {
  const step = more.step && { transactionId: session.transactionId, step: more.step }
  await ctx.store.note({ ...timeline, outcome: 'refused', status, detail, data: more.data }, step)
  throw new RspError(status, detail, true)
}

interface Segments {
  bindingId: string
  binding?: NewBinding
  otPkDp: Buffer
  segments: Buffer
}

/** §5.6.2: the same one-time key of the eUICC gets the same segments, whatever was edited since. */
async function fromBinding(ctx: Es9Context, binding: NonNullable<SessionOrder['binding']>): Promise<Segments> {
  const sealed = await ctx.store.sealedSegments(binding.id)
  if (!sealed) throw new RspError('bppUnavailable')
  return { bindingId: binding.id, otPkDp: binding.otPkDp, segments: ctx.vault.open(sealed, `binding:${binding.id}`) }
}

async function newBinding(ctx: Es9Context, { session, order, signed, pb, sealedPackage: read }: Bound): Promise<Segments> {
  const sealedPackage = read ?? (await ctx.store.sealedPackage(order.iccid))
  if (!sealedPackage || !session.metadata) throw new RspError('bppUnavailable')
  const otPkEuicc = signed.euiccOtpk.value
  const { otSk, otPk: otPkDp } = oneTimeKeyPair(pb.curve, ctx.random)
  const sessionKeys = deriveBspKeys(agree(pb, otSk, otPkEuicc), hostId, eidToBcd(session.eid))
  const segments = protectProfile({
    sessionKeys,
    metadata: session.metadata,
    profilePackage: ctx.vault.open(sealedPackage, `profile_package:${order.iccid}`),
    profileProtectionKeys: order.type.protection === 'random' ? randomKeys(ctx) : undefined,
  })
  const bindingId = newUuid(ctx)
  const binding: NewBinding = {
    otPkDp,
    otPkEuicc,
    metadata: session.metadata,
    sealed: ctx.vault.seal(segments, `binding:${bindingId}`),
    ciNumber: session.ciNumber,
    credential: pb.number,
  }
  return { bindingId, binding, otPkDp, segments }
}

function agree(pb: Credential, otSk: Buffer, otPkEuicc: Buffer): Buffer {
  try {
    return sharedSecret(pb.curve, otSk, otPkEuicc)
  } catch (error) {
    if (error instanceof PointError) throw new RspError('formatInvalid', `otPK.EUICC: ${error.message}`)
    throw error
  }
}

const randomKeys = (ctx: Es9Context) => ({ initialMacChainingValue: ctx.random(16), sEnc: ctx.random(16), sMac: ctx.random(16) })

/** A version 4 UUID from the context's chance. */
function newUuid(ctx: Es9Context): string {
  const octets = ctx.random(16)
  octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x40
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80
  return octets.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

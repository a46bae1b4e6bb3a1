import type { KeyObject } from 'node:crypto'
import type { SessionBinding, SessionOrder, StoredSession } from '@/lib/db/es9-rows'
import type { SessionAndOrder } from '@/lib/db/es9-store'
import { StaleState, type StoredPackage } from '@/lib/db/move-profile'
import type { ProfileEvent } from '@/lib/db/profile-events'
import { decodePrepareDownloadResponse, type EuiccSigned2 } from '@/lib/rsp/asn1/prepare-download-response'
import { encodeBoundProfilePackage, encodeInitialiseSecureChannel, protectProfile } from '@/lib/rsp/bpp'
import { confirmationCodeMatches } from '@/lib/rsp/confirmation-code'
import { verifyRaw } from '@/lib/rsp/crypto/ecdsa'
import { agreeOnce, deriveBspKeys, PointError } from '@/lib/rsp/crypto/key-agreement'
import { eidToBcd } from '@/lib/rsp/identifiers'
import { RspError, type StatusName } from '@/lib/rsp/status'
import type { Credential } from '../credentials'
import { type BindingKeys, openBindingKeys, sealBindingKeys } from './binding-keys'
import type { Es9Context } from './context'
import { euiccKeyOf } from './euicc-keys'
import { endableStates, refuseDelivery } from './order-check'
import { packageOf } from './profile-package'

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
  session: StoredSession
  order: SessionOrder
  signed: EuiccSigned2
  pb: Credential
  timeline: ProfileEvent
  hasPackage: boolean
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
  const delivered = response.kind === 'ok' && (await deliverRemembered(ctx, request.transactionId, response))
  if (delivered) return delivered
  let confirmation: Confirmation | undefined
  // Two requests of one eUICC at once: the second finds what the first has bound.
  for (let tries = 0; tries < 3; tries++) {
    const opened = openSession(ctx, await ctx.store.session(request.transactionId))
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

/**
 * The common case without a look into the database: a session of this process, no confirmation code, nothing bound in it yet. Undefined
 * when it is not so simple; then nothing was done, and what was remembered decides nothing.
 */
async function deliverRemembered(
  ctx: Es9Context,
  transactionId: string,
  response: DownloadOk,
): Promise<GetBoundProfilePackageResponse | undefined> {
  const remembered = ctx.sessions.recall(transactionId, ctx.clock())
  if (remembered?.session.step !== 'authenticated' || remembered.order.confirmationCodeHash) return undefined
  try {
    const bound = prove(openSession(ctx, { ...remembered, hasPackage: true }), response)
    if (refuseDelivery(bound.order, bound.session.eid, ctx.clock())) return undefined
    return await deliver(ctx, bound, {})
  } catch (error) {
    if (!(error instanceof StaleState || error instanceof RspError)) throw error
    return undefined
  }
}

type Opened = Omit<Bound, 'signed'> & { signature2: Buffer; euiccKey: KeyObject }

function openSession(ctx: Es9Context, found: SessionAndOrder | undefined): Opened {
  const { session, order, hasPackage = false } = found ?? {}
  const live = session && session.expiresAt > ctx.clock() && (OPEN_STEPS as readonly string[]).includes(session.step)
  const pb = session?.pbCredential ? ctx.credentials.byNumber.get(session.pbCredential) : undefined
  if (!live || !order || !pb || !session.smdpSignature2) throw new RspError('transactionUnknown')
  const timeline: ProfileEvent = {
    at: ctx.clock(),
    iccid: order.iccid,
    orderId: order.orderId,
    eid: session.eid,
    transactionId: session.transactionId,
    actor: 'device',
    kind: 'getBoundProfilePackage',
    outcome: 'ok',
  }
  const euiccKey = euiccKeyOf(session.euiccCurve, session.euiccPublicKey)
  return { session, order, hasPackage, pb, timeline, signature2: session.smdpSignature2, euiccKey }
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

function prove({ signature2, euiccKey, timeline, ...bound }: Opened, response: DownloadOk): Bound {
  const { euiccSigned2: signed, euiccSignature2 } = response
  if (!verifyRaw(euiccKey, euiccSignature2.value, signed.raw, signature2)) throw new RspError('euiccSignatureInvalid', 'euiccSignature2')
  if (signed.transactionId !== bound.session.transactionId)
    throw new RspError('transactionUnknown', 'The signed transactionId is another one.')
  return { ...bound, signed, timeline: { ...timeline, evidence: signed.publicRaw } }
}

async function deliver(ctx: Es9Context, bound: Bound, confirmation: Confirmation): Promise<GetBoundProfilePackageResponse> {
  const { session, order, timeline, signed, pb } = bound
  if (!bound.hasPackage || !session.metadata) throw new RspError('bppUnavailable')
  const known = order.binding
  const otPkEuicc = signed.euiccOtpk.value
  const sealed = known?.eid === session.eid && known.otPkEuicc.equals(otPkEuicc) ? known.sealed : null
  const { id, keys, ...binding } = known && sealed ? knownBinding(ctx, known, sealed) : newBinding(ctx, bound, session.metadata)
  const rebound = id === known?.id
  const { confirmationCodeHash } = order
  const stored = await ctx.store.deliver({
    iccid: order.iccid,
    orderId: order.orderId,
    from: ['Released', 'Downloaded'],
    event: 'deliver',
    at: ctx.clock(),
    delivery: {
      eid: session.eid,
      replaces: known?.id ?? null,
      bindingId: id,
      ...(rebound ? {} : { binding: { ...binding, ciNumber: session.ciNumber, credential: pb.number } }),
      seen: { confirmationCodeHash, protection: order.type.protection },
    },
    session: { transactionId: session.transactionId, from: [...OPEN_STEPS], step: 'bound' },
    timeline: {
      ...timeline,
      data: { rebound, bytes: order.packageBytes, protection: order.type.protection, ...confirmation },
    },
  })
  ctx.sessions.remember({
    session: { ...session, step: 'bound', bindingId: id },
    order: { ...order, state: 'Downloaded', claimedEid: session.eid, binding: { id, eid: session.eid, ...binding } },
  })
  const transactionId = Buffer.from(session.transactionId, 'hex')
  const profilePackage = await openPackage(ctx, bound, stored)
  const segments = protectProfile({ ...keys, metadata: binding.metadata, profilePackage })
  const { otPkDp } = binding
  const secureChannel = encodeInitialiseSecureChannel({ transactionId, hostId, otPkDp, otPkEuicc, dpPbPrivateKey: pb.privateKey })
  return { transactionId, boundProfilePackage: encodeBoundProfilePackage(secureChannel, segments) }
}

/** The binding stays: it is this eUICC's, which gets its package once what is wrong with it has been mended. */
async function openPackage(ctx: Es9Context, { order, timeline }: Bound, stored: StoredPackage): Promise<Buffer> {
  try {
    return await packageOf(ctx, order.iccid, stored)
  } catch (error) {
    const detail = 'The package in the store does not open.'
    await ctx.store.note({ ...timeline, outcome: 'refused', status: 'bppUnavailable', detail })
    throw error
  }
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

/** A binding with its keys open. */
interface OpenBinding {
  id: string
  keys: BindingKeys
  otPkDp: Buffer
  otPkEuicc: Buffer
  metadata: Buffer
  sealed: Buffer
}

/** §5.6.2: the same one-time key of the eUICC gets the same segments, whatever was edited since. */
function knownBinding(ctx: Es9Context, { id, otPkDp, otPkEuicc, metadata }: SessionBinding, sealed: Buffer): OpenBinding {
  return { id, otPkDp, otPkEuicc, metadata, sealed, keys: openBindingKeys(ctx.vault, id, sealed) }
}

function newBinding(ctx: Es9Context, { session, order, signed, pb }: Bound, metadata: Buffer): OpenBinding {
  const otPkEuicc = signed.euiccOtpk.value
  const { otPkDp, shared } = agree(ctx, pb, otPkEuicc)
  const keys: BindingKeys = {
    sessionKeys: deriveBspKeys(shared, hostId, eidToBcd(session.eid)),
    profileProtectionKeys: order.type.protection === 'random' ? randomKeys(ctx) : undefined,
  }
  const id = newUuid(ctx)
  return { id, keys, otPkDp, otPkEuicc, metadata, sealed: sealBindingKeys(ctx.vault, id, keys) }
}

function agree(ctx: Es9Context, pb: Credential, otPkEuicc: Buffer): ReturnType<typeof agreeOnce> {
  try {
    return agreeOnce(pb.curve, otPkEuicc, ctx.random)
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

import { hash } from 'node:crypto'
import { ZodError } from 'zod'
import type { DownloadOrder, NewSession } from '@/lib/db/es9-rows'
import { StaleState } from '@/lib/db/move-profile'
import type { ProfileEvent } from '@/lib/db/profile-events'
import { encodeSignature, encodeSmdpSigned2 } from '@/lib/rsp/asn1/server-signed'
import { signRaw } from '@/lib/rsp/crypto/ecdsa'
import { Iccid, PeerMatchingId } from '@/lib/rsp/identifiers'
import { encodeMetadataForPackage } from '@/lib/rsp/metadata'
import { PackageError } from '@/lib/rsp/saip/elements'
import { RspError } from '@/lib/rsp/status'
import { readSingle } from '@/lib/rsp/tlv'
import { typeMetadata } from '@/lib/rsp/type-metadata'
import type { CredentialSet } from '../credentials'
import { type AuthenticatedEuicc, authenticateEuicc } from './authenticated-euicc'
import type { Es9Context } from './context'
import { eligibility, type Finding } from './eligibility'
import { endableStates, type Refusal, refuseOrder } from './order-check'
import { type OpenTransaction, readTransactionId, sessionMs } from './transaction-id'

export interface AuthenticateClientRequest {
  /** Hex, upper case */
  transactionId: string
  /** BF38 */
  authenticateServerResponse: Buffer
}

export interface AuthenticateClientResponse {
  transactionId: Buffer
  profileMetadata: Buffer
  smdpSigned2: Buffer
  smdpSignature2: Buffer
  smdpCertificate: Buffer
}

/**
 * ES9+.AuthenticateClient, SGP.22 §5.6.3. What fails before the eUICC has proved itself leaves no trace in the database;
 * what is decided after that is kept with the session, a refusal too.
 * @throws RspError, TlvError
 */
export async function authenticateClient(ctx: Es9Context, request: AuthenticateClientRequest): Promise<AuthenticateClientResponse> {
  const transaction = readTransactionId(ctx, request.transactionId)
  const euicc = authenticateEuicc(ctx, transaction, request.authenticateServerResponse)
  const set = ctx.credentials.sets.find(candidate => candidate.auth.number === transaction.auth.number)
  if (!set) throw new RspError('transactionUnknown', 'The certificates of this session have been replaced.')

  const { matchingId } = euicc.signed
  const order = matchingId
    ? PeerMatchingId.safeParse(matchingId).success
      ? await ctx.store.findOrder({ matchingId })
      : undefined
    : await ctx.store.findOrder({ eid: euicc.eid, at: ctx.clock() })
  const session = newSession(ctx, transaction, euicc, order, request)
  const timeline = newEvent(ctx, request.transactionId, euicc, order)

  if (!order) {
    const refusal: Refusal = matchingId
      ? { status: 'matchingIdRefused', detail: 'No order has this matching ID.' }
      : { status: 'eidRefused', detail: 'No order waits for this EID.' }
    return refuse(ctx, session, timeline, refusal)
  }
  const refusal = refuseOrder(order, euicc.eid, ctx.clock()) ?? refuseAttempts(order)
  if (refusal) return refuse(ctx, session, timeline, refusal, order)

  const findings = eligibility(order, euicc.signed.euiccInfo2, transaction.ci)
  const against = findings.find(finding => finding.certain || order.type.strict)
  if (against)
    return refuse(
      ctx,
      session,
      withData(timeline, { against: [against.rule] }),
      { status: against.status, detail: against.sentence },
      order,
    )

  const opening = { session, order, euicc, set, timeline: withWarnings(timeline, findings) }
  // §5.6.3: the key of an earlier binding for this eUICC is named, so that it can use its one-time key again.
  const binding = order.binding?.sealed && order.binding.eid === euicc.eid ? order.binding : undefined
  const bound = binding && ctx.credentials.byNumber.get(binding.credential)?.curve === set.pb.curve ? binding : undefined
  if (bound) return open(ctx, opening, bound.metadata, bound.otPkEuicc)
  const metadata = metadataOf(order, ctx.addresses.primary)
  return 'status' in metadata ? refuse(ctx, session, timeline, metadata, order) : open(ctx, opening, metadata)
}

/** §5.6.3: over one of the two limits the order ends. The last wrong code has ended it already, unless the server died over it. */
function refuseAttempts(order: DownloadOrder): Refusal | undefined {
  if (order.downloadAttempts >= order.downloadLimit) return { status: 'downloadAttemptsExceeded', ends: 'downloadAttemptsExceeded' }
  if (order.confirmationCodeHash && order.confirmationAttempts >= order.confirmationLimit)
    return { status: 'downloadAttemptsExceeded', ends: 'confirmationCodeAttemptsExceeded' }
  return undefined
}

interface Opening {
  session: NewSession
  order: DownloadOrder
  euicc: AuthenticatedEuicc
  set: CredentialSet
  timeline: ProfileEvent
}

async function open(
  ctx: Es9Context,
  { session, order, euicc, set, timeline }: Opening,
  profileMetadata: Buffer,
  bppEuiccOtpk?: Buffer,
): Promise<AuthenticateClientResponse> {
  const transactionId = Buffer.from(session.transactionId, 'hex')
  const smdpSigned2 = encodeSmdpSigned2({ transactionId, ccRequired: order.confirmationCodeHash !== null, bppEuiccOtpk })
  const answer: AuthenticateClientResponse = {
    transactionId,
    profileMetadata,
    smdpSigned2,
    smdpSignature2: encodeSignature(signRaw(set.pb.privateKey, smdpSigned2, euicc.euiccSignature1)),
    smdpCertificate: set.pb.certificate,
  }
  const opened: NewSession = {
    ...session,
    step: 'authenticated',
    pbCredential: set.pb.number,
    smdpSigned2: answer.smdpSigned2,
    smdpSignature2: answer.smdpSignature2,
    metadata: answer.profileMetadata,
  }
  const kept = await ctx.store.openSession(opened, timeline)
  if (kept.result === 'opened') {
    ctx.sessions.remember({ session: { ...opened, bindingId: null }, order })
    return answer
  }
  if (kept.result === 'duplicate') return repeat(ctx, session)
  // Between our look and our count others took the last attempt, or the order ended.
  const now = (await ctx.store.session(session.transactionId))?.order
  const refusal: Refusal = (now && refuseOrder(now, session.eid, ctx.clock())) ?? { status: 'downloadAttemptsExceeded' }
  await ctx.store.note(
    { ...timeline, outcome: 'refused', status: refusal.status, detail: refusal.detail },
    { transactionId: session.transactionId, step: 'refused' },
  )
  throw new RspError(refusal.status, refusal.detail, true)
}

/** The very same request again (its answer was lost) gets the very same answer; anything else under a used transactionId is unknown. */
async function repeat(ctx: Es9Context, session: NewSession): Promise<AuthenticateClientResponse> {
  const found = (await ctx.store.session(session.transactionId))?.session
  const { smdpSigned2, smdpSignature2, metadata, pbCredential } = found ?? {}
  const pb = pbCredential ? ctx.credentials.byNumber.get(pbCredential) : undefined
  if (
    found?.step !== 'authenticated' ||
    !found.requestHash.equals(session.requestHash) ||
    !smdpSigned2 ||
    !smdpSignature2 ||
    !metadata ||
    !pb
  )
    throw new RspError('transactionUnknown', 'The transactionId was used before.')
  return {
    transactionId: Buffer.from(session.transactionId, 'hex'),
    profileMetadata: metadata,
    smdpSigned2,
    smdpSignature2,
    smdpCertificate: pb.certificate,
  }
}

async function refuse(
  ctx: Es9Context,
  session: NewSession,
  timeline: ProfileEvent,
  refusal: Refusal,
  order?: DownloadOrder,
): Promise<never> {
  const refused: ProfileEvent = { ...timeline, outcome: 'refused', status: refusal.status, detail: refusal.detail }
  const fresh = await ctx.store.keepRefusal(session, refused)
  if (!fresh) throw new RspError('transactionUnknown', 'The transactionId was used before.')
  if (refusal.ends && order)
    await ctx.store
      .move({
        iccid: order.iccid,
        orderId: order.orderId,
        from: endableStates(order, session.eid),
        event: 'failed',
        at: ctx.clock(),
        closeAs: refusal.ends,
        timeline: { ...refused, kind: 'orderEnded', data: { outcome: refusal.ends }, evidence: undefined },
      })
      .catch(ignoreStale)
  throw new RspError(refusal.status, refusal.detail, true)
}

/** Somebody else has moved the profile on: their decision stands. */
const ignoreStale = (error: unknown) => {
  if (!(error instanceof StaleState)) throw error
}

/** What the person at the device is shown; a refusal when type and package together make no valid metadata. */
function metadataOf(order: DownloadOrder, notificationAddress: string): Buffer | Refusal {
  const { type } = order
  try {
    return encodeMetadataForPackage(
      {
        iccid: Iccid.parse(order.iccid),
        profileName: order.packageName,
        spn: order.spn ?? undefined,
        mccMnc: order.mccMnc ?? undefined,
        gid1: order.gid1 ?? undefined,
        gid2: order.gid2 ?? undefined,
      },
      typeMetadata(type, notificationAddress),
    )
  } catch (error) {
    if (error instanceof PackageError || error instanceof ZodError)
      return { status: 'profileNotEligible', detail: `The metadata of type ${type.name} does not fit this package: ${error.message}` }
    throw error
  }
}

function newSession(
  ctx: Es9Context,
  transaction: OpenTransaction,
  euicc: AuthenticatedEuicc,
  order: DownloadOrder | undefined,
  request: AuthenticateClientRequest,
): NewSession {
  return {
    transactionId: request.transactionId,
    createdAt: ctx.clock(),
    expiresAt: new Date(transaction.startedAt.getTime() + sessionMs),
    eid: euicc.eid,
    iccid: order?.iccid ?? null,
    orderId: order?.orderId ?? null,
    ciNumber: transaction.ci.number,
    authCredential: transaction.auth.number,
    pbCredential: null,
    euiccPublicKey: euicc.publicKey.point,
    euiccCurve: euicc.publicKey.curve,
    requestHash: hash('sha256', readSingle(request.authenticateServerResponse).raw, 'buffer'),
    smdpSigned2: null,
    smdpSignature2: null,
    metadata: null,
    step: 'refused',
  }
}

function newEvent(ctx: Es9Context, transactionId: string, euicc: AuthenticatedEuicc, order: DownloadOrder | undefined): ProfileEvent {
  const { euiccInfo2, deviceInfo, matchingId } = euicc.signed
  return {
    at: ctx.clock(),
    iccid: order?.iccid,
    orderId: order?.orderId,
    eid: euicc.eid,
    transactionId,
    actor: 'device',
    kind: 'authenticateClient',
    outcome: 'ok',
    data: {
      svn: euiccInfo2.svn,
      tac: deviceInfo.tac,
      imei: deviceInfo.imei,
      freeMemory: euiccInfo2.freeNonVolatileMemory,
      neededMemory: order?.installBytes,
      profileVersion: euiccInfo2.profileVersion,
      firmware: euiccInfo2.firmwareVersion,
      category: euiccInfo2.category,
      // A code that opens an order is a bearer token; one that opens none helps to see what was mistyped.
      ...(order ? {} : { matchingId: matchingId?.slice(0, 64) }),
    },
    evidence: euicc.signed.raw,
  }
}

const withData = (timeline: ProfileEvent, data: Record<string, unknown>): ProfileEvent => ({
  ...timeline,
  data: { ...timeline.data, ...data },
})

const withWarnings = (timeline: ProfileEvent, findings: Finding[]): ProfileEvent =>
  findings.length === 0
    ? timeline
    : {
        ...withData(timeline, { against: findings.map(({ rule }) => rule), warnings: findings.map(({ sentence }) => sentence) }),
        outcome: 'warning',
      }

import { readAll, readInteger, readSingle, type Tlv, TlvError, TlvReader, tlv } from '@/lib/rsp/tlv'
import type { InstalledProfile } from './card'
import { agree, verifyRaw } from './curve'
import { type AuthenticatedSession, authenticatedSession, type EuiccContext } from './euicc-context'
import { freeMemoryBytes } from './euicc-info'
import { addInstallationResult, errorResult, successResult } from './installation-result'
import { type ProfileMetadata, readMetadata } from './metadata'
import { notify } from './notifications'
import { checkProfilePackage } from './profile-package'
import { type BppCommandName, ERROR_REASON, EuiccRefusal, LoadFault } from './refusal'
import { openSegment, SegmentFault } from './segment'
import { deriveSessionKeys, type SessionKeys } from './session-keys'

export interface LoadResult {
  /** ProfileInstallationResult 'BF37', also among the card's pending notifications */
  profileInstallationResult: Buffer
  profile: InstalledProfile | undefined
  refusal: EuiccRefusal | undefined
}

interface Loading {
  context: EuiccContext
  session: AuthenticatedSession
  command: BppCommandName
  keys: SessionKeys | undefined
  metadataDer: Buffer
  metadata: ProfileMetadata | undefined
}

/**
 * ES10b.LoadBoundProfilePackage, SGP.22 §5.7.6. A package that is refused ends in a ProfileInstallationResult with an error, not in an exception.
 * The session is over after a success; after a failure it can still be cancelled.
 * @param boundProfilePackage 'BF36', complete
 * @param interruptAfterSegments simulates a loss of power after so many protected segments (installFailedDueToInterruption)
 * @throws EuiccRefusal when no download was prepared
 */
export function loadBoundProfilePackage(context: EuiccContext, boundProfilePackage: Buffer, interruptAfterSegments = Infinity): LoadResult {
  const session = authenticatedSession(context, 'loadBoundProfilePackage')
  if (!session.prepared || session.loaded) {
    throw new EuiccRefusal('loadBoundProfilePackage', { name: 'noSessionContext', number: 4 }, 'No download is prepared in this session.')
  }
  session.loaded = true
  const loading: Loading = {
    context,
    session,
    command: 'initialiseSecureChannel',
    keys: undefined,
    metadataDer: Buffer.alloc(0),
    metadata: undefined,
  }
  try {
    const profile = install(loading, boundProfilePackage, interruptAfterSegments)
    const profileInstallationResult = addInstallationResult(context, session, profile.iccid, successResult(profile.isdpAid))
    notify(context, profile, 'install')
    forgetKeyPair(context, session)
    context.session = undefined
    context.save()
    return { profileInstallationResult, profile, refusal: undefined }
  } catch (error) {
    const fault = faultOf(error)
    const number = ERROR_REASON[fault.reason]
    const iccid = loading.metadata?.iccid
    const profileInstallationResult = addInstallationResult(context, session, iccid, errorResult(loading.command, fault))
    if (number !== 10 && number !== 11) forgetKeyPair(context, session)
    context.save()
    const code = { name: fault.reason, number }
    const refusal = new EuiccRefusal('loadBoundProfilePackage', code, fault.message, profileInstallationResult, loading.command)
    return { profileInstallationResult, profile: undefined, refusal }
  }
}

/**
 * BoundProfilePackage ::= [54] SEQUENCE { initialiseSecureChannelRequest [35], firstSequenceOf87 [0], sequenceOf88 [1],
 *   secondSequenceOf87 [2] OPTIONAL, sequenceOf86 [3] }
 */
function install(loading: Loading, boundProfilePackage: Buffer, interruptAfterSegments: number): InstalledProfile {
  const body = new TlvReader(readSingle(boundProfilePackage, 0xbf36).value)
  const keys = decoding(() => initialiseSecureChannel(loading, body.next(0xbf23)))
  let segments = 0
  const open = (segment: Tlv) => {
    if (segments++ >= interruptAfterSegments)
      throw new LoadFault('installFailedDueToInterruption', 'The loading of the package was interrupted.')
    return openSegment(keys, segment.raw)
  }

  loading.command = 'configureISDP'
  const configuration = open(onlySegment(body.next(0xa0)))
  decoding(() => configureIsdp(configuration))

  loading.command = 'storeMetadata'
  for (const [index, segment] of segmentsOf(body.next(0xa1), 0x88).entries()) {
    if (index > 0) loading.command = 'storeMetadata2'
    loading.metadataDer = Buffer.concat([loading.metadataDer, open(segment)])
  }
  const metadata = storeMetadata(loading)

  const secondSequence = body.optional(0xa2)
  if (secondSequence) {
    loading.command = 'replaceSessionKeys'
    const replacement = open(onlySegment(secondSequence))
    Object.assign(
      keys,
      decoding(() => readReplaceSessionKeys(replacement)),
    )
  }

  loading.command = 'loadProfileElements'
  const free = freeMemoryBytes(loading.context.card)
  const parts: Buffer[] = []
  let size = 0
  for (const segment of segmentsOf(body.next(0xa3), 0x86)) {
    const part = open(segment)
    size += part.length
    if (size > free)
      throw new LoadFault('installFailedDueToInsufficientMemoryForProfile', `The package needs more than the ${free} octets that are free.`)
    parts.push(part)
  }
  body.end()
  const profilePackage = Buffer.concat(parts)
  checkProfilePackage(profilePackage, metadata, loading.context.card.settings)
  return addProfile(loading, metadata, profilePackage)
}

/** InitialiseSecureChannelRequest ::= [35] SEQUENCE { remoteOpId [2], transactionId [0], controlRefTemplate [6], smdpOtpk, smdpSign } */
function initialiseSecureChannel({ context, session }: Loading, request: Tlv): SessionKeys {
  const prepared = session.prepared
  if (!prepared) throw new LoadFault('installFailedDueToUnknownError', 'No download is prepared.')
  const reader = new TlvReader(request.value)
  const remoteOpId = reader.next(0x82)
  const transactionId = reader.next(0x80)
  const controlRefTemplate = reader.next(0xa6)
  const smdpOtpk = reader.next(0x5f49)
  const smdpSign = reader.next(0x5f37)
  reader.end()
  const signed = Buffer.concat([remoteOpId.raw, transactionId.raw, controlRefTemplate.raw, smdpOtpk.raw, tlv(0x5f49, prepared.euiccOtpk)])
  if (!verifyRaw(prepared.publicKey, signed, smdpSign.value)) {
    throw new LoadFault('invalidSignature', 'smdpSign does not verify with the key of CERT.DPpb.')
  }
  if (!transactionId.value.equals(session.transactionId))
    throw new LoadFault('invalidTransactionId', 'The package is bound for another transaction.')
  if (readInteger(remoteOpId.value) !== 1) {
    throw new LoadFault('unsupportedRemoteOperationType', 'The remote operation is not installBoundProfilePackage.')
  }
  const [keyType, keyLength, hostId, ...more] = readAll(controlRefTemplate.value)
  if (keyType?.raw.toString('hex') !== '800188' || keyLength?.raw.toString('hex') !== '810110' || hostId?.tag !== 0x84 || more.length) {
    throw new LoadFault('unsupportedCrtValues', 'The control reference template asks for other keys than AES-128.')
  }
  if (hostId.value.length < 1 || hostId.value.length > 16)
    throw new LoadFault('unsupportedCrtValues', 'The hostId does not have 1 to 16 octets.')
  return deriveSessionKeys(agreeOrRefuse(prepared, smdpOtpk.value), hostId.value, context.card.eid)
}

function agreeOrRefuse(prepared: NonNullable<AuthenticatedSession['prepared']>, smdpOtpk: Buffer): Buffer {
  const refuse = () => new LoadFault('incorrectInputValues', 'otPK.DP is not a point of the curve.')
  if (smdpOtpk.length !== 65 || smdpOtpk[0] !== 4) throw refuse()
  try {
    return agree(prepared.euiccOtsk, smdpOtpk)
  } catch {
    throw refuse()
  }
}

/** ConfigureISDPRequest ::= [36] SEQUENCE { dpProprietaryData [24] SEQUENCE { dpOid, … } OPTIONAL }, the inner at most 128 octets. */
function configureIsdp(plain: Buffer): void {
  const reader = new TlvReader(readSingle(plain, 0xbf24).value)
  const proprietary = reader.optional(0xb8)
  reader.end()
  if (!proprietary) return
  if (proprietary.raw.length > 128) throw new LoadFault('incorrectInputValues', 'dpProprietaryData has more than 128 octets.')
  new TlvReader(proprietary.value).next(0x80)
}

function storeMetadata(loading: Loading): ProfileMetadata {
  const { card } = loading.context
  const metadata = readMetadata(loading.metadataDer)
  loading.metadata = metadata
  if (metadata.profileClass === 'test' && !card.settings.rspCapability.includes(3)) {
    throw new LoadFault('unsupportedProfileClass', 'This eUICC does not take test profiles.')
  }
  const forbidden = [...metadata.policyRules].find(rule => card.settings.forbiddenProfilePolicyRules.includes(rule))
  if (forbidden !== undefined) throw new LoadFault('pprNotAllowed', `This eUICC forbids PPR${forbidden} in a profile.`)
  if (metadata.policyRules.size > 0 && !metadata.owner) {
    throw new LoadFault('pprNotAllowed', 'The profile has policy rules, but names no owner who could be allowed them.')
  }
  if (card.profiles.some(profile => profile.iccid === metadata.iccid)) {
    throw new LoadFault('installFailedDueToIccidAlreadyExistsOnEuicc', `A profile with ICCID ${metadata.iccid} is on this eUICC already.`)
  }
  return metadata
}

/** ReplaceSessionKeysRequest ::= [38] SEQUENCE { initialMacChainingValue [0], ppkEnc [1], ppkCmac [2] }; the counter starts again. */
function readReplaceSessionKeys(plain: Buffer): SessionKeys {
  const reader = new TlvReader(readSingle(plain, 0xbf26).value)
  const [macChainingValue, encryptionKey, macKey] = [reader.next(0x80).value, reader.next(0x81).value, reader.next(0x82).value]
  reader.end()
  if ([macChainingValue, encryptionKey, macKey].some(value => value.length !== 16)) {
    throw new LoadFault('incorrectInputValues', 'ReplaceSessionKeys does not carry three values of 16 octets.')
  }
  return { macChainingValue, encryptionKey, macKey, counter: 1 }
}

function segmentsOf(sequence: Tlv, tag: number): Tlv[] {
  const segments = readAll(sequence.value)
  if (segments.length === 0) throw new LoadFault('scp03tStructureError', 'A sequence of segments is empty.')
  if (segments.some(segment => segment.tag !== tag))
    throw new LoadFault('scp03tStructureError', 'A segment of another kind stands in a sequence.')
  return segments
}

function onlySegment(sequence: Tlv): Tlv {
  const [segment, ...more] = segmentsOf(sequence, 0x87)
  if (!segment || more.length) throw new LoadFault('scp03tStructureError', "A command that fits one '87' segment is spread over several.")
  return segment
}

function addProfile(loading: Loading, metadata: ProfileMetadata, profilePackage: Buffer): InstalledProfile {
  const { card } = loading.context
  const used = new Set(card.profiles.map(profile => profile.isdpAid))
  let number = 0x10
  const aid = () => `a0000005591010ffffffff8900${number.toString(16).padStart(4, '0')}00`
  while (used.has(aid())) number++
  const profile: InstalledProfile = {
    iccid: metadata.iccid,
    isdpAid: aid(),
    state: 'Disabled',
    metadata: loading.metadataDer.toString('base64'),
    profilePackage: profilePackage.toString('base64'),
    smdpAddress: loading.session.serverAddress,
    smdpOid: loading.session.smdpOid,
  }
  card.profiles.push(profile)
  return profile
}

function forgetKeyPair(context: EuiccContext, session: AuthenticatedSession): void {
  const hex = session.prepared?.euiccOtpk.toString('hex')
  context.card.oneTimeKeys = context.card.oneTimeKeys.filter(pair => pair.euiccOtpk !== hex)
}

/** What fails to decode inside a command is a wrong input; outside it is a wrong structure of segments. */
function decoding<T>(decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    if (error instanceof TlvError) throw new LoadFault('incorrectInputValues', `A command of the package is malformed: ${error.message}.`)
    throw error
  }
}

function faultOf(error: unknown): LoadFault {
  if (error instanceof LoadFault) return error
  if (error instanceof SegmentFault) {
    return new LoadFault(
      error.kind === 'structure' ? 'scp03tStructureError' : 'scp03tSecurityError',
      `The package is refused: ${error.message}.`,
    )
  }
  if (error instanceof TlvError) return new LoadFault('scp03tStructureError', `The package is malformed: ${error.message}.`)
  throw error
}

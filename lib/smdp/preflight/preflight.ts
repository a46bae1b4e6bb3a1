import { randomBytes } from 'node:crypto'
import { ZodError } from 'zod'
import type { DownloadOrder, DownloadType } from '@/lib/db/es9-rows'
import type { PreflightResult } from '@/lib/inventory/doctor/findings'
import type { CardSettings, InstalledProfile } from '@/lib/phone/card'
import type { Transport } from '@/lib/phone/es9-client'
import { Euicc } from '@/lib/phone/euicc'
import { Lpa } from '@/lib/phone/lpa'
import { LpaError } from '@/lib/phone/lpa-error'
import { type BppCommandName, EuiccRefusal } from '@/lib/phone/refusal'
import { encodeMetadata, metadataForPackage } from '@/lib/rsp/metadata'
import { PackageError } from '@/lib/rsp/saip/elements'
import { estimatedInstallBytes, type PackageInfo, readPackage } from '@/lib/rsp/saip/read-package'
import { type TypeSettings, typeMetadata } from '@/lib/rsp/type-metadata'
import { answerEs9 } from '../es9/answer'
import type { Es9Context } from '../es9/context'
import { capableEuicc, type Trial, trialAddress, trialSite } from './trial-site'

/** A profile type as the database has it. */
export type PreflightType = DownloadType & TypeSettings

export interface PreflightRequest {
  /** Unprotected profile package: what the batch would put into stock, or what its template and one row make */
  package: Buffer
  type: PreflightType
  now: Date
  /** As the stock would know the profile; the package's own when left out */
  iccid?: string | undefined
  random?: (bytes: number) => Buffer
  /** What the device is, where it is not to be one that has everything */
  euicc?: Partial<CardSettings>
}

const orderId = '00000000-0000-4000-8000-000000000001'
const matchingId = 'PREFLIGHT'

/**
 * Binds one sample of a batch for a virtual eUICC and installs it there, through the functions that serve ES9+: CI, certificates, order,
 * store and vault are made for this one trial and forgotten. Nothing is read from the database or the deployment's keys, nothing is written.
 * @returns failed with a sentence that says where, when the package cannot be read, its type's metadata do not fit, the server refuses it
 * or the strict phone does
 */
export async function preflight(request: PreflightRequest): Promise<PreflightResult> {
  const startedAt = performance.now()
  const { iccid, failure } = await attempt(request)
  return {
    result: failure === undefined ? 'installed' : 'failed',
    ...(iccid === undefined ? {} : { iccid }),
    sentence: failure ?? `The profile ${iccid} was bound for a virtual phone, and the phone has installed it.`,
    durationMs: Math.round(performance.now() - startedAt),
  }
}

interface Outcome {
  iccid?: string
  /** A sentence; undefined when all went well */
  failure?: string
}

async function attempt(request: PreflightRequest): Promise<Outcome> {
  const { type, now, random = randomBytes, euicc = {} } = request
  let info: PackageInfo
  try {
    info = readPackage(request.package)
  } catch (error) {
    if (!(error instanceof PackageError)) throw error
    const name = request.iccid === undefined ? 'The sample' : `The profile ${request.iccid}`
    return { ...optional(request.iccid), failure: `${name} cannot be read as a profile package. ${error.message}` }
  }
  const iccid = request.iccid ?? info.iccid
  const misfit = metadataFault(info, type)
  if (misfit) return { iccid, failure: `The metadata of the profile type do not fit the profile ${iccid}. ${misfit}` }
  const trial = trialSite({
    order: orderOf(info, iccid, type),
    profilePackage: request.package,
    now,
    random,
    euicc: { ...capableEuicc(info.saipVersion), ...euicc },
  })
  try {
    const installed = await install(trial, now, random)
    const failure = checkInstalled(trial, installed, request.package, iccid)
    return { iccid, ...(failure === undefined ? {} : { failure }) }
  } catch (error) {
    return { iccid, failure: sentenceOf(error, trial, iccid) }
  }
}

const optional = (iccid: string | undefined) => (iccid === undefined ? {} : { iccid })

/** In words what ES9+ would find out as well. */
function metadataFault(info: PackageInfo, type: PreflightType): string | undefined {
  try {
    encodeMetadata(metadataForPackage(info, typeMetadata(type, trialAddress)))
    return undefined
  } catch (error) {
    if (error instanceof PackageError) return error.message
    if (error instanceof ZodError) return [...new Set(error.issues.map(({ message }) => message))].join(' ')
    throw error
  }
}

async function install({ ctx, card }: Trial, now: Date, random: (bytes: number) => Buffer): Promise<InstalledProfile | undefined> {
  const lpa = new Lpa(new Euicc(card, { now: () => now, random }), () => inProcess(ctx))
  const done = await lpa.download({ smdpAddress: trialAddress, matchingId })
  return done.outcome === 'installed' ? done.profile : undefined
}

/** ES9+ as it comes over HTTP, without the wire. */
const inProcess = (ctx: Es9Context): Transport => ({
  post: async (path, body) => {
    const answer = await answerEs9({ function: path.split('/').at(-1) ?? '', body: Buffer.from(JSON.stringify(body)) }, ctx)
    return { status: answer.status, headers: answer.headers, json: answer.body ? JSON.parse(answer.body) : undefined }
  },
})

function checkInstalled({ store, ctx }: Trial, profile: InstalledProfile | undefined, sample: Buffer, iccid: string): string | undefined {
  if (!profile) return `The virtual phone has not installed the profile ${iccid}.`
  if (!Buffer.from(profile.profilePackage, 'base64').equals(sample))
    return `What the virtual phone has decrypted and installed is not the package of the profile ${iccid}.`
  if (store.state === 'Installed') return undefined
  const reason = store.refusal ?? ctx.strangers.recent()[0]?.detail
  return `The virtual phone has installed the profile ${iccid}, but the server did not take its report${reason ? `: ${reason}` : '.'}`
}

const WHILE: Record<BppCommandName, string> = {
  initialiseSecureChannel: 'when it opened the secure channel',
  configureISDP: 'when it made room for the profile',
  storeMetadata: 'when it read the metadata',
  storeMetadata2: 'when it read the metadata',
  replaceSessionKeys: 'when it changed to the keys of the package',
  loadProfileElements: 'when it installed the profile elements',
}

/** @throws what is no refusal */
function sentenceOf(error: unknown, { store, ctx }: Trial, iccid: string): string {
  if (error instanceof EuiccRefusal) {
    const place = error.bppCommand ? WHILE[error.bppCommand] : `at ${error.command}`
    return `The virtual phone refused the profile ${iccid} ${place}. ${error.message}`
  }
  if (!(error instanceof LpaError)) throw error
  if (error.subjectCode === undefined) return `The virtual phone refused the profile ${iccid}. ${error.sentence}`
  const reason = store.refusal ?? ctx.strangers.recent()[0]?.detail ?? error.sentence
  return `The server refused to give the profile ${iccid} to the virtual phone. ${reason}`
}

/** An order that is ready for download, of a test type: the CI of a trial is a test CI. */
function orderOf(info: PackageInfo, iccid: string, type: PreflightType): DownloadOrder {
  return {
    orderId,
    iccid,
    orderEid: null,
    matchingId,
    confirmationCodeHash: null,
    confirmationAttempts: 0,
    confirmationLimit: 1,
    downloadAttempts: 0,
    downloadLimit: 1,
    expiresAt: null,
    closedAt: null,
    outcome: null,
    state: 'Released',
    openOrderId: orderId,
    claimedEid: null,
    packageBytes: info.sizeBytes,
    installBytes: estimatedInstallBytes(info),
    packageName: info.profileName,
    saipVersion: info.saipVersion,
    mandatoryServices: info.mandatoryServices,
    mccMnc: info.mccMnc ?? null,
    gid1: info.gid1 ?? null,
    gid2: info.gid2 ?? null,
    spn: info.spn ?? null,
    type: { ...type, live: false },
    binding: null,
  }
}

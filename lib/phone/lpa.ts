import type { InstalledProfile } from './card'
import { type AuthenticateClientOk, Es9Client, type EventEntry, type InitiateAuthenticationOk, type Transport } from './es9-client'
import type { Euicc } from './euicc'
import { checkServer, confirmationCodeNeeded, type DownloadTarget, metadataInside, readOffer, targetOf } from './lpa-checks'
import { LpaError, type LpaStep } from './lpa-error'
import type { ProfileMetadata } from './metadata'
import { type CancelReasonName, EuiccRefusal } from './refusal'

/** A transport for an SM-DP+ address; notifications may go to another address than the download came from. */
export type Connect = (smdpAddress: string) => Transport

export interface DownloadRequest {
  /** `LPA:1$…`; or give the address, and the matchingId if there is one */
  activationCode?: string
  smdpAddress?: string
  matchingId?: string
  /** the code, or who to ask for it (again and again until it is right, or undefined) */
  confirmationCode?: string | ((attempt: number) => string | undefined | Promise<string | undefined>)
  /** the person's answer to the offered profile; 'accept' by default */
  accept?: (metadata: ProfileMetadata) => Decision | Promise<Decision>
  onProgress?: (progress: { step: LpaStep; sentence: string }) => void
  faults?: Faults
}

export type Decision = 'accept' | 'reject' | 'postpone'

/** Misbehaviour on purpose, for tests and demonstrations. */
export interface Faults {
  /** power is lost after so many protected segments (a temporary installation error) */
  interruptAfterSegments?: number
  /** a new one-time key even when the server names one that could be used again */
  newOneTimeKey?: boolean
  /** does not send cancelSession after a failed step, as a phone would that lost its connection */
  noCancelSession?: boolean
  /** keeps the notifications on the card instead of sending them */
  keepNotifications?: boolean
  /** changes what is sent or received */
  authenticateServerResponse?: (der: Buffer) => Buffer
  prepareDownloadResponse?: (der: Buffer) => Buffer
  boundProfilePackage?: (der: Buffer) => Buffer
}

export type DownloadOutcome =
  | { outcome: 'installed'; transactionId: string; metadata: ProfileMetadata; profile: InstalledProfile; profileInstallationResult: Buffer }
  | { outcome: 'rejected' | 'postponed'; transactionId: string; metadata: ProfileMetadata }

/** A virtual phone: the LPA around an eUICC. */
export class Lpa {
  constructor(
    readonly euicc: Euicc,
    private readonly connect: Connect,
    /** ends connections that are kept for reuse */
    readonly close: () => void = () => undefined,
  ) {}

  /**
   * Downloads and installs a profile, then delivers the notifications; those that cannot be delivered stay on the card. After a failed
   * step it sends cancelSession with endUserRejection, as the LPAs in the field do, and hands an eUICC's error on to the server.
   * @throws LpaError when the server refuses or cannot be reached, EuiccRefusal when the eUICC does
   */
  async download(request: DownloadRequest): Promise<DownloadOutcome> {
    const target = targetOf(request)
    const es9 = new Es9Client(this.connect(target.smdpAddress))
    const faults = request.faults ?? {}
    const progress = (step: LpaStep, sentence: string) => request.onProgress?.({ step, sentence })
    let transactionId = ''
    try {
      const initiated = await this.initiate(es9, target.smdpAddress, progress)
      transactionId = initiated.transactionId
      const client = await this.authenticate(es9, initiated, target, request, progress)
      const metadata = readOffer(client)
      progress('confirmation', `${metadata.serviceProviderName} offers “${metadata.profileName}”, ICCID ${metadata.iccid}.`)
      const decision = await (request.accept?.(metadata) ?? 'accept')
      if (decision !== 'accept') return await this.decline(es9, transactionId, metadata, decision, progress)

      const bound = await this.fetchPackage(es9, client, request, target.confirmationCodeRequired, progress)
      const boundProfilePackage = faults.boundProfilePackage?.(bound) ?? bound
      await this.compareMetadata(es9, client, boundProfilePackage, progress)
      progress('loadBoundProfilePackage', 'The eUICC opens the package segment by segment and installs the profile.')
      const result = this.euicc.loadBoundProfilePackage(boundProfilePackage, faults.interruptAfterSegments)
      if (result.refusal) throw result.refusal
      if (!result.profile) throw new LpaError('loadBoundProfilePackage', 'The eUICC reported neither success nor failure.')
      if (!faults.keepNotifications) await this.sendNotifications(request.onProgress).catch(() => undefined)
      const { profile, profileInstallationResult } = result
      return { outcome: 'installed', transactionId, metadata, profile, profileInstallationResult }
    } catch (error) {
      if (!faults.noCancelSession && this.euicc.hasSession) {
        await this.cancel(es9, transactionId, 'endUserRejection', progress).catch(() => undefined)
      }
      if (!faults.keepNotifications) await this.sendNotifications(request.onProgress).catch(() => undefined)
      throw error
    }
  }

  /**
   * Delivers all pending notifications, each to its own address, oldest first. One that is taken (2xx) leaves the card; one that is not
   * stays for the next time and does not hold up the others.
   * @returns how many were taken @throws LpaError of the first that was not
   */
  async sendNotifications(onProgress?: DownloadRequest['onProgress']): Promise<number> {
    let sent = 0
    let failure: unknown
    for (const { seqNumber, event, address, der } of [...this.euicc.listNotifications()]) {
      onProgress?.({ step: 'handleNotification', sentence: `The phone reports “${event}” to ${address}.` })
      try {
        await new Es9Client(this.connect(address)).handleNotification(Buffer.from(der, 'base64'))
        this.euicc.removeNotification(seqNumber)
        sent++
      } catch (error) {
        failure ??= error
      }
    }
    if (failure) throw failure
    return sent
  }

  /**
   * Asks an SM-DS what waits for this eUICC (ES11, SGP.22 §3.6.2); each event is downloaded from its address with its ID as the MatchingID.
   * @throws LpaError, EuiccRefusal
   */
  async findEvents(smdsAddress: string): Promise<EventEntry[]> {
    const es11 = new Es9Client(this.connect(smdsAddress))
    const target = targetOf({ smdpAddress: smdsAddress })
    const initiated = await this.initiate(es11, smdsAddress, () => undefined)
    checkServer(initiated, target)
    const authenticateServerResponse = this.euicc.authenticateServer({ ...initiated, ofSmds: true })
    return es11.eventsFor({ transactionId: initiated.transactionId, authenticateServerResponse })
  }

  listProfiles(): readonly InstalledProfile[] {
    return this.euicc.listProfiles()
  }

  /** Enables a profile (an enabled one is disabled); the notifications stay pending until they are sent. @throws EuiccRefusal */
  enable(iccid: string): void {
    this.euicc.enableProfile(iccid)
  }

  /** @throws EuiccRefusal */
  disable(iccid: string): void {
    this.euicc.disableProfile(iccid)
  }

  /** @throws EuiccRefusal */
  deleteProfile(iccid: string): void {
    this.euicc.deleteProfile(iccid)
  }

  /** Ends the eUICC's session and tells the server why. @throws LpaError */
  async cancel(
    es9: Es9Client,
    transactionId: string,
    reason: CancelReasonName,
    progress?: (step: LpaStep, sentence: string) => void,
  ): Promise<void> {
    progress?.('cancelSession', `The phone ends the session: ${reason}.`)
    await es9.cancelSession({ transactionId, cancelSessionResponse: this.euicc.cancelSession(reason) })
  }

  private async initiate(es9: Es9Client, smdpAddress: string, progress: Progress): Promise<InitiateAuthenticationOk> {
    progress('initiateAuthentication', `The phone greets ${smdpAddress} with a fresh challenge.`)
    const euiccChallenge = this.euicc.getEuiccChallenge()
    return await es9.initiateAuthentication({ euiccChallenge, euiccInfo1: this.euicc.getEuiccInfo1(), smdpAddress })
  }

  private async authenticate(
    es9: Es9Client,
    initiated: InitiateAuthenticationOk,
    target: DownloadTarget,
    { faults }: DownloadRequest,
    progress: Progress,
  ): Promise<AuthenticateClientOk> {
    const { transactionId } = initiated
    progress('authenticateServer', "The eUICC checks the server's certificate, signature and challenge.")
    checkServer(initiated, target)
    const { matchingId } = target
    try {
      const response = this.euicc.authenticateServer({ ...initiated, ...(matchingId === undefined ? {} : { matchingId }) })
      progress('authenticateClient', 'The eUICC has signed; the server checks it and looks for the profile.')
      return await es9.authenticateClient({
        transactionId,
        authenticateServerResponse: faults?.authenticateServerResponse?.(response) ?? response,
      })
    } catch (error) {
      await this.forward(error, response => es9.authenticateClient({ transactionId, authenticateServerResponse: response }))
      throw error
    }
  }

  private async fetchPackage(
    es9: Es9Client,
    client: AuthenticateClientOk,
    request: DownloadRequest,
    announced: boolean,
    progress: Progress,
  ) {
    const { transactionId } = client
    const needed = announced || confirmationCodeNeeded(client)
    for (let attempt = 1; ; attempt++) {
      const code = needed ? await askForCode(request, attempt) : undefined
      try {
        progress('prepareDownload', 'The eUICC checks the offer and makes a one-time key.')
        const confirmationCode = code === undefined ? {} : { confirmationCode: code }
        const response = this.euicc.prepareDownload({
          ...client,
          ...confirmationCode,
          newOneTimeKey: request.faults?.newOneTimeKey ?? false,
        })
        progress('getBoundProfilePackage', 'The server encrypts the profile for this eUICC alone.')
        return await es9.getBoundProfilePackage({
          transactionId,
          prepareDownloadResponse: request.faults?.prepareDownloadResponse?.(response) ?? response,
        })
      } catch (error) {
        await this.forward(error, response => es9.getBoundProfilePackage({ transactionId, prepareDownloadResponse: response }))
        const mistyped = error instanceof LpaError && error.subjectCode === '8.2.7' && error.reasonCode === '3.8'
        if (!mistyped || typeof request.confirmationCode !== 'function') throw error
        progress('confirmation', error.sentence)
      }
    }
  }

  /** SGP.22 §3.1.3: the metadata in the package must be those that the person agreed to. */
  private async compareMetadata(
    es9: Es9Client,
    client: AuthenticateClientOk,
    boundProfilePackage: Buffer,
    progress: Progress,
  ): Promise<void> {
    const inside = metadataInside(boundProfilePackage)
    if (!inside || inside.equals(client.profileMetadata)) return
    await this.cancel(es9, client.transactionId, 'metadataMismatch', progress)
    throw new LpaError('loadBoundProfilePackage', 'The metadata inside the package differ from those that were offered.')
  }

  private async decline(
    es9: Es9Client,
    transactionId: string,
    metadata: ProfileMetadata,
    decision: 'reject' | 'postpone',
    progress: Progress,
  ) {
    await this.cancel(es9, transactionId, decision === 'reject' ? 'endUserRejection' : 'postponed', progress)
    return { outcome: decision === 'reject' ? ('rejected' as const) : ('postponed' as const), transactionId, metadata }
  }

  /** LPAs hand the eUICC's error on to the server; its answer changes nothing. */
  private async forward(error: unknown, send: (response: Buffer) => Promise<unknown>): Promise<void> {
    if (error instanceof EuiccRefusal && error.response) await send(error.response).catch(() => undefined)
  }
}

type Progress = (step: LpaStep, sentence: string) => void

async function askForCode({ confirmationCode }: DownloadRequest, attempt: number): Promise<string> {
  const code = typeof confirmationCode === 'function' ? await confirmationCode(attempt) : confirmationCode
  if (code === undefined) throw new LpaError('confirmation', 'This profile needs a confirmation code, and none was given.')
  return code
}

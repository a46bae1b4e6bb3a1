import { randomBytes } from 'node:crypto'
import { type AuthenticateServerRequest, authenticateServer } from './authenticate-server'
import { cancelSession } from './cancel-session'
import { type Card, type InstalledProfile, type PendingNotification, readCard, writeCard } from './card'
import type { EuiccContext } from './euicc-context'
import { euiccInfo1, euiccInfo2 } from './euicc-info'
import { deleteProfile, disableProfile, enableProfile } from './installed-profiles'
import { type LoadResult, loadBoundProfilePackage } from './load-bound-profile-package'
import { type PrepareDownloadRequest, prepareDownload } from './prepare-download'
import type { CancelReasonName } from './refusal'
import { readCertificate, subjectKeyIdOf } from './x509'

export interface EuiccOptions {
  /** `length` random octets; node:crypto by default */
  random?: (length: number) => Buffer
  /** the present time, for the validity of certificates */
  now?: () => Date
  /** called after each change of the card */
  save?: (card: Card) => void
}

/** A strict virtual eUICC: SGP.22's ES10 functions over a card. What it refuses it says in an `EuiccRefusal`. */
export class Euicc {
  private readonly context: EuiccContext

  constructor(
    readonly card: Card,
    options: EuiccOptions = {},
  ) {
    this.context = {
      card,
      cis: card.ciCertificates.map(base64 => readCertificate(Buffer.from(base64, 'base64'))),
      session: undefined,
      random: options.random ?? randomBytes,
      now: options.now ?? (() => new Date()),
      save: () => options.save?.(card),
    }
  }

  /** The eUICC of a card's file; each change is written back. */
  static open(path: string, options: Omit<EuiccOptions, 'save'> = {}): Euicc {
    return new Euicc(readCard(path), { ...options, save: card => writeCard(path, card) })
  }

  get eid(): string {
    return this.card.eid
  }

  /** Whether a server has authenticated itself and the session is not over: only then can it be cancelled with a signature. */
  get hasSession(): boolean {
    return this.context.session?.authenticated !== undefined
  }

  /** ES10b.GetEUICCChallenge: 16 octets; begins a session and drops an earlier one. */
  getEuiccChallenge(): Buffer {
    this.context.session = { euiccChallenge: this.context.random(16) }
    return this.context.session.euiccChallenge
  }

  /** EUICCInfo1 'BF20'. */
  getEuiccInfo1(): Buffer {
    return euiccInfo1(this.card, this.verificationKeyIds())
  }

  /** EUICCInfo2 'BF22'. */
  getEuiccInfo2(): Buffer {
    return euiccInfo2(this.card, this.verificationKeyIds())
  }

  /** @see authenticateServer */
  authenticateServer(request: AuthenticateServerRequest): Buffer {
    return authenticateServer(this.context, request)
  }

  /** @see prepareDownload */
  prepareDownload(request: PrepareDownloadRequest): Buffer {
    return prepareDownload(this.context, request)
  }

  /** @see loadBoundProfilePackage */
  loadBoundProfilePackage(boundProfilePackage: Buffer, interruptAfterSegments?: number): LoadResult {
    return loadBoundProfilePackage(this.context, boundProfilePackage, interruptAfterSegments)
  }

  /** @see cancelSession */
  cancelSession(reason: CancelReasonName): Buffer {
    return cancelSession(this.context, reason)
  }

  listProfiles(): readonly InstalledProfile[] {
    return this.card.profiles
  }

  /** @see enableProfile */
  enableProfile(iccid: string): void {
    enableProfile(this.context, iccid)
  }

  /** @see disableProfile */
  disableProfile(iccid: string): void {
    disableProfile(this.context, iccid)
  }

  /** @see deleteProfile */
  deleteProfile(iccid: string): void {
    deleteProfile(this.context, iccid)
  }

  /** ES10b.ListNotification and RetrieveNotificationsList, oldest first. */
  listNotifications(): readonly PendingNotification[] {
    return this.card.notifications
  }

  /** ES10b.RemoveNotificationFromList, after its delivery. */
  removeNotification(seqNumber: number): void {
    this.card.notifications = this.card.notifications.filter(notification => notification.seqNumber !== seqNumber)
    this.context.save()
  }

  private verificationKeyIds(): string[] {
    return this.context.cis.flatMap(ci => subjectKeyIdOf(ci) ?? [])
  }
}

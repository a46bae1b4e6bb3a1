import type { DownloadOrder, NewSession, SessionStep, StoredSession } from '@/lib/db/es9-rows'
import type { Es9Store, NotificationEffect, OrderKey, SessionAndOrder } from '@/lib/db/es9-store'
import { type DeliveryMove, type Move, StaleState, type StoredPackage } from '@/lib/db/move-profile'
import type { ProfileEvent } from '@/lib/db/profile-events'
import { nextState, type ProfileState } from '@/lib/rsp/lifecycle'

/** Where ES9+ keeps one order for the length of a trial: in memory, and by the rules of the database. */
export class TrialStore implements Es9Store {
  readonly #order: DownloadOrder
  readonly #sealedPackage: Buffer
  readonly #sessions = new Map<string, StoredSession>()
  #refusal: string | undefined

  constructor(order: DownloadOrder, sealedPackage: Buffer) {
    this.#order = order
    this.#sealedPackage = sealedPackage
  }

  get state(): ProfileState {
    return this.#order.state
  }

  /** Why the server refused last, in its own words. */
  get refusal(): string | undefined {
    return this.#refusal
  }

  findOrder = async (key: OrderKey): Promise<DownloadOrder | undefined> =>
    'matchingId' in key && key.matchingId === this.#order.matchingId ? { ...this.#order } : undefined

  openSession = async (session: NewSession, timeline: ProfileEvent) => {
    if (this.#sessions.has(session.transactionId)) return { result: 'duplicate' as const }
    this.#keep(session, timeline)
    if (this.#order.downloadAttempts >= this.#order.downloadLimit) return { result: 'limit' as const }
    this.#order.downloadAttempts++
    return { result: 'opened' as const, attempt: this.#order.downloadAttempts }
  }

  keepRefusal = async (session: NewSession, timeline: ProfileEvent): Promise<boolean> => {
    if (this.#sessions.has(session.transactionId)) return false
    this.#keep(session, timeline)
    return true
  }

  session = async (transactionId: string): Promise<SessionAndOrder | undefined> => {
    const session = this.#sessions.get(transactionId)
    return session && { session: { ...session }, order: { ...this.#order }, hasPackage: true }
  }

  /** The order of a trial asks for no code. */
  countConfirmationAttempt = async () => undefined

  move = async (move: Move): Promise<ProfileState> => {
    const order = this.#order
    const to = nextState(order.state, move.event)
    const { session } = move
    const isStale =
      to === undefined ||
      (move.from && !move.from.includes(order.state)) ||
      move.iccid !== order.iccid ||
      move.orderId !== order.openOrderId ||
      (move.boundAs !== undefined && move.boundAs !== order.binding?.id)
    if (isStale) throw new StaleState(move.iccid)
    order.state = to
    if (move.closeAs) Object.assign(order, { closedAt: move.at, outcome: move.closeAs, openOrderId: null })
    if (session) this.#step(session.transactionId, session.step as SessionStep)
    this.#listen(move.timeline)
    return to
  }

  deliver = async (move: DeliveryMove): Promise<StoredPackage> => {
    const order = this.#order
    const { eid, replaces, bindingId, binding } = move.delivery
    if (replaces !== (order.binding?.id ?? null) || (order.claimedEid !== null && order.claimedEid !== eid))
      throw new StaleState(move.iccid)
    await this.move(move)
    order.claimedEid = eid
    if (binding) order.binding = { ...binding, id: bindingId, eid }
    if (move.session) this.#step(move.session.transactionId, move.session.step as SessionStep, bindingId)
    return { sealed: this.#sealedPackage, templateId: null }
  }

  note = async (timeline: ProfileEvent, session?: { transactionId: string; step: SessionStep }): Promise<void> => {
    this.#listen(timeline)
    if (session) this.#step(session.transactionId, session.step)
  }

  installedProfile = async (iccid: string) => {
    const { claimedEid: eid, state, type } = this.#order
    return iccid === this.#order.iccid ? { eid, live: type.live, state, runtimeSequence: null } : undefined
  }

  keepNotification = async ({ record, move, timeline }: NotificationEffect): Promise<boolean> => {
    if (move) await this.move(move)
    else if (record.verdict !== 'applied') this.#refusal = timeline?.detail ?? record.verdict
    return true
  }

  #keep(session: NewSession, timeline: ProfileEvent): void {
    this.#sessions.set(session.transactionId, { ...session, bindingId: null })
    this.#listen(timeline)
  }

  #step(transactionId: string, step: SessionStep, bindingId?: string): void {
    const session = this.#sessions.get(transactionId)
    if (session) Object.assign(session, { step, ...(bindingId ? { bindingId } : {}) })
  }

  #listen({ outcome, detail }: ProfileEvent): void {
    if (outcome === 'refused') this.#refusal = detail
  }
}

import { randomBytes, randomUUID } from 'node:crypto'
import { createTestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, one, openDatabase } from '@/lib/db/pool'
import { addEvent, type EventKind, type ProfileEvent } from '@/lib/db/profile-events'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import { createVault, type Vault } from '@/lib/vault/vault'
import { type MessengerTiming, startMessenger } from '../messages/messenger'
import { addPartner, type PartnerContext } from '../partner'

export const actor = { kind: 'cli', name: 'cli:test', role: 'administrator' } as const
export const requester = '2.999.10'

/** A profile with an order. */
export interface Ordered {
  iccid: string
  orderId: string
}

export interface Row {
  id: string
  iccid: string
  name: string
  state: string
  attempts: number
  call: string
  failure: string | null
  answerStatus: number | null
}

/** A database with profiles and orders, a clock that tests turn, and messengers as servers run them. */
export class ToldWorld {
  /** Milliseconds that the clock is ahead */
  ahead = 0
  typeId = ''
  private nextIccid = 1
  private stops: (() => Promise<void>)[] = []

  private constructor(
    readonly url: string,
    readonly db: Database,
    readonly vault: Vault,
    private readonly drop: () => Promise<void>,
  ) {}

  static async open(): Promise<ToldWorld> {
    const { url, close } = await createTestDatabase()
    const db = openDatabase(url, { maxConnections: 8 })
    const world = new ToldWorld(url, db, createVault(new Map([[1, randomBytes(32)]])), close)
    const type = await one<{ id: string }>(db, {
      text: `INSERT INTO profile_type (name, created_by) VALUES ('Consumer', 'x') RETURNING id`,
    })
    world.typeId = type?.id ?? ''
    return world
  }

  clock = (): Date => new Date(Date.now() + this.ahead)

  ctx = (): PartnerContext => ({ actor, now: this.clock(), vault: this.vault })

  /** A partner that is told at this address. */
  async partner(name: string, url: string, more: object = {}): Promise<{ id: string; endpointId: string }> {
    const { id } = await addPartner(this.db, this.ctx(), { name, identifier: name, allTypes: true, callback: { url, ...more } }, [
      { fingerprint: randomBytes(32).toString('hex') },
    ])
    const endpoint = await one<{ id: string }>(this.db, { text: 'SELECT id FROM endpoint WHERE partner_id = $1', values: [id] })
    return { id, endpointId: endpoint?.id ?? '' }
  }

  async ordered(partnerId: string | null): Promise<Ordered> {
    const iccid = testIccid(this.nextIccid++)
    const orderId = randomUUID()
    await this.db.query({
      text: `INSERT INTO profile (iccid, type_id, saip_version, package_bytes, install_bytes, created_by) VALUES ($1, $2, '2.3', 1, 1, 'x')`,
      values: [iccid, this.typeId],
    })
    await this.db.query({
      text: `INSERT INTO download_order (id, iccid, download_limit, confirmation_limit, created_at, created_by, partner_id)
        VALUES ($1, $2, 10, 3, $3, 'x', $4)`,
      values: [orderId, iccid, this.clock(), partnerId],
    })
    return { iccid, orderId }
  }

  happens = (ordered: Ordered, kind: EventKind, more: Partial<ProfileEvent> = {}): Promise<void> =>
    addEvent(this.db, { at: this.clock(), ...ordered, actor: 'device', kind, outcome: 'ok', ...more })

  /** A clean download: points 1, 3, 4. */
  async download(ordered: Ordered): Promise<void> {
    await this.happens(ordered, 'authenticateClient')
    await this.happens(ordered, 'getBoundProfilePackage')
    await this.happens(ordered, 'installationResult', { data: { success: true } })
  }

  /** As a server runs it. @returns how to stop it */
  messenger(options: { db?: Database; timing?: Partial<MessengerTiming>; tls?: { cert: string; key: string } } = {}): () => Promise<void> {
    const { db = this.db, tls } = options
    const identity = async () => ({ tls, requester })
    const timing = { lookMs: 20, graceMs: 500, ...options.timing }
    const stop = startMessenger({ db, vault: this.vault, identity, clock: this.clock, timing })
    this.stops.push(stop)
    return stop
  }

  messages = async (): Promise<Row[]> =>
    (
      await this.db.query<Row & Record<string, unknown>>({
        text: `SELECT id::text AS id, iccid, name, state, attempts, function_call_identifier AS call, failure, answer_status AS "answerStatus"
          FROM message ORDER BY message.id`,
      })
    ).rows

  states = async (): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {}
    for (const { state } of await this.messages()) counts[state] = (counts[state] ?? 0) + 1
    return counts
  }

  endpoint = (id: string) =>
    one<{ failures: number; nextTryAt: Date | null; lastFailure: string | null; lastSuccessAt: Date | null }>(this.db, {
      text: `SELECT failures, next_try_at AS "nextTryAt", last_failure AS "lastFailure", last_success_at AS "lastSuccessAt" FROM endpoint
        WHERE id = $1`,
      values: [id],
    })

  /** Ends all messengers and forgets everything but the type. */
  async clear(): Promise<void> {
    await this.stopAll()
    this.ahead = 0
    await this.db.query({
      text: `TRUNCATE message, endpoint, partner, partner_certificate, partner_type, profile_event, event_reader, download_order, profile, audit
        RESTART IDENTITY CASCADE`,
    })
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.stops.splice(0).map(stop => stop()))
  }

  async close(): Promise<void> {
    await this.stopAll()
    await this.db.close()
    await this.drop()
  }
}

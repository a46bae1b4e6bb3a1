import { randomBytes } from 'node:crypto'
import { createTestDatabase } from '@/lib/db/embedded/test-database'
import { es9Store } from '@/lib/db/es9-store'
import { type Database, one, openDatabase } from '@/lib/db/pool'
import { templateOf } from '@/lib/inventory/templates'
import { createType, TypeInput } from '@/lib/inventory/types'
import { cancel } from '@/lib/orders/cancel'
import type { FinalProfileStatusIndicator } from '@/lib/orders/cancel-order'
import type { OrderContext } from '@/lib/orders/context'
import { type Issued, issue } from '@/lib/orders/issue'
import { customerLinkKey } from '@/lib/orders/links/link-key'
import { type Card, type CardSettings, createCard } from '@/lib/phone/card'
import type { Transport } from '@/lib/phone/es9-client'
import { Euicc } from '@/lib/phone/euicc'
import { Lpa } from '@/lib/phone/lpa'
import type { Curve } from '@/lib/rsp/crypto/curves'
import { type Eid, Iccid, type MatchingId } from '@/lib/rsp/identifiers'
import { makeTestPki, type TestPki } from '@/lib/rsp/pki/test-pki'
import { testIccid, withIccid } from '@/lib/rsp/testdata/personalised'
import { TS48, ts48 } from '@/lib/rsp/testdata/recorded-session'
import { createVault, type Vault } from '@/lib/vault/vault'
import { createCredentialStore } from '../credentials'
import { smdpAddresses } from '../es9/addresses'
import { answerEs9 } from '../es9/answer'
import type { Es9Context } from '../es9/context'
import { boundedSessionMemory } from '../es9/session-memory'
import { boundedStrangers } from '../es9/strangers'
import { importPki } from '../pki/import-pki'
import { issuing, testSmdpOid } from '../pki/test-pki-files'
import { stockPackages } from './stock-package'

export const actor = { kind: 'cli', name: 'cli:test', role: 'administrator' } as const
export const address = 'smdp.example.com'
/** Where customers open their pages. */
export const customerUrl = 'https://esim.example.com'

export interface Answer {
  status: number
  json: { header?: { functionExecutionStatus: { status: string; statusCodeData?: { subjectCode: string; reasonCode: string } } } } & Record<
    string,
    unknown
  >
}

/** A whole SM-DP+ on a database of its own, with its PKI, a clock that tests turn, and phones. */
export class Laboratory {
  now = new Date()
  readonly pki = new Map<Curve, TestPki>()
  private nextIccid = 1
  private passedMs = 0

  private constructor(
    readonly db: Database,
    readonly vault: Vault,
    readonly ctx: () => Promise<Es9Context>,
    private readonly linkKey: Buffer,
    private readonly drop: () => Promise<void>,
  ) {}

  static async open(): Promise<Laboratory> {
    const { url, close } = await createTestDatabase()
    const db = openDatabase(url, { maxConnections: 8 })
    const vault = createVault(new Map([[1, randomBytes(32)]]))
    const strangers = boundedStrangers()
    const store = es9Store(db)
    const sessions = boundedSessionMemory()
    const challengeKey = randomBytes(32)
    const clock = () => lab.now
    const credentials = createCredentialStore(db, vault, () => new Date(Date.now() + lab.passedMs))
    const ctx = async (): Promise<Es9Context> => ({
      store,
      sessions,
      vault,
      templateOf: id => templateOf(db, vault, id),
      credentials: await credentials.current(),
      clock,
      random: bytes => randomBytes(bytes),
      challengeKey,
      addresses: smdpAddresses(address),
      strangers,
    })
    const lab: Laboratory = new Laboratory(db, vault, ctx, await customerLinkKey(db, vault), async () => {
      await db.close()
      await close()
    })
    await lab.addPki('P-256')
    await createType(db, actor, TypeInput.parse({ name: 'test' }))
    return lab
  }

  close = () => this.drop()

  /** Makes and imports a PKI; `live` says of its CI that it certifies real devices. */
  async addPki(curve: Curve, live = false): Promise<TestPki> {
    const pki = makeTestPki({ curve, dnsNames: [address], oid: testSmdpOid }, issuing(this.now))
    const parts = { CI: pki.ci, EUM: pki.eum, DPauth: pki.dpAuth, DPpb: pki.dpPb, ...(pki.dpTls ? { DPtls: pki.dpTls } : {}) }
    const files = Object.entries(parts).flatMap(([name, { certificate, privateKey }]) => [
      { name: `CERT_${name}.der`, bytes: certificate },
      { name: `SK_${name}.der`, bytes: privateKey.export({ format: 'der', type: 'pkcs8' }) },
    ])
    await importPki(this.db, { actor, now: this.now, vault: this.vault }, { files, live })
    this.pki.set(curve, pki)
    return pki
  }

  /** Long enough for an import to be served; `now` stays. */
  secondPasses = (): void => {
    this.passedMs += 1_000
  }

  orderContext = (): OrderContext => ({
    actor,
    now: this.now,
    random: n => randomBytes(n),
    vault: this.vault,
    smdpAddress: address,
    links: { key: this.linkKey, baseUrl: customerUrl },
  })

  /** Takes a TS.48 package under a fresh ICCID into stock. */
  async addProfile(options: { type?: string; package?: (typeof TS48)[number] } = {}): Promise<{ iccid: Iccid; upp: Buffer }> {
    const iccid = Iccid.parse(testIccid(this.nextIccid++))
    const upp = withIccid(ts48(options.package ?? 'TS48v3_SAIP2.3_BERTLV.der'), iccid)
    await stockPackages(this.db, { actor, now: this.now, vault: this.vault }, options.type ?? 'test', [upp])
    return { iccid, upp }
  }

  addType = (input: Partial<TypeInput> & { name: string }) => createType(this.db, actor, TypeInput.parse(input))

  /** A profile in stock, issued. */
  async issued(
    options: {
      type?: string
      eid?: Eid
      matchingId?: MatchingId
      confirmationCode?: string
      expiresAt?: Date
      package?: (typeof TS48)[number]
    } = {},
  ): Promise<Issued & { upp: Buffer }> {
    const { iccid, upp } = await this.addProfile(options)
    const { eid, matchingId, confirmationCode, expiresAt } = options
    const [issued] = await issue(this.db, this.orderContext(), { iccids: [iccid], eid, matchingId, confirmationCode, expiresAt })
    if (!issued) throw new Error('nothing issued')
    return { ...issued, upp }
  }

  /** Another order for a profile that is back in stock. */
  issueAgain = (iccid: string) => issue(this.db, this.orderContext(), { iccids: [Iccid.parse(iccid)] })

  cancelled = (iccid: string, finalProfileStatusIndicator: FinalProfileStatusIndicator) =>
    cancel(this.db, this.orderContext(), { iccid: Iccid.parse(iccid), finalProfileStatusIndicator })

  card(options: { curve?: Curve; eid?: string; settings?: Partial<CardSettings> } = {}): Card {
    const pki = this.pki.get(options.curve ?? 'P-256')
    if (!pki) throw new Error('no such PKI')
    return createCard({
      ciCertificates: [pki.ci.certificate],
      eumCertificate: pki.eum.certificate,
      eumPrivateKey: pki.eum.privateKey.export({ format: 'der', type: 'pkcs8' }),
      ...(options.eid ? { eid: options.eid } : {}),
      ...(options.settings ? { settings: options.settings } : {}),
      now: this.now,
    })
  }

  /** A phone whose LPA calls this SM-DP+ in process. */
  phone(card: Card = this.card()): Lpa {
    return new Lpa(new Euicc(card, { now: () => this.now }), () => this.transport())
  }

  transport(): Transport {
    return {
      post: async (path, body) => {
        const { status, json } = await this.call(path.split('/').at(-1) ?? '', body)
        return { status, headers: { 'x-admin-protocol': 'gsma/rsp/v2.5.0', 'content-type': 'application/json' }, json }
      },
    }
  }

  /** One ES9+ call as it comes over HTTP. @param through changes what the server works with, for this call */
  async call(name: string, body: unknown, through: (ctx: Es9Context) => Es9Context = ctx => ctx): Promise<Answer> {
    const raw = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
    const answer = await answerEs9({ function: name, body: raw }, through(await this.ctx()))
    return { status: answer.status, json: answer.body ? JSON.parse(answer.body) : undefined }
  }

  profile = (iccid: string) =>
    one<{ state: string; eid: string | null; runtime_state: string | null; order_id: string | null; binding_id: string | null }>(this.db, {
      text: 'SELECT state, eid, runtime_state, order_id, binding_id FROM profile WHERE iccid = $1',
      values: [iccid],
    })

  events = async (iccid: string) =>
    (
      await this.db.query<{
        kind: string
        outcome: string
        status: string | null
        data: Record<string, unknown> | null
        detail: string | null
      }>({
        text: 'SELECT kind, outcome, status, data, detail FROM profile_event WHERE iccid = $1 ORDER BY id',
        values: [iccid],
      })
    ).rows

  /** Digests of all tables: equal before and after where nothing was written. */
  async fingerprint(): Promise<Record<string, string>> {
    const { rows } = await this.db.query<{ name: string }>({ text: `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'` })
    const digests = rows.map(
      ({ name }) => `SELECT '${name}' AS name, md5(coalesce(string_agg(md5(t::text), '' ORDER BY t::text), '')) AS digest FROM "${name}" t`,
    )
    const found = await this.db.query<{ name: string; digest: string }>({ text: digests.join(' UNION ALL ') })
    return Object.fromEntries(found.rows.map(({ name, digest }) => [name, digest]))
  }

  /** Runs SQL as an operator's database administrator would: to edit what is in stock behind the server's back. */
  sql = async (text: string, values: unknown[] = []) => (await this.db.query<Record<string, unknown>>({ text, values })).rows

  order = async (orderId: string) =>
    (await this.sql('SELECT * FROM download_order WHERE id = $1', [orderId]))[0] as
      | {
          closed_at: Date | null
          outcome: string | null
          download_attempts: number
          confirmation_attempts: number
          matching_id: string | null
        }
      | undefined

  count = async (table: 'rsp_session' | 'profile_event' | 'notification' | 'binding' | 'download_order') =>
    Number((await one<{ count: string }>(this.db, { text: `SELECT count(*) FROM ${table}` }))?.count)
}

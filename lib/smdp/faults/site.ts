import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { joinEmbedded } from '@/lib/db/embedded'
import { clusterIn } from '@/lib/db/embedded/cluster'
import { shutdown } from '@/lib/db/embedded/shutdown'
import { type Database, one, openDatabase } from '@/lib/db/pool'
import { createType, TypeInput } from '@/lib/inventory/types'
import type { OrderContext } from '@/lib/orders/context'
import { type Issued, issue } from '@/lib/orders/issue'
import { orderContext } from '@/lib/orders/order-context'
import { type Card, createCard } from '@/lib/phone/card'
import { Euicc } from '@/lib/phone/euicc'
import { Lpa } from '@/lib/phone/lpa'
import { type Eid, Iccid } from '@/lib/rsp/identifiers'
import { personalise, prepareTemplate } from '@/lib/rsp/saip/personalise'
import { Imsi } from '@/lib/rsp/saip/subscriber-values'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import { ts48 } from '@/lib/rsp/testdata/recorded-session'
import { openVault, type Vault } from '@/lib/vault/vault'
import { readTestCredential } from '../pki/test-pki-files'
import { stockPackages } from '../testing/stock-package'
import { undoLater } from './cleanup'
import { faultActor } from './fault-actor'
import { brokenInvariants, forgotten } from './invariants'
import { Ledger, type PlainOptions, PlainTransport } from './plain-transport'
import { sound } from './report'
import { freePort, type ServerProcess, startServer } from './server-process'

/** The types of profiles that the cases order. */
const TYPES = [
  { name: 'plain' },
  { name: 'random', protection: 'random' },
  { name: 'ends', onRejection: 'end' },
  { name: 'patient', downloadLimit: 1_000, confirmationLimit: 3 },
] as const
export type SiteType = (typeof TYPES)[number]['name']

export interface Ordered extends Issued {
  upp: Buffer
}

const smdpAddress = 'smdp.faults.example'
const template = prepareTemplate(ts48('TS48v3_SAIP2.3_BERTLV.der'))

/** A deployment in a temporary folder, with an embedded PostgreSQL, a server process, stock, and phones. */
export class Site {
  ledger = new Ledger()
  private nextIccid = 1
  private stocked = 0
  private readonly others: ServerProcess[] = []
  private issuer: Parameters<typeof createCard>[0] | undefined

  private constructor(
    readonly dataDir: string,
    readonly port: number,
    public server: ServerProcess,
    readonly db: Database,
    readonly vault: Vault,
    /** The owner's */
    readonly databaseUrl: string,
    private readonly remove: () => Promise<void>,
  ) {}

  static async open(dataDir = mkdtempSync(join(tmpdir(), 'slipway-faults-'))): Promise<Site> {
    let server: ServerProcess | undefined
    const remove = undoLater(() => removeDeployment(dataDir))
    try {
      const port = await freePort()
      server = await startServer({ dataDir, port, smdpAddress })
      const url = await joinEmbedded(dataDir)
      if (!url) throw new Error('The embedded PostgreSQL does not run.')
      const db = openDatabase(url, { maxConnections: 4 })
      const site = new Site(dataDir, port, server, db, await openVault(db, dataDir), url, remove)
      for (const type of TYPES) await createType(db, faultActor, TypeInput.parse(type))
      return site
    } catch (error) {
      await server?.kill()
      await remove()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.db.close().catch(() => undefined)
    for (const server of this.others) await server.stop()
    await this.server.stop()
    await this.remove()
  }

  /** Starts the server again after it was killed. */
  async restart(): Promise<void> {
    await this.server.ended
    this.server = await startServer({ dataDir: this.dataDir, port: this.port, smdpAddress })
  }

  /** Another instance on the same data folder and PostgreSQL. */
  async another(databaseUrl = this.databaseUrl): Promise<ServerProcess> {
    const server = await startServer({ dataDir: this.dataDir, port: await freePort(), smdpAddress, databaseUrl })
    this.others.push(server)
    return server
  }

  orders = (now = new Date()): Promise<OrderContext> =>
    orderContext({ db: this.db, vault: this.vault, actor: faultActor, now }, { smdpAddress, customerUrl: 'https://esim.faults.example' })

  /** Packages of fresh subscribers that are not in stock yet. */
  packages(count: number): { iccid: Iccid; upp: Buffer }[] {
    return Array.from({ length: count }, () => {
      const iccid = Iccid.parse(testIccid(this.nextIccid++))
      const imsi = Imsi.parse(`00101${String(this.nextIccid).padStart(10, '0')}`)
      return { iccid, upp: personalise(template, { iccid, imsi }) }
    })
  }

  async stock(count: number, type: SiteType | string = 'plain'): Promise<{ iccid: Iccid; upp: Buffer }[]> {
    const packages = this.packages(count)
    const ctx = { actor: faultActor, now: new Date(), vault: this.vault }
    await stockPackages(
      this.db,
      ctx,
      type,
      packages.map(each => each.upp),
    )
    this.stocked += count
    return packages
  }

  /** Says that so many profiles have come into stock by another way. */
  countStock(count: number): void {
    this.stocked += count
  }

  async order(options: { type?: SiteType; eid?: Eid; confirmationCode?: string } = {}): Promise<Ordered> {
    const { type, ...rest } = options
    const [stocked] = await this.stock(1, type)
    if (!stocked) throw new Error('There is nothing in stock.')
    const [issued] = await issue(this.db, await this.orders(), { iccids: [stocked.iccid], ...rest })
    if (!issued) throw new Error('Nothing was issued.')
    return { ...issued, upp: stocked.upp }
  }

  async card(): Promise<Card> {
    this.issuer ??= await this.readIssuer()
    return createCard(this.issuer)
  }

  private async readIssuer() {
    const [ci, eum] = await Promise.all([readTestCredential(this.dataDir, 'P-256', 'CI'), readTestCredential(this.dataDir, 'P-256', 'EUM')])
    if (!ci || !eum) throw new Error('The test PKI is missing.')
    const eumPrivateKey = eum.privateKey.export({ format: 'der', type: 'pkcs8' })
    return { ciCertificates: [ci.certificate], eumCertificate: eum.certificate, eumPrivateKey }
  }

  transport(options: Partial<PlainOptions> = {}): PlainTransport {
    return new PlainTransport({ smdpAddress, ledger: this.ledger, port: () => this.port, ...options })
  }

  async phone(options: Partial<PlainOptions> = {}, card?: Card): Promise<Lpa> {
    const transport = this.transport(options)
    return new Lpa(new Euicc(card ?? (await this.card())), () => transport)
  }

  profile = (iccid: string) =>
    one<{ state: string; eid: string | null; runtime_state: string | null }>(this.db, {
      text: 'SELECT state, eid, runtime_state FROM profile WHERE iccid = $1',
      values: [iccid],
    })

  sql = async <Row extends Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await this.db.query<Row>({ text, values })).rows

  /** The database's own checks, and what the server has promised. @throws Broken */
  async check(): Promise<void> {
    const [{ profiles } = { profiles: -1 }] = await this.sql<{ profiles: number }>('SELECT count(*)::int AS profiles FROM profile')
    sound(
      ...(await brokenInvariants(this.db)),
      ...(await forgotten(this.db, this.ledger)),
      profiles !== this.stocked && `${this.stocked} profiles came into stock, ${profiles} are there`,
      ...this.ledger.takeFaults().map(fault => `the server answered ${fault}`),
      ...[this.server, ...this.others].flatMap(server => server.takeIncidents()),
    )
  }

  /** The phone has exactly this profile with the right octets, the server knows it, and nothing is left to be told. @throws Broken */
  async checkInstalled(phone: Lpa, ordered: Ordered): Promise<void> {
    const profile = await this.profile(ordered.iccid)
    const held = phone.listProfiles().filter(({ iccid }) => iccid === ordered.iccid)
    sound(
      held.length !== 1 && `the phone holds the profile ${held.length} times`,
      held.some(({ profilePackage }) => !Buffer.from(profilePackage, 'base64').equals(ordered.upp)) && 'the phone holds other octets',
      profile?.state !== 'Installed' && `the profile is ${profile?.state}, not Installed`,
      profile?.eid !== phone.euicc.eid && `the profile is said to be on ${profile?.eid}`,
      phone.euicc.listNotifications().length > 0 && 'notifications are still on the card',
    )
  }
}

/** Ends the PostgreSQL of a data folder, if one runs, and removes the folder. */
export async function removeDeployment(dataDir: string): Promise<void> {
  await shutdown(clusterIn(dataDir), 'immediate').catch(() => undefined)
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
}

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '@/lib/accounts/actor'
import { batchDetail } from '@/lib/db/batches/batch-pages'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase, transaction } from '@/lib/db/pool'
import { readProfileType } from '@/lib/db/type-rows'
import { ts48 } from '@/lib/rsp/testdata/recorded-session'
import { openVault, type Vault } from '@/lib/vault/vault'
import type { BatchReport } from '../../doctor/findings'
import { addTemplate } from '../../templates'
import { createType, TypeInput } from '../../types'
import { batchChecker } from '../batch-checker'
import type { BatchContext, CheckContext, Preflight } from '../context'
import { createBatch, type NewUpload } from '../create-batch'
import { type CheckInput, startCheck } from '../start-check'
import { uploadsFolder } from '../uploads-folder'

const person = (name: string): Actor => ({ kind: 'account', name, role: 'administrator' })
export const ann = person('ann@example.com')
export const bob = person('bob@example.com')
export const terminal: Actor = { kind: 'cli', name: 'cli:test', role: 'administrator' }

/** So that a small file has several chunks. */
export const testChunkRows = 1_000

/** A type with a template, and one for packages. */
export const templateType = 'subscribers'
export const packageType = 'packages'
export const template = ts48('TS48v5_SAIP2.3_BERTLV_SUCI.der')

export async function* octets(...pieces: (Buffer | string)[]): AsyncGenerator<Buffer, void> {
  for (const piece of pieces) yield Buffer.from(piece)
}

/** A database, a vault and a data folder of a test's own. */
export class BatchSite {
  private constructor(
    private readonly test: TestDatabase,
    readonly db: Database,
    readonly vault: Vault,
    readonly dataDir: string,
  ) {}

  static async open(): Promise<BatchSite> {
    const test = await createTestDatabase()
    const db = openDatabase(test.url, { maxConnections: 8 })
    const dataDir = mkdtempSync(join(tmpdir(), 'batches-'))
    const site = new BatchSite(test, db, await openVault(db, dataDir), dataDir)
    for (const name of [templateType, packageType]) await createType(db, ann, TypeInput.parse({ name }))
    const type = await readProfileType(db, templateType)
    const templateId = await transaction(db, tx => addTemplate(tx, site.ctx(), { name: 'template.der', bytes: template }))
    await db.query({ text: 'UPDATE profile_type SET template_id = $2 WHERE id = $1', values: [type?.id, templateId] })
    return site
  }

  get url(): string {
    return this.test.url
  }

  async close(): Promise<void> {
    await batchChecker().stop()
    await this.db.close()
    await this.test.close()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  ctx = (actor: Actor = ann, preflight?: Preflight): BatchContext & CheckContext => ({
    actor,
    now: new Date(),
    vault: this.vault,
    dataDir: this.dataDir,
    chunkRows: testChunkRows,
    ...(preflight ? { preflight } : {}),
  })

  async upload(file: Buffer | string, upload: Partial<NewUpload> = {}): Promise<string> {
    const { batchId } = await createBatch(this.db, this.ctx(), {
      name: 'file.csv',
      typeName: templateType,
      source: octets(file),
      ...upload,
    })
    return batchId
  }

  /** Checks to the end. */
  async check(id: string, input: CheckInput = {}, preflight?: Preflight): Promise<void> {
    await startCheck(this.db, this.ctx(ann, preflight), id, input)
    await batchChecker().idle()
  }

  /** Uploads a file and checks it. */
  async checked(file: Buffer | string, upload: Partial<NewUpload> = {}): Promise<string> {
    const id = await this.upload(file, upload)
    await this.check(id)
    return id
  }

  async batch(id: string) {
    const batch = await batchDetail(this.db, id)
    if (!batch) throw new Error(`no batch ${id}`)
    return { ...batch, report: batch.report as BatchReport | null }
  }

  sql = async (text: string, values: unknown[] = []) => (await this.db.query<Record<string, unknown>>({ text, values })).rows

  /** Rows of a batch in each table. */
  async rowsOf(id: string): Promise<{ profiles: number; packages: number; findings: number; faultyRows: number }> {
    const [row] = await this.sql(
      `SELECT (SELECT count(*)::int FROM profile WHERE batch_id = $1) AS profiles,
        (SELECT count(*)::int FROM profile_package JOIN profile USING (iccid) WHERE batch_id = $1) AS packages,
        (SELECT count(*)::int FROM batch_finding WHERE batch_id = $1) AS findings,
        (SELECT count(*)::int FROM batch_faulty_row WHERE batch_id = $1) AS "faultyRows"`,
      [id],
    )
    return row as { profiles: number; packages: number; findings: number; faultyRows: number }
  }

  /** What the whole database has of rows: packages without a profile would show here. */
  totals = async () =>
    (await this.sql('SELECT (SELECT count(*)::int FROM profile) AS profiles, (SELECT count(*)::int FROM profile_package) AS packages'))[0]

  files = (): string[] => {
    try {
      return readdirSync(uploadsFolder(this.dataDir))
    } catch {
      return []
    }
  }

  fileOctets = (name: string): Buffer => readFileSync(join(uploadsFolder(this.dataDir), name))
}

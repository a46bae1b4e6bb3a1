import type { BatchRecord } from '@/lib/db/batches/batch-rows'
import { countChunk } from '@/lib/db/batches/check-rows'
import { findCollisions, planForLookups } from '@/lib/db/batches/collisions'
import {
  type BatchColumns,
  type CopiedFaultyRow,
  type CopiedFinding,
  type CopiedProfile,
  copyFindings,
  copyProfiles,
} from '@/lib/db/batches/copy-rows'
import { isDeadlock, isUniqueViolation } from '@/lib/db/failures'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import type { Vault } from '@/lib/vault/vault'
import type { CheckedRow } from '../doctor/doctor'
import type { RowFinding } from '../doctor/findings'
import type { BatchRow } from '../formats/row'
import { ChunkCollisions, FirstLines } from './collisions'
import { sealedFaultyRow } from './faulty-row'
import { CheckStopped } from './stopped'

/** A row as it was read and checked; with what goes into stock where nothing is wrong with it so far. */
export interface PreparedRow {
  row: BatchRow
  checked: CheckedRow
  profile?: CopiedProfile
}

export interface ChunkPlace {
  batch: BatchRecord & { dataKeyId: number }
  worker: string
}

// Each time somebody else's rows stood in the way; the next look sees them.
const attempts = 20

/** Puts chunks into the database one after the other, each in a transaction of its own, while the next one is read. */
export class ChunkWriter {
  #writing: Promise<void> = Promise.resolve()
  #rowsRead: number
  readonly #refused = new FirstLines()
  readonly #columns: BatchColumns

  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    private readonly place: ChunkPlace,
  ) {
    const { id: batchId, typeId, templateId, createdAt, createdBy, rowsRead } = place.batch
    this.#rowsRead = rowsRead
    this.#columns = { batchId, typeId, templateId, createdAt, createdBy }
  }

  /** Waits for the chunk before and begins with this one. @throws what went wrong with the one before */
  async write(rows: readonly PreparedRow[]): Promise<void> {
    await this.#writing
    this.#writing = rows.length ? this.#write(rows) : Promise.resolve()
    // It is told by whoever waits for it next.
    this.#writing.catch(() => undefined)
  }

  /** Waits for the last chunk. @throws what went wrong with it */
  async done(): Promise<void> {
    await this.#writing
  }

  /** The same without complaint. */
  async settled(): Promise<void> {
    await this.#writing.catch(() => undefined)
  }

  /** A row that an earlier process has dealt with. */
  recall(row: BatchRow, checked: CheckedRow): void {
    if (checked.findings.some(isError)) this.#refused.add(row, checked)
  }

  async #write(rows: readonly PreparedRow[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await transaction(this.db, tx => this.#writeOnce(tx, rows))
        break
      } catch (error) {
        // Somebody has added one of these ICCIDs meanwhile; looked at again, the row collides.
        if (attempt === attempts || !(isUniqueViolation(error, 'profile_pkey') || isDeadlock(error))) throw error
      }
    }
    this.#rowsRead += rows.length
  }

  async #writeOnce(tx: Transaction, rows: readonly PreparedRow[]): Promise<void> {
    const { batch, worker } = this.place
    await planForLookups(tx)
    const values = (name: 'iccid' | 'imsi') => [...new Set(rows.flatMap(({ checked }) => checked[name] ?? []))]
    const collisions = new ChunkCollisions(batch.id, this.#refused, {
      iccid: await findCollisions(tx, 'iccid', values('iccid')),
      imsi: await findCollisions(tx, 'imsi', values('imsi')),
    })
    const profiles: CopiedProfile[] = []
    const findings: CopiedFinding[] = []
    const faultyRows: CopiedFaultyRow[] = []
    const refused: PreparedRow[] = []
    let warned = 0
    for (const prepared of rows) {
      const { row, checked, profile } = prepared
      const all = [...checked.findings, ...collisions.of(checked)]
      const isKept = profile !== undefined && !all.some(isError)
      if (!isKept) refused.push(prepared)
      else if (all.length === 0) profiles.push(profile)
      else {
        warned++
        profiles.push({ ...profile, warned: true })
      }
      if (all.length === 0) continue
      all.forEach((finding, place) => {
        findings.push(copied(finding, place))
      })
      faultyRows.push({ line: row.line, sealed: sealedFaultyRow(this.vault, batch, row) })
    }
    await copyProfiles(tx, this.#columns, profiles)
    await copyFindings(tx, batch.id, findings, faultyRows)
    const counts = { rows: rows.length, kept: profiles.length, warned, refused: refused.length }
    if (!(await countChunk(tx, batch.id, worker, this.#rowsRead, counts))) throw new CheckStopped('lost')
    for (const { row, checked } of refused) this.#refused.add(row, checked)
  }
}

const isError = ({ severity }: RowFinding): boolean => severity === 'error'

const copied = ({ line, kind, severity, field, sentence }: RowFinding, place: number): CopiedFinding => ({
  line,
  place,
  kind,
  severity,
  field: field ?? null,
  sentence,
})

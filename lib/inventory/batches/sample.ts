import type { BatchRecord } from '@/lib/db/batches/batch-rows'
import { readSample, type SampleRow } from '@/lib/db/batches/check-rows'
import type { Database, Queryable } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { reportIncident } from '@/lib/incident'
import { checkPersonalised } from '@/lib/rsp/saip/check-personalised'
import { PackageError } from '@/lib/rsp/saip/elements'
import { PersonalisationError, personalise } from '@/lib/rsp/saip/personalise'
import { readPackage } from '@/lib/rsp/saip/read-package'
import { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import type { Vault } from '@/lib/vault/vault'
import type { PreflightResult } from '../doctor/findings'
import { templateOf } from '../templates'
import type { BatchContext, CheckContext } from './context'
import { secretJson } from './secret-json'

/** A package as a device would get it, and what is wrong with it. */
interface MadePackage {
  iccid: string
  package: Buffer
  /** Sentences; none when all is well */
  problems: string[]
}

/** Makes the package of one row out of what is kept of it, and reads it again: it holds the row's values, and else what the template has. */
async function makePackage(db: Queryable, vault: Vault, { iccid, sealed, templateId }: SampleRow): Promise<MadePackage> {
  await vault.load(sealed)
  const secret = vault.open(sealed, `profile_package:${iccid}`)
  if (templateId === null) {
    const info = readPackage(secret)
    const problems = info.iccid === iccid ? [] : ['The package that is kept has another ICCID than its row.']
    return { iccid, package: secret, problems }
  }
  const values = SubscriberValues.parse(secretJson(secret))
  const template = await templateOf(db, vault, templateId)
  const made = personalise(template, values)
  return { iccid, package: made, problems: checkPersonalised(template, values, made) }
}

/**
 * Installs one sample of a batch on a virtual phone: the first good row, its package made from what is kept. What goes wrong is the result, never thrown.
 */
export async function preflightSample(db: Database, ctx: CheckContext, batch: BatchRecord): Promise<PreflightResult> {
  const sample = await readSample(db, batch.id)
  if (!sample) return { result: 'skipped', sentence: 'There is no row that a sample could be made of.' }
  const { iccid } = sample
  const startedAt = performance.now()
  const durationMs = () => Math.round(performance.now() - startedAt)
  const failed = (sentence: string): PreflightResult => ({ result: 'failed', iccid, sentence, durationMs: durationMs() })
  try {
    const made = await makePackage(db, ctx.vault, sample)
    if (made.problems.length > 0) return failed(`The package made for ${iccid} is not right. ${made.problems.join(' ')}`)
    if (!ctx.preflight)
      return {
        result: 'skipped',
        iccid,
        sentence: `The package of ${iccid} was made and read again; it was not installed.`,
        durationMs: durationMs(),
      }
    const result = await ctx.preflight({ package: made.package, typeId: batch.typeId, iccid })
    return { durationMs: durationMs(), ...result, iccid }
  } catch (error) {
    if (error instanceof PersonalisationError || error instanceof PackageError) return failed(error.message)
    return failed(`The sample ${iccid} could not be tried (incident ${reportIncident(error, 'pre-flight')}).`)
  }
}

/**
 * Checks on demand that the package of one row is right.
 * @param line of the file, of a row that was kept
 * @returns its ICCID, and what is wrong in sentences
 * @throws FormError when no such row is kept
 */
export async function checkRow(
  db: Database,
  { vault }: Pick<BatchContext, 'vault'>,
  batchId: string,
  line: number,
): Promise<{ iccid: string; problems: string[] }> {
  const row = await readSample(db, batchId, line)
  if (!row) throw new FormError(`Line ${line} of this batch is not among the rows that are kept.`)
  const { iccid, problems } = await makePackage(db, vault, row)
  return { iccid, problems }
}

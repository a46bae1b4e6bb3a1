import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { removeDocumentsWithCodes } from '@/lib/db/document-rows'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import {
  insertRunCodes,
  readRunCodes,
  readRunCodesOf,
  removeOldRunCodes,
  removeRunCodes,
  runCodeIdentity,
  runIsBeingIssued,
  type SealedRunCode,
} from '@/lib/db/run-code-rows'
import { FormError } from '@/lib/form-error'
import type { Vault } from '@/lib/vault/vault'

export interface RunCode {
  iccid: string
  code: string
}

/** Keeps a code that was made for an order of a run, until somebody has taken it away. */
export const keepRunCode = (tx: Transaction, vault: Vault, runId: string, iccid: string, code: string): Promise<void> =>
  keepRunCodes(tx, vault, runId, [{ iccid, code }])

/** The same for several, by one statement. */
export async function keepRunCodes(tx: Transaction, vault: Vault, runId: string, codes: readonly RunCode[]): Promise<void> {
  const sealed = codes.map(({ iccid, code }) => ({ iccid, sealed: vault.seal(Buffer.from(code, 'utf8'), runCodeIdentity(runId, iccid)) }))
  if (sealed.length > 0) await insertRunCodes(tx, runId, sealed)
}

async function open(vault: Vault, runId: string, { iccid, sealed }: SealedRunCode): Promise<RunCode> {
  await vault.load(sealed)
  return { iccid, code: vault.open(sealed, runCodeIdentity(runId, iccid)).toString('utf8') }
}

async function openAll(vault: Vault, runId: string, rows: SealedRunCode[]): Promise<RunCode[]> {
  const codes: RunCode[] = []
  for (const row of rows) codes.push(await open(vault, runId, row))
  return codes
}

/** A page of the codes that are kept, by ICCID; empty once they are forgotten. Whoever hands them to a person calls `recordCodesTaken`. */
export const runCodes = async (
  db: Queryable,
  vault: Vault,
  runId: string,
  page: { after?: string | undefined; limit: number },
): Promise<RunCode[]> => openAll(vault, runId, await readRunCodes(db, runId, page))

/** The codes that are kept of these profiles, by ICCID: for those who go through `runOrders` page by page. */
export async function runCodesOf(db: Queryable, vault: Vault, runId: string, iccids: readonly string[]): Promise<Map<string, string>> {
  const codes = await openAll(vault, runId, await readRunCodesOf(db, runId, iccids))
  return new Map(codes.map(({ iccid, code }) => [iccid, code]))
}

/** Writes down who took a run's codes, and how. @throws NotAllowed */
export async function recordCodesTaken(db: Queryable, actor: Actor, runId: string, how: string): Promise<void> {
  requireMay(actor, 'order:codes')
  await audit(db, actor, 'order:codes', { target: `run ${runId}`, detail: { how } })
}

/** "I have saved them": from here on nobody can see a run's codes again, neither here nor in files that were made of it. @throws FormError while orders are being issued; NotAllowed */
export async function forgetRunCodes(db: Database, { actor, now }: { actor: Actor; now: Date }, runId: string): Promise<void> {
  requireMay(actor, 'order:codes')
  await transaction(db, async tx => {
    const issuing = await runIsBeingIssued(tx, runId)
    if (issuing === undefined) throw new FormError('There is no such run.')
    if (issuing) throw new FormError('Codes are still being issued. Wait until the run has ended.')
    const forgotten = await removeRunCodes(tx, runId, now)
    await removeDocumentsWithCodes(tx, runId)
    if (forgotten > 0) await audit(tx, actor, 'order:codes', { target: `run ${runId}`, detail: { forgotten } })
  })
}

const keepHours = 24

/** Forgets the codes that nobody took for a day. @returns how many */
export const sweepRunCodes = (db: Database, now: Date): Promise<number> =>
  removeOldRunCodes(db, { begunBefore: new Date(now.getTime() - keepHours * 3_600_000), at: now })

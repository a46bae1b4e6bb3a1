import { randomBytes } from 'node:crypto'
import { type DataKeyRow, lockDataKeys, readDataKeys, replaceWrappedKeys } from '@/lib/db/data-key-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { keyBytes, VaultError } from './cipher'
import { candidateKeys, isOutside, keepBeside, type MasterKeySettings, putInPlace, sourceName } from './master-key'
import { masterKeyId, unwrapKey, wrapKey } from './wrapped-key'

export interface Rotation {
  dataKeys: number
  /** masterKeyId of the key before, and of the one in force now */
  before: string
  after: string
}

interface Options {
  /** A key of an outside vault; made, or taken from where the settings say, when left out */
  newKey?: Buffer
  /** Runs in the transaction: the audit row */
  also?: (tx: Transaction, rotation: Rotation) => Promise<void>
}

/** The key that wraps what is there. @throws VaultError */
function masterInForce(candidates: readonly Buffer[], rows: readonly DataKeyRow[]): Buffer {
  const [first] = rows
  const master = first && candidates.find(candidate => unwrapKey(candidate, first))
  if (!master) throw new VaultError('None of the master keys at hand opens this database. Run keys check to see more.')
  return master
}

function nextKey(settings: MasterKeySettings, candidates: readonly Buffer[], before: Buffer, given: Buffer | undefined): Buffer {
  const next = given ?? (isOutside(settings) ? candidates[0] : randomBytes(keyBytes))
  if (next && !next.equals(before)) return next
  throw new VaultError(
    given
      ? 'The new master key is the one that is in force already.'
      : `${sourceName(settings)} gives the master key that is in force already. Let it give the new key first and the old one on the next line, then run this again; or name the new one with --new-key-file or --new-key-command.`,
  )
}

function rewrap(rows: readonly DataKeyRow[], before: Buffer, next: Buffer): DataKeyRow[] {
  return rows.map(row => {
    const key = unwrapKey(before, row)
    if (!key) throw new VaultError(`The data key ${row.id} does not open under the master key in force. Nothing was changed.`)
    const wrapped = wrapKey(next, key)
    key.key.fill(0)
    return wrapped
  })
}

/**
 * Puts a new master key in force: wraps all data keys anew in one transaction; what they seal stays as it is. Running servers keep the data keys that they
 * have and find the new master key when they need it: a data key made meanwhile waits for this transaction and is then wrapped by the new one.
 *
 * In the data folder the new key lies beside `master.key` before the transaction and takes its place after it: wherever this is interrupted, a
 * start finds the key that fits.
 * @throws VaultError when the keys at hand do not open the database, or there is no new one; nothing is changed then
 */
export async function rotateMasterKey(db: Database, settings: MasterKeySettings, { newKey, also }: Options = {}): Promise<Rotation> {
  const ours = !isOutside(settings) && !newKey
  const { next, ...rotation } = await transaction(db, async tx => {
    const rows = await lockDataKeys(tx)
    const candidates = await candidateKeys(settings)
    const before = masterInForce(candidates, rows)
    // Another change was interrupted, or has not come to its end: its key takes its place before a new one is made.
    if (ours && !candidates[0]?.equals(before)) await putInPlace(settings.dataDir, before)
    const next = nextKey(settings, candidates, before, newKey)
    // It stays there whatever happens: a transaction whose end nobody has seen may have put it in force.
    if (ours) await keepBeside(settings.dataDir, next)
    await replaceWrappedKeys(tx, rewrap(rows, before, next))
    const written = await readDataKeys(tx)
    if (written.length !== rows.length || !written.every(row => unwrapKey(next, row)))
      throw new VaultError('The data keys could not be wrapped anew. Nothing was changed.')
    const done = { dataKeys: rows.length, before: masterKeyId(before), after: masterKeyId(next) }
    await also?.(tx, done)
    return { ...done, next }
  })
  if (ours) await putInPlace(settings.dataDir, next)
  return rotation
}

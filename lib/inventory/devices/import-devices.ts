import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { countDeviceModels, deleteDeviceModels, lockDeviceModels, writeDeviceModels } from '@/lib/db/device-model-rows'
import { type Database, type Queryable, transaction } from '@/lib/db/pool'
import { readSetting, writeSetting } from '@/lib/db/setting-rows'
import { FormError } from '@/lib/form-error'
import { FileError } from '../formats/file-error'
import { type DeviceList, type LineProblem, readDeviceList } from './read-device-list'

export const IMPORT_MODES = ['add', 'replace'] as const
/** `add` keeps what the list says of other TACs, `replace` does not. */
export type ImportMode = (typeof IMPORT_MODES)[number]

/** What came of a file. */
export interface DeviceImport {
  /** TACs that it named and that the list has now */
  taken: number
  /** TACs in the list now */
  total: number
  /** Lines that could not be used, and the first of them with their reasons */
  refused: number
  problems: LineProblem[]
  /** TACs that got their zero in front back */
  padded: number
}

/** The list of devices, as the settings tell of it. */
export interface DeviceListState {
  total: number
  /** The last file, and who loaded it; none yet: undefined */
  last?: { file: string; mode: ImportMode; taken: number; at: Date; by: string }
}

const setting = 'device-list'
const rowsPerStatement = 10_000

interface Imported {
  source: AsyncIterable<Uint8Array>
  /** The file's name */
  name: string
  mode: ImportMode
}

/**
 * Takes a table of TAC, brand and model into the list of devices. Nothing is changed by a file of which less can be used than not.
 * @throws FormError when it cannot be read; NotAllowed
 */
export async function importDevices(db: Database, actor: Actor, { source, name, mode }: Imported): Promise<DeviceImport> {
  requireMay(actor, 'device:write')
  const list = await readList(source)
  const { models, refused, problems, padded } = list
  if (models.size === 0 || refused > models.size) throw new FormError(unusable(list))
  const total = await transaction(db, async tx => {
    await lockDeviceModels(tx)
    if (mode === 'replace') await deleteDeviceModels(tx)
    const rows = [...models].map(([tac, model]) => ({ tac, ...model }))
    for (let at = 0; at < rows.length; at += rowsPerStatement) await writeDeviceModels(tx, rows.slice(at, at + rowsPerStatement))
    const count = await countDeviceModels(tx)
    await writeSetting(tx, setting, { file: name, mode, taken: models.size, total: count }, actor.name)
    await audit(tx, actor, 'device:write', { target: name, detail: { mode, taken: models.size, refused, total: count } })
    return count
  })
  return { taken: models.size, total, refused, problems, padded }
}

async function readList(source: AsyncIterable<Uint8Array>): Promise<DeviceList> {
  try {
    return await readDeviceList(source)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    throw new FormError(error.line ? `Line ${error.line}: ${error.message}` : error.message)
  }
}

const figure = (count: number): string => count.toLocaleString('en-GB')

function unusable({ models, refused, problems }: DeviceList): string {
  const [first] = problems
  if (!first) return 'The file names no device. Nothing was changed.'
  const lines = `${figure(refused)} of ${figure(refused + models.size)} lines cannot be used, so nothing was changed.`
  return `${lines} The first is line ${first.line}: ${first.sentence}`
}

/** What is in the list and where it came from. */
export async function deviceListState(db: Queryable): Promise<DeviceListState> {
  const row = await readSetting(db, setting)
  if (!row) return { total: 0 }
  const { total, ...last } = row.value as { total: number; file: string; mode: ImportMode; taken: number }
  return { total, last: { ...last, at: row.updatedAt, by: row.updatedBy } }
}

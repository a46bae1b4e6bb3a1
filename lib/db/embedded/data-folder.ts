import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

/**
 * Makes the data folder, readable by its owner alone (0700), and returns its absolute path.
 * An empty folder that is there already is closed to others; one with contents that others may read is refused with a sentence:
 * it may be somebody else's.
 */
export function ensureDataFolder(dataDir: string): string {
  const folder = path.resolve(dataDir)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (process.platform === 'win32' || (statSync(folder).mode & 0o077) === 0) return folder
  if (readdirSync(folder).some(name => name !== 'lost+found')) {
    throw new Error(
      `Others may read the data folder ${folder}. If it is Slipway's, run: chmod 700 '${folder}'. Else set DATA_DIR to a folder of its own.`,
    )
  }
  chmodSync(folder, 0o700)
  return folder
}

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { clusterIn } from './cluster'
import { isAlive } from './postmaster'
import { shutdown } from './shutdown'

const prefix = 'slipway-test-'

/**
 * Vitest's globalSetup: gives a test run a folder for its PostgreSQL, which `createTestDatabase` starts when a test asks for one, and
 * removes both at the end; those of killed runs too.
 */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.TEST_DATABASE_URL) return async () => undefined
  await removeLeftovers()
  const folder = mkdtempSync(path.join(tmpdir(), `${prefix}${process.pid}-`))
  process.env.TEST_DATABASE_FOLDER = folder
  return () => remove(folder)
}

async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1])
    if (pid && !isAlive(pid)) await remove(path.join(tmpdir(), name))
  }
}

async function remove(folder: string): Promise<void> {
  await shutdown(clusterIn(folder), 'immediate')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

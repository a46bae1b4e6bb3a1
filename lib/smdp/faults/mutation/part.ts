import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { undoLater } from '../cleanup'
import type { Report } from '../report'
import { removeDeployment } from '../site'
import { mutationCase } from './mutate'

/** The mutations outside of a test run: with a PostgreSQL of their own. */
export async function mutationPart(report: Report, options: { mutations: number; seed: number; first: number }): Promise<void> {
  await withTestServer(() => mutationCase(report, options))
}

/** Gives `createTestDatabase` a server for as long as the work takes. */
export async function withTestServer(work: () => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-faults-tests-'))
  process.env.TEST_DATABASE_FOLDER = folder
  const remove = undoLater(() => removeDeployment(folder))
  try {
    await work()
  } finally {
    delete process.env.TEST_DATABASE_URL
    await remove()
  }
}

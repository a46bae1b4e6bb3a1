import { expect, test } from 'vitest'
import { createTestDatabase } from '@/lib/db/embedded/test-database'
import { openDatabase } from '@/lib/db/pool'
import { readLastSweep } from '@/lib/db/sweep'
import { startSweeper, sweeperState } from './sweeper'

test('sweeps by itself until it is stopped, and says when it cannot', async () => {
  const { url, close } = await createTestDatabase()
  const db = openDatabase(url)
  const at = new Date('2026-06-01T12:00:00Z')
  const stop = startSweeper({ db, sessionRetentionDays: 30, everyMs: 1, clock: () => at })
  await expect.poll(() => readLastSweep(db)).toMatchObject({ finishedAt: at, removed: { bindings: 0 } })
  expect(sweeperState().problem).toBeUndefined()
  await stop()

  await db.close()
  const stopAgain = startSweeper({ db, sessionRetentionDays: 30, everyMs: 1, clock: () => at })
  await expect.poll(() => sweeperState().problem).toBe('The database did not answer.')
  await stopAgain()
  await close()
})

/** Plain `next start` has no front door that opens the database and the SM-DP+; behind server.ts they are open already. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { isDatabaseOpen } = await import('@/lib/db/pool')
  if (isDatabaseOpen()) return
  const [{ startRuntime }, { env }, { removeLeftUploads }, { startSweeper }] = await Promise.all([
    import('@/lib/runtime'),
    import('@/lib/env'),
    import('@/lib/inventory/upload-files'),
    import('@/lib/smdp/sweep/sweeper'),
  ])
  const { dataDir, sessionRetentionDays } = env()
  const { db } = await startRuntime(env())
  await removeLeftUploads(dataDir)
  startSweeper({ db, sessionRetentionDays })
}

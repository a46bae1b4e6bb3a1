/** Plain `next start` has no front door that opens the database and the SM-DP+; behind server.ts they are open already. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { isDatabaseOpen } = await import('@/lib/db/pool')
  if (isDatabaseOpen()) return
  const [{ startBackground }, { startRuntime }, { env }, { startSweeper }] = await Promise.all([
    import('@/lib/background/start'),
    import('@/lib/runtime'),
    import('@/lib/env'),
    import('@/lib/smdp/sweep/sweeper'),
  ])
  const { sessionRetentionDays } = env()
  const { db, vault } = await startRuntime(env())
  startSweeper({ db, sessionRetentionDays })
  startBackground({ db, vault }, env())
}

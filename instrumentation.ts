/** Plain `next start` has no front door that opens the database and the SM-DP+; behind server.ts they are open already. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { isDatabaseOpen } = await import('@/lib/db/pool')
  if (isDatabaseOpen()) return
  const [{ startRuntime }, { env }] = await Promise.all([import('@/lib/runtime'), import('@/lib/env')])
  await startRuntime(env())
}

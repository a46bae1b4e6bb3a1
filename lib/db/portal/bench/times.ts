import type { Queryable, Statement } from '../../pool'

/** Milliseconds. */
export interface Percentiles {
  p50: number
  p95: number
}

export const percentiles = (times: number[]): Percentiles => {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
  return { p50: at(0.5), p95: at(0.95) }
}

/** @returns how many milliseconds it took */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** A database that remembers what it was asked. */
export const recorder = (db: Queryable, said: Statement[]): Queryable => ({
  query: statement => {
    said.push(statement)
    return db.query(statement)
  },
})

/** The very same statements alone, one after the other. */
export async function replay(db: Queryable, statements: Statement[]): Promise<void> {
  for (const statement of statements) await db.query(statement)
}

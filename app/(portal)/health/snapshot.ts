import { hostname } from 'node:os'
import type { Database } from '@/lib/db/pool'
import { type DatabaseFacts, databaseFacts, type PoolUse, poolUse } from '@/lib/db/portal/health'
import { readLastSweep } from '@/lib/db/sweep'
import { type Es9LimitsUse, es9Limits } from '@/lib/front-door/limits/es9-limits'
import { type EventLoopDelay, eventLoopDelay } from '@/lib/front-door/limits/event-loop-delay'
import { pkiOverview } from '@/lib/smdp/pki/overview'
import { sweeperState } from '@/lib/smdp/sweep/sweeper'
import program from '@/package.json'
import { byUrgency, expiryOf } from '../settings/expiry'

/** How this process and its database are; times in ISO 8601. */
export interface HealthSnapshot {
  at: string
  process: {
    name: string
    version: string
    node: string
    startedAt: string
    residentBytes: number
    heapBytes: number
    eventLoop: EventLoopDelay | undefined
  }
  es9: Es9LimitsUse
  pool: PoolUse
  /** Undefined: it does not answer. */
  database: DatabaseFacts | undefined
  sweep: { finishedAt: string; durationMs: number; removed: number } | undefined
  sweepProblem: string | undefined
  /** Certificates in use that have ended or soon will */
  ending: EndingCertificate[]
}

export interface EndingCertificate {
  name: string
  notAfter: string
  tone: 'warn' | 'bad'
  word: string
}

async function endingCertificates(db: Database, now: Date): Promise<EndingCertificate[]> {
  const { cis, credentials } = await pkiOverview(db)
  const inUse = [
    ...cis.map(({ name, notAfter }) => ({ name: `CI ${name}`, notAfter })),
    ...credentials.filter(({ retiredAt }) => retiredAt === null).map(({ role, notAfter }) => ({ name: `CERT.${role}`, notAfter })),
  ]
  return byUrgency(inUse).flatMap(({ name, notAfter }) => {
    const { tone, word } = expiryOf(notAfter, now)
    return tone === 'good' ? [] : [{ name, notAfter: notAfter.toISOString(), tone, word }]
  })
}

async function lastSweep(db: Database): Promise<HealthSnapshot['sweep']> {
  const last = await readLastSweep(db)
  if (!last) return undefined
  const removed = Object.values(last.removed).reduce((sum, rows) => sum + rows, 0)
  return { finishedAt: last.finishedAt.toISOString(), durationMs: last.durationMs, removed }
}

/** Looks at this process, its limits and its database. */
export async function healthSnapshot(db: Database, now: Date): Promise<HealthSnapshot> {
  // Before the questions below take connections of their own.
  const pool = poolUse(db)
  const database = await databaseFacts(db)
  const [sweep, ending] = database ? await Promise.all([lastSweep(db), endingCertificates(db, now)]) : [undefined, []]
  const { rss, heapUsed } = process.memoryUsage()
  return {
    at: now.toISOString(),
    process: {
      name: `${hostname()}, process ${process.pid}`,
      version: program.version,
      node: process.versions.node,
      startedAt: new Date(now.getTime() - process.uptime() * 1_000).toISOString(),
      residentBytes: rss,
      heapBytes: heapUsed,
      eventLoop: eventLoopDelay(),
    },
    es9: es9Limits().use(),
    pool,
    database,
    sweep,
    sweepProblem: sweeperState().problem,
    ending,
  }
}

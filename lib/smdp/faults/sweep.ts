import type { Database } from '@/lib/db/pool'
import { type SweepReport, sweep } from '../sweep/sweep'

/** Sweeps what is old, as the server does by itself from time to time; sessions stay a day after their order has closed. */
export const sweepNow = (db: Database, now: Date): Promise<SweepReport | undefined> => sweep(db, now, { sessionRetentionDays: 1 })

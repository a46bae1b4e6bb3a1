import { setTimeout as delay } from 'node:timers/promises'
import { auditRowsBetween, auditWriters, extendChain, lastAuditNumber, lastLink } from '@/lib/db/audit-link-rows'
import type { Database } from '@/lib/db/pool'
import { genesis, linkHash } from './hash'

const perStep = 2_000
const lookAgainMs = 50

interface Sealing {
  /** How long transactions are waited for that may still have rows of the audit */
  waitMs?: number
  signal?: AbortSignal
}

export interface Sealed {
  links: number
  /** Why it is not sealed to the end: another sealer is at it, or a transaction goes on. */
  left?: 'busy' | 'writers'
}

/**
 * Waits until every row up to a number is there for all to see, or never will be.
 * @returns that number, undefined when a transaction did not end in time
 */
async function settledUpTo(db: Database, { waitMs = 10_000, signal }: Sealing): Promise<string | undefined> {
  const last = await lastAuditNumber(db)
  let writers = new Set(await auditWriters(db))
  const until = performance.now() + waitMs
  while (writers.size > 0) {
    if (performance.now() > until || signal?.aborted) return undefined
    await delay(lookAgainMs, undefined, { ref: false })
    const now = await auditWriters(db)
    // Those that began meanwhile take higher numbers.
    writers = new Set(now.filter(writer => writers.has(writer)))
  }
  return last
}

/**
 * Links the rows of the audit that are committed and have no link yet, in the order of their numbers: none whose number a transaction
 * that still runs might precede (docs/decisions/0011-the-audit-chain.md says how that is known). Nobody who writes a row waits for it, and
 * of several sealers one works.
 */
export async function sealAudit(db: Database, sealing: Sealing = {}): Promise<Sealed> {
  const { signal } = sealing
  const end = await lastLink(db)
  // What nothing was added to needs no look at who is writing.
  if (BigInt(await lastAuditNumber(db)) <= BigInt(end?.auditId ?? 0)) return { links: 0 }
  const settled = await settledUpTo(db, sealing)
  if (settled === undefined) return { links: 0, left: 'writers' }
  let links = 0
  while (!signal?.aborted) {
    const added = await extendChain(db, async (tx, end) => {
      let { place, hash } = end ?? { place: 0, hash: genesis }
      const rows = await auditRowsBetween(tx, end?.auditId ?? '0', settled, perStep)
      return rows.map(row => {
        place += 1
        hash = linkHash(place, row, hash)
        return { place, auditId: row.id, hash }
      })
    })
    if (added === undefined) return { links, left: 'busy' }
    links += added
    if (added < perStep) break
  }
  return { links }
}

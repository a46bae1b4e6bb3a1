import { auditRowsBetween, extendChain, lastLink } from '@/lib/db/audit-link-rows'
import type { Database } from '@/lib/db/pool'
import { lastNumber, settledUpTo, type Waiting } from '@/lib/db/settled'
import { genesis, linkHash } from './hash'

const perStep = 2_000

export interface Sealed {
  links: number
  /** Why it is not sealed to the end: another sealer is at it, or a transaction goes on. */
  left?: 'busy' | 'writers'
}

/**
 * Links the rows of the audit that are committed and have no link yet, in the order of their numbers: none whose number a transaction
 * that still runs might precede (docs/decisions/0011-the-audit-chain.md says how that is known). Nobody who writes a row waits for it, and
 * of several sealers one works.
 */
export async function sealAudit(db: Database, sealing: Waiting = {}): Promise<Sealed> {
  const { signal } = sealing
  const end = await lastLink(db)
  // What nothing was added to needs no look at who is writing.
  if (BigInt(await lastNumber(db, 'audit')) <= BigInt(end?.auditId ?? 0)) return { links: 0 }
  const settled = await settledUpTo(db, 'audit', sealing)
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

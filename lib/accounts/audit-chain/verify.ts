import { auditRowsBetween, countAuditAfter, linkOfRow, linksAfter, type SealedLink } from '@/lib/db/audit-link-rows'
import { type AuditRow, personalOf } from '@/lib/db/audit-rows'
import type { Queryable } from '@/lib/db/pool'
import { personalHolds } from '../audit-personal'
import { genesis, linkHash } from './hash'

/** What was done to the audit where its chain breaks. */
export const BREAKS = {
  changed: 'The row is not as it was when it was sealed.',
  removed: 'The row was removed.',
  inserted: 'The row was put in afterwards: those around it were sealed without it.',
  reordered: 'The row does not stand where it was sealed: the order was changed.',
  personal: 'A personal value of the row is not the one that was recorded. The row itself holds.',
  cut: 'The chain ends before the place that the kept head names: its end was cut off.',
  rewritten: 'The chain is not the one that the kept head was taken of: it was rewritten here or further up.',
} as const
export type Break = keyof typeof BREAKS

export interface BrokenLink {
  /** In the chain, from 1; null for a row that was never in it */
  place: number | null
  /** The row's number, as far as it can still be told */
  id: string | null
  why: Break
}

export interface Verdict {
  /** How many links hold, up to the first that does not. */
  rows: number
  /** Rows behind the end of the chain, which the next sealing takes; counted up to 10,000 */
  unsealed: number
  firstBroken?: BrokenLink
  /** The hash of the last link that holds. */
  hash: Buffer
}

interface Verification {
  /** A head that was kept elsewhere. */
  head?: { place: number; hash: Buffer } | undefined
  /** Called after each step with how many links hold; ends it, when it answers false. */
  onProgress?: (rows: number) => Promise<boolean> | boolean
}

const perStep = 5_000
const mostUnsealed = 10_000

interface Walk {
  place: number
  id: string
  hash: Buffer
}

const broken = (place: number | null, id: string | null, why: Break): BrokenLink => ({ place, id, why })

const isBelow = (a: string, b: string): boolean => BigInt(a) < BigInt(b)

/** Whether another row of the same stretch stands under this number. */
const isExchanged = (link: SealedLink, rows: readonly AuditRow[], before: Buffer): boolean =>
  rows.some(row => linkHash(link.place, { ...row, id: link.auditId }, before).equals(link.hash))

/** A row without a link among rows that have one. */
async function strayRow(db: Queryable, place: number, row: AuditRow): Promise<BrokenLink> {
  return (await linkOfRow(db, row.id)) ? broken(place, row.id, 'reordered') : broken(null, row.id, 'inserted')
}

/** The row of the place that has no link: the first in the gap, if it is there still. */
async function missingLink(db: Queryable, walk: Walk, next: SealedLink): Promise<BrokenLink> {
  const [row] = await auditRowsBetween(db, walk.id, next.auditId, 1)
  const id = row && row.id !== next.auditId ? row.id : null
  return broken(walk.place + 1, id, 'removed')
}

/** Checks the links of one step; moves `walk` as far as they hold. */
async function checkStep(db: Queryable, walk: Walk, links: SealedLink[]): Promise<BrokenLink | undefined> {
  const ascending = links.findIndex((link, i) => !isBelow(links[i - 1]?.auditId ?? walk.id, link.auditId))
  const ordered = ascending < 0 ? links : links.slice(0, ascending)
  const last = ordered.at(-1)
  const rows = last ? await auditRowsBetween(db, walk.id, last.auditId, ordered.length + 1) : []
  const personal = await personalOf(
    db,
    rows.map(({ id }) => id),
  )
  let at = 0
  for (const link of ordered) {
    if (link.place !== walk.place + 1) return missingLink(db, walk, link)
    const row = rows[at]
    if (row && isBelow(row.id, link.auditId)) return strayRow(db, link.place, row)
    if (!row || row.id !== link.auditId) return broken(link.place, link.auditId, 'removed')
    if (!linkHash(link.place, row, walk.hash).equals(link.hash))
      return broken(link.place, link.auditId, isExchanged(link, rows, walk.hash) ? 'reordered' : 'changed')
    if (!personalHolds(row.detail, personal.get(row.id) ?? [])) return broken(link.place, link.auditId, 'personal')
    at += 1
    Object.assign(walk, { place: link.place, id: link.auditId, hash: link.hash })
  }
  const out = ascending < 0 ? undefined : links[ascending]
  return out && broken(out.place, out.auditId, 'reordered')
}

/**
 * Walks along the whole chain, some thousand rows at a time, and says where it breaks first and why. Somebody who may write the tables and
 * makes all the hashes anew behind a change is found only by a head that was kept elsewhere.
 */
export async function verifyAudit(db: Queryable, { head, onProgress }: Verification = {}): Promise<Verdict> {
  const walk: Walk = { place: 0, id: '0', hash: genesis }
  let firstBroken: BrokenLink | undefined
  while (!firstBroken) {
    const links = await linksAfter(db, walk.place, untilHead(walk.place, head))
    if (links.length === 0) break
    firstBroken = await checkStep(db, walk, links)
    if (!firstBroken && head?.place === walk.place && !head.hash.equals(walk.hash)) firstBroken = broken(walk.place, walk.id, 'rewritten')
    if ((await onProgress?.(walk.place)) === false) break
  }
  if (!firstBroken && head && walk.place < head.place) firstBroken = broken(walk.place + 1, null, 'cut')
  const unsealed = firstBroken ? 0 : await countAuditAfter(db, walk.id, mostUnsealed)
  return { rows: walk.place, unsealed, ...(firstBroken ? { firstBroken } : {}), hash: walk.hash }
}

/** A step ends at the kept head, where the two are compared. */
const untilHead = (place: number, head: Verification['head']): number =>
  head && head.place > place ? Math.min(perStep, head.place - place) : perStep

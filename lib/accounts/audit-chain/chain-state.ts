import { z } from 'zod'
import { countAuditAfter, lastLink } from '@/lib/db/audit-link-rows'
import type { Queryable } from '@/lib/db/pool'
import { readSetting, writeSetting } from '@/lib/db/setting-rows'
import { BREAKS, type Break, type BrokenLink, type Verdict } from './verify'

const setting = 'audit:verified'
const mostUnsealed = 10_000

const Kept = z.object({
  rows: z.int(),
  firstBroken: z
    .object({ place: z.int().nullable(), id: z.string().nullable(), why: z.enum(Object.keys(BREAKS) as [Break, ...Break[]]) })
    .optional(),
})

/** How the chain is, for people. */
export interface ChainState {
  /** How many rows are sealed. */
  sealed: number
  sealedAt: Date | undefined
  /** Rows that are not sealed yet, counted up to 10,000 */
  unsealed: number
  verified: { at: Date; by: string; rows: number; firstBroken: BrokenLink | undefined } | undefined
}

/** Remembers what a verification came to. */
export const keepVerdict = (db: Queryable, { rows, firstBroken }: Pick<Verdict, 'rows' | 'firstBroken'>, by: string) =>
  writeSetting(db, setting, { rows, ...(firstBroken ? { firstBroken } : {}) }, by)

export async function chainState(db: Queryable): Promise<ChainState> {
  const [end, kept] = await Promise.all([lastLink(db), readSetting(db, setting)])
  const unsealed = await countAuditAfter(db, end?.auditId ?? '0', mostUnsealed)
  const verdict = Kept.safeParse(kept?.value)
  return {
    sealed: end?.place ?? 0,
    sealedAt: end?.sealedAt,
    unsealed,
    verified:
      kept && verdict.success
        ? { at: kept.updatedAt, by: kept.updatedBy, rows: verdict.data.rows, firstBroken: verdict.data.firstBroken }
        : undefined,
  }
}

/** Which row a break is at, in a few words. */
export const breakPlace = ({ place, id }: BrokenLink): string =>
  [id === null ? undefined : `row ${id}`, place === null ? undefined : `place ${place} of the chain`].filter(Boolean).join(', ')

/** What a verification came to, in a sentence. */
export function verdictSentence({ rows, firstBroken }: Pick<Verdict, 'rows' | 'firstBroken'>): string {
  const count = rows.toLocaleString('en-GB')
  if (!firstBroken) return `The chain holds: ${count} ${rows === 1 ? 'row is' : 'rows are'} as sealed.`
  return `The chain breaks at ${breakPlace(firstBroken)}. ${BREAKS[firstBroken.why]} ${count} before it hold.`
}

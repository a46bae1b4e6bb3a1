import type { ReuseRow } from '@/lib/db/reuse-rows'
import type { ReuseFacts, ReusePolicy } from './policy'

export const policyOf = (row: ReuseRow): ReusePolicy => ({
  device: row.reuseDevice,
  afterDeletion: row.reuseAfterDeletion,
  limit: row.reuseLimit,
  waitHours: row.reuseWaitHours,
  returnsToStock: row.returnsToStock,
})

/** What the policy looks at. Freed for a next phone that has not taken it yet, a profile is where it was before. */
export function factsOf(row: ReuseRow): ReuseFacts {
  const { state, runtimeState, runtimeSince, claimedEid, deviceErased, before, last, reissues, lastOrderAt } = row
  const installation =
    claimedEid !== null || deviceErased || !before
      ? {
          installedEid: claimedEid,
          deviceErased,
          deletedAt: runtimeState === 'Deleted' ? runtimeSince : null,
          failed: (claimedEid !== null || deviceErased) && state === 'Error' && last?.outcome === 'failed',
        }
      : {
          installedEid: before.eid,
          deviceErased: before.erased === true,
          deletedAt: before.deletedAt ? new Date(before.deletedAt) : null,
          failed: before.failed,
        }
  return { state, runtimeState, ...installation, reissues, lastOrderAt, hasOpenOrder: last !== null && last.outcome === null }
}

/** The code of an earlier move that no phone has used. */
export const openMoveOf = ({ last, claimedEid }: ReuseRow) =>
  last?.reason === 'reissue' && last.outcome === null && claimedEid === null ? last : undefined

/** The facts as they were before a move whose code no phone has used. */
export const beforeOpenMove = (facts: ReuseFacts): ReuseFacts => ({ ...facts, state: 'Installed', hasOpenOrder: false })

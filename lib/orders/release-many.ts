import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { defineTask, startTask } from '@/lib/accounts/tasks'
import { moveOrdered } from '@/lib/db/move-profiles'
import { lockProfiles } from '@/lib/db/order-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { runDetail, runOrders } from '@/lib/db/run-rows'
import { FormError } from '@/lib/form-error'
import { Iccid } from '@/lib/rsp/identifiers'
import type { OrderContext } from './context'
import { countWords } from './count-words'
import { registerLater } from './smds-event'

export const ReleaseManyInput = z.object({ iccids: z.array(Iccid).min(1).max(10_000) })
export type ReleaseManyInput = z.infer<typeof ReleaseManyInput>

type ReleaseContext = Pick<OrderContext, 'actor' | 'now'>

const NOTHING = 'None of these has a confirmed order that waits for its release.'

/**
 * ES2+.ReleaseProfile (SGP.22 §5.3.4) for many; those that are not Confirmed stay as they are.
 * @param ofRun the order that each must have
 * @returns how many were released
 */
async function releaseSome(
  tx: Transaction,
  { actor, now }: ReleaseContext,
  iccids: readonly Iccid[],
  ofRun?: ReadonlyMap<string, string>,
): Promise<number> {
  const held = [...(await lockProfiles(tx, iccids)).values()]
  const confirmed = held.filter(({ iccid, state, orderId }) => state === 'Confirmed' && (!ofRun || ofRun.get(iccid) === orderId))
  const moves = confirmed.map(({ iccid, orderId }) => ({ iccid, orderId, from: 'Confirmed', event: 'release' }) as const)
  await moveOrdered(tx, moves, { at: now, actor: actor.name, kind: 'releaseProfile' })
  await registerLater(
    tx,
    confirmed.map(({ orderId, smdsAddress }) => (orderId && smdsAddress ? { orderId } : undefined)),
  )
  const sorted = confirmed.map(({ iccid }) => iccid).sort()
  if (sorted.length > 0)
    await audit(tx, actor, 'order:release', {
      target: countWords(sorted.length, 'profile'),
      detail: { released: sorted.length, firstIccid: sorted[0], lastIccid: sorted.at(-1) },
    })
  return sorted.length
}

/** Releases the confirmed orders of profiles; others stay as they are. @throws FormError when there is none, NotAllowed */
export async function releaseMany(
  db: Database,
  ctx: ReleaseContext,
  { iccids }: ReleaseManyInput,
): Promise<{ released: number; left: number }> {
  requireMay(ctx.actor, 'order:release')
  const wanted = [...new Set(iccids)]
  return transaction(db, async tx => {
    const released = await releaseSome(tx, ctx, wanted)
    if (released === 0) throw new FormError(NOTHING)
    return { released, left: wanted.length - released }
  })
}

const perStep = 500

const ReleaseRun = z.object({ runId: z.uuid(), title: z.string(), count: z.int().min(0) })

export const releaseRunTask = defineTask<z.infer<typeof ReleaseRun>>({
  kind: 'order:release',
  schema: ReleaseRun,
  title: ({ title, count }) => `Release ${countWords(count, 'order')} of “${title}”`,
  verb: 'order:release',
  run: async ({ db, actor, now }, { runId, count }, report) => {
    report.total(count)
    let [released, after] = [0, '']
    while (!(await report.cancelled())) {
      const orders = await runOrders(db, runId, { after, limit: perStep, onlyOpen: true })
      const last = orders.at(-1)?.iccid
      if (last === undefined) break
      after = last
      const ofRun = new Map(orders.map(({ iccid, orderId }) => [iccid, orderId]))
      const iccids = orders.filter(({ state }) => state === 'Confirmed').map(({ iccid }) => Iccid.parse(iccid))
      if (iccids.length === 0) continue
      const step = await transaction(db, tx => releaseSome(tx, { actor, now: now() }, iccids, ofRun))
      released += step
      report.done(step)
    }
    report.result({ sentence: `${countWords(released, 'order')} released.`, link: { href: `/orders/runs/${runId}`, name: 'Open the run' } })
  },
})

/** Begins to release, in the background, what waits for it of a run. @returns the task's id. @throws FormError when nothing does, NotAllowed */
export async function startReleasing(db: Database, { actor }: ReleaseContext, runId: string): Promise<string> {
  requireMay(actor, 'order:release')
  const run = await runDetail(db, runId)
  if (!run) throw new FormError('There is no such run.')
  const count = run.states.Confirmed ?? 0
  if (count === 0) throw new FormError(NOTHING)
  return transaction(db, tx => startTask(tx, actor, releaseRunTask, { runId, title: run.title, count }))
}

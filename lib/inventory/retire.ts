import { z } from 'zod'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { defineTask, startTask, type Task } from '@/lib/accounts/tasks'
import { moveProfiles } from '@/lib/db/move-profiles'
import { type Database, transaction } from '@/lib/db/pool'
import { countAll, openView, type ProfileFilters, viewKeys } from '@/lib/db/portal/profile-list'
import { ViewInput } from '@/lib/db/portal/view-input'
import { FormError } from '@/lib/form-error'
import { Iccid } from '@/lib/rsp/identifiers'
import type { ProfileState } from '@/lib/rsp/lifecycle'

/** More are moved in the background. */
export const mostMovedAtOnce = 10_000

export const ChosenProfiles = z.object({ iccids: z.array(Iccid).min(1).max(mostMovedAtOnce) })
export type ChosenProfiles = z.infer<typeof ChosenProfiles>

export { ViewInput }

/** Everything that a view showed at a moment. */
export const MatchingProfiles = z.object({ view: ViewInput, asOf: z.coerce.date(), count: z.int().min(0) })
export type MatchingProfiles = z.infer<typeof MatchingProfiles>

interface Context {
  actor: Actor
  now: Date
}

export interface Moved {
  moved: number
  /** Those that were in another state, or are not to be brought back */
  left: number
}

type Event = 'retire' | 'restore'

const NOTHING: Record<Event, string> = {
  retire: 'Only a profile that is Available can be retired. Cancel its order first if it has one.',
  restore:
    'Only a profile that was retired can be brought back. One that was taken out of use with its order, or that a device has taken, cannot.',
}

async function moveChosen(db: Database, { actor, now }: Context, event: Event, { iccids }: ChosenProfiles): Promise<Moved> {
  requireMay(actor, 'profile:retire')
  return transaction(db, async tx => {
    const moved = await moveProfiles(tx, { iccids, event, at: now, actor: actor.name })
    if (moved.length === 0) throw new FormError(NOTHING[event])
    const [only] = iccids
    const target = iccids.length === 1 && only ? only : `${iccids.length} profiles`
    await audit(tx, actor, 'profile:retire', { target, detail: { event, moved: moved.length, ...spanOf(moved) } })
    return { moved: moved.length, left: iccids.length - moved.length }
  })
}

/** Which profiles it was, short: the timeline of each tells the rest. */
function spanOf(iccids: string[]): { firstIccid?: string | undefined; lastIccid?: string | undefined } {
  const sorted = [...iccids].sort()
  return { firstIccid: sorted[0], lastIccid: sorted.at(-1) }
}

/** Takes profiles out of stock until they are brought back; those that are not Available stay as they are. @throws FormError when none is, NotAllowed */
export const retire = (db: Database, ctx: Context, input: ChosenProfiles): Promise<Moved> => moveChosen(db, ctx, 'retire', input)

/** Brings retired profiles back into stock; others stay as they are. @throws FormError when none was retired, NotAllowed */
export const restore = (db: Database, ctx: Context, input: ChosenProfiles): Promise<Moved> => moveChosen(db, ctx, 'restore', input)

const FROM: Record<Event, ProfileState> = { retire: 'Available', restore: 'Unavailable' }

/** Of what a view showed, the profiles that the event may move; undefined when the view shows none of their state. */
function movable(event: Event, { view, asOf }: Pick<MatchingProfiles, 'view' | 'asOf'>): ProfileFilters | undefined {
  const state = FROM[event]
  return view.states.length === 0 || view.states.includes(state) ? { ...view, states: [state], asOf } : undefined
}

/** How many profiles a view shows that are in the state from which the event leads. */
export async function countMovable(db: Database, event: Event, matching: Pick<MatchingProfiles, 'view' | 'asOf'>): Promise<number> {
  const filters = movable(event, matching)
  return filters ? (await countAll(db, filters))[FROM[event]] : 0
}

const perStep = 1_000

const words = (count: number): string => `${count.toLocaleString('en-GB')} ${count === 1 ? 'profile' : 'profiles'}`

const LEFT: Record<Event, string> = {
  retire: 'were not Available any more',
  restore: 'were not retired but taken out of use with their order',
}

const moveMatching = (event: Event, verb: string, done: string): Task<MatchingProfiles> =>
  defineTask<MatchingProfiles>({
    kind: `profile:${event}`,
    schema: MatchingProfiles,
    title: ({ count }) => `${verb} ${words(count)}`,
    verb: 'profile:retire',
    run: async ({ db, actor, now }, matching, report) => {
      const filters = movable(event, matching)
      if (!filters) return
      const view = await openView(db, filters)
      report.total((await countAll(db, filters))[FROM[event]])
      let [moved, left] = [0, 0]
      let from: Awaited<ReturnType<typeof viewKeys>>[number] | undefined
      while (!(await report.cancelled())) {
        const keys = await viewKeys(view, { sort: 'iccid', descending: false, from, limit: perStep })
        from = keys.at(-1)
        if (!from) break
        const iccids = keys.map(({ iccid }) => iccid)
        const those = await transaction(db, async tx => {
          const step = await moveProfiles(tx, { iccids, event, at: now(), actor: actor.name })
          if (step.length > 0)
            await audit(tx, actor, 'profile:retire', { target: words(step.length), detail: { event, moved: step.length, ...spanOf(step) } })
          return step
        })
        moved += those.length
        left += iccids.length - those.length
        report.done(those.length)
        report.failed(iccids.length - those.length)
      }
      report.result({ sentence: `${words(moved)} ${done}.${left > 0 ? ` ${words(left)} ${LEFT[event]}, and stay as they are.` : ''}` })
    },
  })

export const retireMatching = moveMatching('retire', 'Retire', 'retired')
export const restoreMatching = moveMatching('restore', 'Bring back', 'brought back')

/** Begins to move, in the background, what a view shows now. @returns the task's id. @throws FormError when there is nothing to do, NotAllowed */
export async function startMoving(db: Database, { actor, now }: Context, event: Event, view: ViewInput): Promise<string> {
  requireMay(actor, 'profile:retire')
  const count = await countMovable(db, event, { view, asOf: now })
  if (count === 0) throw new FormError(NOTHING[event])
  return transaction(db, tx => startTask(tx, actor, event === 'retire' ? retireMatching : restoreMatching, { view, asOf: now, count }))
}

import { z } from 'zod'
import { type OrderDetail, profileStory } from '@/lib/db/portal/profile-detail'
import { COUNT_CAP, listProfiles } from '@/lib/db/portal/profile-list'
import { type ChosenProfiles, type Moved, mostMovedAtOnce, restore, retire } from '@/lib/inventory/retire'
import { TypeInput } from '@/lib/inventory/types'
import { orderActivationCode } from '@/lib/orders/activation-code'
import { Iccid } from '@/lib/rsp/identifiers'
import { PROFILE_STATES, RUNTIME_STATES, STATE_MEANING } from '@/lib/rsp/lifecycle'
import { RspError, STATUS } from '@/lib/rsp/status'
import type { TimelineEvent } from '@/lib/rsp/timeline/event'
import { tellInOneLine } from '@/lib/rsp/timeline/sentences'
import { type Command, command, manyArguments, number, oneArgument, oneOf, option, options } from './command'
import { UsageError } from './failure'
import { localTime, type Output } from './output'
import { withRuntime } from './with-runtime'

const mostEvents = 1_000
const mostListed = 10_000

/** The code of an order that a device may still use. */
const codeOf = ({ matchingId, smdpAddress, confirmationCodeRequired, closedAt }: OrderDetail): string | null =>
  matchingId === null || smdpAddress === null || closedAt !== null
    ? null
    : orderActivationCode({ matchingId, smdpAddress, confirmationCodeRequired })

const withMeaning = (event: TimelineEvent) => {
  if (!event.status) return event
  const { subjectCode, reasonCode, meaning } = STATUS[event.status]
  return { ...event, subjectCode, reasonCode, meaning }
}

const show = command({
  name: 'profile show',
  verb: 'profile:read',
  forms: ['ICCID'],
  summary: 'Show a profile: its state, device, order and everything that happened',
  jsonHelp: 'One JSON document: iccid, state, runtimeState, eid, type, order, orders, events and more',
  options: {},
  arguments: oneArgument('ICCID', Iccid),
  run: ({ arguments: iccid, out }) =>
    withRuntime(async ({ db }) => {
      const story = await profileStory(db, iccid, mostEvents)
      if (!story) throw new RspError('iccidUnknown', iccid)
      const { profile, orders, events: newest } = story
      const { orderId, eid, ...rest } = profile
      const told = orders.map(order => ({ ...order, activationCode: codeOf(order) }))
      const order = told.find(({ id }) => id === orderId) ?? null
      const events = newest.map(withMeaning).reverse()
      const shown = { ...rest, eid: eid ?? order?.eid ?? null, order, orders: told, events }
      out.answer(shown, () => tell(shown, out))
    }),
})

type Shown = {
  iccid: string
  state: keyof typeof STATE_MEANING
  runtimeState: string | null
  eid: string | null
  type: string
  live: boolean
  packageName: string
  saipVersion: string
  order: (OrderDetail & { activationCode: string | null }) | null
  events: TimelineEvent[]
}

function tell({ order, events, ...profile }: Shown, out: Output): void {
  out.facts([
    ['ICCID', profile.iccid],
    ['State', `${profile.state}. ${STATE_MEANING[profile.state]}`],
    ['On the device', profile.runtimeState],
    ['EID', profile.eid],
    ['Type', `${profile.type} (${profile.live ? 'live' : 'test'})`],
    ['Package', [profile.packageName, `SAIP ${profile.saipVersion}`].filter(Boolean).join(', ')],
    ['Activation code', order?.activationCode],
    [
      'Confirmation code',
      order?.confirmationCodeRequired ? `needed, ${order.confirmationAttempts} of ${order.confirmationLimit} tries used` : '',
    ],
    ['Downloads', order ? `${order.downloadAttempts} of ${order.downloadLimit} tries used` : ''],
    ['Valid until', order?.expiresAt ? localTime(order.expiresAt) : ''],
  ])
  out.line()
  out.table(
    ['When', 'Who', 'What'],
    events.map(event => [localTime(event.at), event.actor, tellInOneLine(event)]),
  )
}

/** A day of UTC. */
const Day = z.iso.date('A date is expected: 2026-12-31.').transform(day => new Date(`${day}T00:00:00Z`))

const dayMs = 86_400_000

const BatchId = z.string().regex(/^[0-9]{1,18}$/, 'A batch is named by its number; `batch list` has them.')

const list = command({
  name: 'profile list',
  verb: 'profile:read',
  forms: ['[SEARCH] [--state STATE…] [--type NAME] [--batch N] [--limit N]'],
  summary: 'List profiles: those that fit a number, by ICCID, or those that changed last',
  notes: ['SEARCH is an ICCID or its first or last digits, an IMSI, MSISDN, EID or matching ID or its beginning, or an activation code.'],
  options: {
    state: options('STATE', `One or more of: ${PROFILE_STATES.join(', ')}`, oneOf(PROFILE_STATES)),
    type: option('NAME', 'Of this type only', TypeInput.shape.name),
    batch: option('N', 'Of this batch only', BatchId),
    'added-from': option('DATE', 'Added on this day (UTC) or later', Day),
    'added-to': option('DATE', 'Added on this day (UTC) or earlier', Day),
    device: options('STATE', `What the device reported, one or more of: ${RUNTIME_STATES.join(', ')}`, oneOf(RUNTIME_STATES)),
    limit: option(
      'N',
      `How many at most (default 50, up to ${mostListed.toLocaleString('en')})`,
      number(
        z
          .int()
          .min(1, 'At least one.')
          .max(mostListed, `At most ${mostListed.toLocaleString('en')}.`),
      ),
    ),
  },
  arguments: manyArguments('SEARCH', z.string()),
  run: ({ options: { state, type, batch, device, limit = 50, ...added }, arguments: words, out }) =>
    withRuntime(async ({ db }) => {
      const search = words.join(' ')
      const { rows, count } = await listProfiles(db, {
        search,
        states: state,
        type,
        batch,
        addedFrom: added['added-from'],
        addedBefore: added['added-to'] && new Date(added['added-to'].getTime() + dayMs),
        runtimeStates: device,
        sort: search ? 'iccid' : 'changed',
        descending: !search,
        pageSize: limit,
      })
      out.answer(rows, () => {
        if (rows.length === 0) return out.line('There is no such profile.')
        out.table(
          ['ICCID', 'State', 'On the device', 'Type', 'EID', 'Changed'],
          rows.map(row => [row.iccid, row.state, row.runtimeState ?? '', row.type, row.eid ?? '', localTime(row.changedAt)]),
        )
        const all = count > COUNT_CAP ? `over ${COUNT_CAP.toLocaleString('en')}` : count.toLocaleString('en')
        if (rows.length < count) out.line(`These are ${rows.length} of ${all}.`)
      })
    }),
})

/** At least one ICCID. @throws UsageError */
function chosen(iccids: Iccid[]): ChosenProfiles {
  if (iccids.length === 0) throw new UsageError('ICCID is missing.')
  if (iccids.length > mostMovedAtOnce) throw new UsageError(`At most ${mostMovedAtOnce.toLocaleString('en')} profiles at once.`)
  return { iccids }
}

const tellMoved = (out: Output, { moved, left }: Moved, done: string) =>
  out.answer({ moved, left }, () => out.line(`${moved} ${done}${left > 0 ? `, ${left} stayed as before` : ''}.`))

const retireProfiles = command({
  name: 'profile retire',
  verb: 'profile:retire',
  forms: ['ICCID…'],
  summary: 'Take Available profiles out of stock, until they are brought back',
  options: {},
  arguments: manyArguments('ICCID', Iccid),
  run: ({ arguments: iccids, out }) => {
    const input = chosen(iccids)
    return withRuntime(async ({ db, actor, now }) => tellMoved(out, await retire(db, { actor, now }, input), 'retired'))
  },
})

const restoreProfiles = command({
  name: 'profile restore',
  verb: 'profile:retire',
  forms: ['ICCID…'],
  summary: 'Bring retired profiles back into stock',
  options: {},
  arguments: manyArguments('ICCID', Iccid),
  run: ({ arguments: iccids, out }) => {
    const input = chosen(iccids)
    return withRuntime(async ({ db, actor, now }) => tellMoved(out, await restore(db, { actor, now }, input), 'brought back'))
  },
})

export const profileCommands: Command[] = [show, list, retireProfiles, restoreProfiles]

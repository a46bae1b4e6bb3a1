import { z } from 'zod'
import { type OrderDetail, profileStory, type TimelineRow } from '@/lib/db/portal/profile-detail'
import { COUNT_CAP, listProfiles } from '@/lib/db/portal/profile-list'
import { TypeInput } from '@/lib/inventory/types'
import { orderActivationCode } from '@/lib/orders/activation-code'
import { Iccid } from '@/lib/rsp/identifiers'
import { PROFILE_STATES, STATE_MEANING } from '@/lib/rsp/lifecycle'
import { RspError, STATUS } from '@/lib/rsp/status'
import { type Command, command, noArguments, number, oneArgument, oneOf, option } from './command'
import { eventWords } from './event-words'
import { localTime, type Output } from './output'
import { withRuntime } from './with-runtime'

const mostEvents = 1_000
const mostListed = 10_000

/** The code of an order that a device may still use. */
const codeOf = ({ matchingId, smdpAddress, confirmationCodeRequired, closedAt }: OrderDetail): string | null =>
  matchingId === null || smdpAddress === null || closedAt !== null
    ? null
    : orderActivationCode({ matchingId, smdpAddress, confirmationCodeRequired })

const withMeaning = (event: TimelineRow) => {
  if (!event.status) return event
  const { subjectCode, reasonCode, meaning } = STATUS[event.status]
  return { ...event, subjectCode, reasonCode, meaning }
}

const show = command({
  name: 'profile show',
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
  events: TimelineRow[]
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
    events.map(event => [localTime(event.at), event.actor, eventWords(event)]),
  )
}

const list = command({
  name: 'profile list',
  forms: ['[--state STATE] [--type NAME] [--limit N]'],
  summary: 'List profiles, those first that changed last',
  options: {
    state: option('STATE', `One of: ${PROFILE_STATES.join(', ')}`, oneOf(PROFILE_STATES)),
    type: option('NAME', 'Of this type only', TypeInput.shape.name),
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
  arguments: noArguments,
  run: ({ options: { state, type, limit = 50 }, out }) =>
    withRuntime(async ({ db }) => {
      const { rows, count } = await listProfiles(db, {
        search: '',
        states: state ? [state] : [],
        type,
        runtimeStates: [],
        sort: 'changed',
        descending: true,
        page: 1,
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

export const profileCommands: Command[] = [show, list]

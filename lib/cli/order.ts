import { cancel } from '@/lib/orders/cancel'
import { release } from '@/lib/orders/release'
import { Iccid } from '@/lib/rsp/identifiers'
import { STATE_MEANING } from '@/lib/rsp/lifecycle'
import { type Command, command, oneArgument, oneOf, option } from './command'
import { UsageError } from './failure'
import { withRuntime } from './with-runtime'

const cancelOrder = command({
  name: 'cancel',
  forms: ['ICCID --to available|unavailable'],
  summary: 'Cancel a profile’s order: back to stock, or out of use for good',
  options: { to: option('STATE', 'available or unavailable', oneOf(['available', 'unavailable'])) },
  arguments: oneArgument('ICCID', Iccid),
  run: ({ options: { to }, arguments: iccid, out }) => {
    if (to === undefined) throw new UsageError('--to is missing: available or unavailable.')
    const finalProfileStatusIndicator = to === 'available' ? 'Available' : 'Unavailable'
    return withRuntime(async ({ db, orders }) => {
      const state = await cancel(db, orders, { iccid, finalProfileStatusIndicator })
      out.answer({ iccid, state }, () => out.line(`${iccid} is ${state}. ${STATE_MEANING[state]}`))
    })
  },
})

const releaseOrder = command({
  name: 'release',
  forms: ['ICCID'],
  summary: 'Release a confirmed order, so that a device can download',
  options: {},
  arguments: oneArgument('ICCID', Iccid),
  run: ({ arguments: iccid, out }) =>
    withRuntime(async ({ db, orders }) => {
      await release(db, orders, { iccid })
      out.answer({ iccid, state: 'Released' }, () => out.line(`${iccid} is Released. ${STATE_MEANING.Released}`))
    }),
})

export const orderCommands: Command[] = [cancelOrder, releaseOrder]

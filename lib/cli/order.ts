import { cancel } from '@/lib/orders/cancel'
import { cancelMany } from '@/lib/orders/cancel-many'
import { countWords } from '@/lib/orders/count-words'
import { release } from '@/lib/orders/release'
import { releaseMany } from '@/lib/orders/release-many'
import { Iccid } from '@/lib/rsp/identifiers'
import { STATE_MEANING } from '@/lib/rsp/lifecycle'
import { type Command, command, manyArguments, oneOf, option } from './command'
import { UsageError } from './failure'
import { withRuntime } from './with-runtime'

const stayed = (left: number): string => (left > 0 ? `, ${countWords(left, 'profile')} stayed as before` : '')

const cancelOrder = command({
  name: 'cancel',
  verb: 'order:cancel',
  forms: ['ICCID… --to available|unavailable'],
  summary: 'Cancel profiles’ orders: back to stock, or out of use for good',
  jsonHelp: 'One JSON document: iccid and state; of several profiles cancelled and left',
  options: { to: option('STATE', 'available or unavailable', oneOf(['available', 'unavailable'])) },
  arguments: manyArguments('ICCID', Iccid),
  run: ({ options: { to }, arguments: iccids, out }) => {
    const [iccid] = iccids
    if (iccid === undefined) throw new UsageError('ICCID is missing.')
    if (to === undefined) throw new UsageError('--to is missing: available or unavailable.')
    const finalProfileStatusIndicator = to === 'available' ? 'Available' : 'Unavailable'
    return withRuntime(async ({ db, orders }) => {
      if (iccids.length > 1) {
        const done = await cancelMany(db, orders, { iccids, finalProfileStatusIndicator })
        return out.answer(done, () => out.line(`${countWords(done.cancelled, 'order')} cancelled${stayed(done.left)}.`))
      }
      const state = await cancel(db, orders, { iccid, finalProfileStatusIndicator })
      out.answer({ iccid, state }, () => out.line(`${iccid} is ${state}. ${STATE_MEANING[state]}`))
    })
  },
})

const releaseOrder = command({
  name: 'release',
  verb: 'order:release',
  forms: ['ICCID…'],
  summary: 'Release confirmed orders, so that devices can download',
  jsonHelp: 'One JSON document: iccid and state; of several profiles released and left',
  options: {},
  arguments: manyArguments('ICCID', Iccid),
  run: ({ arguments: iccids, out }) => {
    const [iccid] = iccids
    if (iccid === undefined) throw new UsageError('ICCID is missing.')
    return withRuntime(async ({ db, orders }) => {
      if (iccids.length > 1) {
        const done = await releaseMany(db, orders, { iccids })
        return out.answer(done, () => out.line(`${countWords(done.released, 'order')} released${stayed(done.left)}.`))
      }
      await release(db, orders, { iccid })
      out.answer({ iccid, state: 'Released' }, () => out.line(`${iccid} is Released. ${STATE_MEANING.Released}`))
    })
  },
})

export const orderCommands: Command[] = [cancelOrder, releaseOrder]

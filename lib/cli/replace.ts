import { TypeInput } from '@/lib/inventory/types'
import { ReplaceInput, replaceProfile } from '@/lib/orders/reuse/replace'
import { Iccid } from '@/lib/rsp/identifiers'
import { type Command, command, oneArgument, option } from './command'
import { UsageError } from './failure'
import { nextOrderOf, nextOrderOptions, tellOrder, toldOf } from './next-order'
import { withRuntime } from './with-runtime'

const replace = command({
  name: 'replace',
  verb: 'order:replace',
  forms: ['ICCID --reason REASON [options]'],
  summary: 'Replace a profile whose phone is lost or broken by a fresh one from stock; the old one is barred for good',
  notes: ['Which profile took which one’s place, `replacements` tells the network’s own systems.'],
  jsonHelp: 'One JSON document: oldIccid, iccid, matchingId, activationCode, page, and confirmationCode where one was made',
  options: {
    reason: option('REASON', 'Why, in a few words', ReplaceInput.shape.reason),
    type: option('NAME', 'A profile of this type, in place of the same one', TypeInput.shape.name),
    ...nextOrderOptions,
  },
  arguments: oneArgument('ICCID', Iccid),
  run: ({ options: { reason, type, ...given }, arguments: iccid, out }) => {
    if (reason === undefined) throw new UsageError('--reason is missing: why is the profile replaced?')
    const order = nextOrderOf(given)
    return withRuntime(async ({ db, orders }) => {
      const replaced = await replaceProfile(db, orders, { iccid, reason, type, ...order })
      out.answer({ oldIccid: replaced.oldIccid, ...toldOf(replaced) }, () => {
        out.line(`${replaced.iccid} takes the place of ${replaced.oldIccid}, which is barred.`)
        tellOrder(out, replaced)
      })
    })
  },
})

export const replaceCommands: Command[] = [replace]

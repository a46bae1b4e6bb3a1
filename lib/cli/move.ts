import { type MoveVerdict, moveToNewPhone, moveVerdict } from '@/lib/orders/reuse/move'
import { Reason } from '@/lib/orders/reuse/reason'
import { returnToStock } from '@/lib/orders/reuse/return-to-stock'
import { Iccid } from '@/lib/rsp/identifiers'
import { STATE_MEANING } from '@/lib/rsp/lifecycle'
import { type Command, command, flag, oneArgument, option } from './command'
import { UsageError } from './failure'
import { nextOrderOf, nextOrderOptions, tellOrder, toldOf } from './next-order'
import { localTime, type Output } from './output'
import { withRuntime } from './with-runtime'

const move = command({
  name: 'move',
  verb: 'order:reissue',
  forms: ['ICCID [options]'],
  summary: 'Move a profile to a new phone: the next code, with the old one dead',
  notes: [
    'Whether it may, the reuse policy of its type says; --check shows what, and changes nothing.',
    'For a phone that is lost or broken, `replace` gives the customer another profile.',
  ],
  jsonHelp: 'One JSON document: iccid, matchingId, activationCode, page, confirmationCode if one was made; or waiting, a request’s id',
  options: {
    check: flag('Only say what the policy says'),
    'past-policy': option('REASON', 'Past the policy, and why; without --eid the code is then for any device', Reason),
    again: flag('In place of the code of the last move, which no phone has used'),
    ...nextOrderOptions,
  },
  arguments: oneArgument('ICCID', Iccid),
  run: ({ options: { check, again, 'past-policy': reason, ...given }, arguments: iccid, out }) => {
    const order = nextOrderOf(given)
    return withRuntime(async ({ db, orders, now }) => {
      if (check) {
        const verdict = await moveVerdict(db, iccid, now)
        return out.answer({ iccid, ...verdict }, () => tellVerdict(out, verdict))
      }
      const insteadOf = again ? (await moveVerdict(db, iccid, now)).openMove?.orderId : undefined
      if (again && !insteadOf) throw new UsageError('There is no code of a move that no phone has used. Leave --again out.')
      const moved = await moveToNewPhone(db, orders, { iccid, ...order, insteadOf, ...(reason ? { pastPolicy: { reason } } : {}) })
      if ('waiting' in moved)
        return out.answer({ iccid, ...moved }, () =>
          out.line('This is past the policy: it waits for a second person, who approves it in the portal.'),
        )
      out.answer(toldOf(moved), () => tellOrder(out, moved))
    })
  },
})

function tellVerdict(out: Output, { verdict, openMove, secondPerson, waiting }: MoveVerdict): void {
  const { allowed, reasons, allowedFrom } = openMove?.verdict ?? verdict
  out.line(allowed ? 'The profile may move to another phone.' : 'The profile may not move to another phone.')
  for (const { holds, sentence } of reasons) out.line(`${holds ? '  ' : '✗ '}${sentence}`)
  if (allowedFrom) out.line(`It may from ${localTime(allowedFrom)} on.`)
  if (openMove) out.line(`A code was made at ${localTime(openMove.createdAt)} that no phone has used: --again makes another in its place.`)
  if (waiting) out.line(`${waiting.requestedBy} has asked to go past the policy: it waits for a second person.`)
  else if (!allowed && secondPerson) out.line('Past the policy it takes a second person.')
}

const back = command({
  name: 'return',
  verb: 'order:reissue',
  forms: ['ICCID'],
  summary: 'Put a profile that its phone has deleted back into stock, where its type allows it',
  options: {},
  arguments: oneArgument('ICCID', Iccid),
  run: ({ arguments: iccid, out }) =>
    withRuntime(async ({ db, orders }) => {
      await returnToStock(db, orders, { iccid })
      out.answer({ iccid, state: 'Available' }, () => out.line(`${iccid} is Available. ${STATE_MEANING.Available}`))
    }),
})

export const moveCommands: Command[] = [move, back]

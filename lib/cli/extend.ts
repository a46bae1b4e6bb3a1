import { DownloadLimit, extendOrder } from '@/lib/orders/extend-order'
import { ConfirmationLimit } from '@/lib/orders/order-fields'
import { Iccid } from '@/lib/rsp/identifiers'
import { type Command, command, flag, number, oneArgument, option } from './command'
import { Expiry } from './expiry'
import { UsageError } from './failure'
import { unlessNone } from './issue'
import { localTime } from './output'
import { withRuntime } from './with-runtime'

const extend = command({
  name: 'extend',
  verb: 'order:extend',
  forms: ['ICCID [--expires TIME | --no-expires] [--downloads N] [--code-tries N]'],
  summary: 'Let the code of an open order be good for longer, or be tried more often',
  notes: ['The code stays the same, and what was counted stays counted: N is how many there may be in all.'],
  jsonHelp: 'One JSON document: iccid, expiresAt, downloadLimit, confirmationLimit',
  options: {
    expires: option('TIME', 'Until when: 2026-12-31, 2026-12-31T18:00, 30d or 12h from now', Expiry(new Date())),
    'no-expires': flag('Without end'),
    downloads: option('N', 'Downloads after which the order ends', number(DownloadLimit)),
    'code-tries': option('N', 'Wrong confirmation codes after which the order ends', number(ConfirmationLimit)),
  },
  arguments: oneArgument('ICCID', Iccid),
  run: ({ options: { expires, downloads: downloadLimit, 'code-tries': confirmationLimit, ...given }, arguments: iccid, out }) => {
    const expiresAt = unlessNone('expires', expires, given['no-expires'])
    if (expiresAt === undefined && downloadLimit === undefined && confirmationLimit === undefined)
      throw new UsageError('Say what is to be changed: --expires, --no-expires, --downloads or --code-tries.')
    return withRuntime(async ({ db, orders }) => {
      const extended = await extendOrder(db, orders, { iccid, expiresAt, downloadLimit, confirmationLimit })
      out.answer(extended, () => {
        out.line(`The code of ${iccid} is good ${extended.expiresAt ? `until ${localTime(extended.expiresAt)}` : 'without end'}.`)
        if (downloadLimit !== undefined) out.line(`${downloadLimit} downloads are allowed.`)
        if (confirmationLimit !== undefined) out.line(`${confirmationLimit} confirmation codes may be tried.`)
      })
    })
  },
})

export const extendCommands: Command[] = [extend]

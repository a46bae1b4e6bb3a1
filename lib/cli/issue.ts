import { z } from 'zod'
import { TypeInput } from '@/lib/inventory/types'
import { issue, mostIssuedAtOnce } from '@/lib/orders/issue'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Eid, eidCheckDigitsHold, Iccid, MatchingId } from '@/lib/rsp/identifiers'
import { type Command, command, manyArguments, number, option } from './command'
import { Expiry } from './expiry'
import { UsageError } from './failure'
import { withRuntime } from './with-runtime'

/** An EID with or without spaces and dashes. Test certificates carry EIDs with wrong check digits, so those are only remarked on. */
export const CommandEid = z
  .string()
  .transform(text => text.replace(/[\s-]/g, ''))
  .pipe(Eid)

const most = mostIssuedAtOnce.toLocaleString('en')

/** Which profiles are meant. @throws UsageError when that is not clear */
function chosen(iccids: Iccid[], type: string | undefined, count: number | undefined) {
  if (iccids.length > mostIssuedAtOnce) throw new UsageError(`At most ${most} profiles can be issued at once.`)
  if (iccids.length > 0 && (type !== undefined || count !== undefined))
    throw new UsageError('Name profiles by their ICCIDs or by --type and --count, not both.')
  if (iccids.length > 0) return { iccids }
  if (type === undefined) throw new UsageError('Name ICCIDs, or a type with --type and --count.')
  return { type, count: count ?? 1 }
}

const issueCodes = command({
  name: 'issue',
  forms: ['ICCID… [options]', '--type NAME --count N [options]'],
  summary: 'Issue profiles and print their activation codes, all or none',
  notes: ['A matching ID can be given to a single profile only.'],
  jsonHelp: 'One JSON object a line: iccid, matchingId, activationCode',
  options: {
    type: option('NAME', 'Take profiles of this type from stock', TypeInput.shape.name),
    count: option(
      'N',
      `How many, 1 (default) to ${most}`,
      number(z.int().min(1, 'At least one.').max(mostIssuedAtOnce, `At most ${most} at once.`)),
    ),
    eid: option('EID', 'For this eUICC alone', CommandEid),
    'confirmation-code': option('CODE', 'The customer must type it', ConfirmationCode),
    'matching-id': option('ID', 'Instead of a random one: capital letters, digits and dashes', MatchingId),
    expires: option('TIME', 'Until when: 2026-12-31, 2026-12-31T18:00, 30d or 12h', Expiry(new Date())),
  },
  arguments: manyArguments('ICCID', Iccid),
  run: ({ options: { type, count, eid, expires, ...given }, arguments: iccids, out }) => {
    const wanted = chosen(iccids, type, count)
    if (eid && !eidCheckDigitsHold(eid)) out.note(`The check digits of the EID ${eid} do not fit: was it typed right?`)
    const order = { eid, matchingId: given['matching-id'], confirmationCode: given['confirmation-code'], expiresAt: expires }
    return withRuntime(async ({ db, orders }) => {
      for (const { iccid, matchingId, activationCode } of await issue(db, orders, { ...wanted, ...order }))
        out.answer({ iccid, matchingId, activationCode }, () => out.line(`${iccid}  ${activationCode}`))
    })
  },
})

export const issueCommands: Command[] = [issueCodes]

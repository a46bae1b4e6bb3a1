import { z } from 'zod'
import { TypeInput } from '@/lib/inventory/types'
import { issue, mostIssuedAtOnce } from '@/lib/orders/issue'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Eid, eidCheckDigitsHold, Iccid, MatchingId } from '@/lib/rsp/identifiers'
import { type Command, command, flag, manyArguments, number, option } from './command'
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

/** Null where `--no-NAME` says that there is none, undefined where the type decides. @throws UsageError */
function unlessNone<Value>(name: string, value: Value | undefined, none: boolean): Value | null | undefined {
  if (none && value !== undefined) throw new UsageError(`--${name} and --no-${name} contradict each other.`)
  return none ? null : value
}

const issueCodes = command({
  name: 'issue',
  forms: ['ICCID… [options]', '--type NAME --count N [options]'],
  summary: 'Issue profiles and print their activation codes, all or none',
  notes: [
    'A matching ID can be given to a single profile only.',
    'What is left out is as the type has it. A confirmation code that is made for it is printed here and never again.',
  ],
  jsonHelp: 'One JSON object a line: iccid, matchingId, activationCode, and confirmationCode where one was made',
  options: {
    type: option('NAME', 'Take profiles of this type from stock', TypeInput.shape.name),
    count: option(
      'N',
      `How many, 1 (default) to ${most}`,
      number(z.int().min(1, 'At least one.').max(mostIssuedAtOnce, `At most ${most} at once.`)),
    ),
    eid: option('EID', 'For this eUICC alone', CommandEid),
    'confirmation-code': option('CODE', 'The customer must type it', ConfirmationCode),
    'no-confirmation-code': flag('None, even where the type asks for one'),
    'matching-id': option('ID', 'Instead of a random one: capital letters, digits and dashes', MatchingId),
    expires: option('TIME', 'Until when: 2026-12-31, 2026-12-31T18:00, 30d or 12h', Expiry(new Date())),
    'no-expires': flag('Without end, even where the type says how long'),
  },
  arguments: manyArguments('ICCID', Iccid),
  run: ({ options: { type, count, eid, expires, ...given }, arguments: iccids, out }) => {
    const wanted = chosen(iccids, type, count)
    if (eid && !eidCheckDigitsHold(eid)) out.note(`The check digits of the EID ${eid} do not fit: was it typed right?`)
    const confirmationCode = unlessNone('confirmation-code', given['confirmation-code'], given['no-confirmation-code'])
    const expiresAt = unlessNone('expires', expires, given['no-expires'])
    const order = { eid, matchingId: given['matching-id'], confirmationCode, expiresAt }
    return withRuntime(async ({ db, orders }) => {
      for (const { iccid, matchingId, activationCode, ...made } of await issue(db, orders, { ...wanted, ...order })) {
        const code = made.confirmationCode
        const told = { iccid, matchingId, activationCode, ...(code ? { confirmationCode: code } : {}) }
        out.answer(told, () => out.line([iccid, activationCode, ...(code ? [code] : [])].join('  ')))
      }
    })
  },
})

export const issueCommands: Command[] = [issueCodes]

import { z } from 'zod'
import { TypeInput } from '@/lib/inventory/types'
import { confirmReserved } from '@/lib/orders/confirm-reserved'
import { readEidPolicy } from '@/lib/orders/eid-policy'
import { type Issued, issue, mostIssuedAtOnce } from '@/lib/orders/issue'
import { noMatchingId } from '@/lib/orders/matching-id'
import { ConfirmationLimit, CustomerEmail, OrderLanguage, Reference, SpacedEid } from '@/lib/orders/order-fields'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { type Eid, eidCheckDigitsHold, Iccid, MatchingId, SmdsAddress } from '@/lib/rsp/identifiers'
import { type Command, command, flag, manyArguments, number, oneArgument, option } from './command'
import { Expiry } from './expiry'
import { UsageError } from './failure'
import type { Output } from './output'
import { type Deployment, withRuntime } from './with-runtime'

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
export function unlessNone<Value>(name: string, value: Value | undefined, none: boolean): Value | null | undefined {
  if (none && value !== undefined) throw new UsageError(`--${name} and --no-${name} contradict each other.`)
  return none ? null : value
}

/** A test laboratory's EID that is let pass is remarked on: it may be mistyped all the same. */
export async function remarkOnEid({ db }: Pick<Deployment, 'db'>, out: Output, eid: Eid | undefined): Promise<void> {
  if (eid && !eidCheckDigitsHold(eid) && (await readEidPolicy(db)) === 'warn')
    out.note(`The check digits of the EID ${eid} do not fit: was it typed right?`)
}

const orderOptions = {
  eid: option('EID', 'For this eUICC alone', SpacedEid),
  'confirmation-code': option('CODE', 'The customer must type it', ConfirmationCode),
  'make-confirmation-code': flag('Make one for each, whatever the type asks'),
  'no-confirmation-code': flag('None, even where the type asks for one'),
  'code-tries': option('N', 'Wrong codes after which the order ends; else as the type has it', number(ConfirmationLimit)),
  'matching-id': option('ID', 'Instead of a random one: capital letters, digits and dashes', MatchingId),
  'default-smdp': flag('A default SM-DP+ order: without matching ID, the device of --eid finds it by itself'),
  smds: option('ADDRESS', 'The SM-DS on which the device of --eid finds the order by itself', SmdsAddress),
  expires: option('TIME', 'Until when: 2026-12-31, 2026-12-31T18:00, 30d or 12h', Expiry(new Date())),
  'no-expires': flag('Without end, even where the type says how long'),
  'no-release': flag('Confirm the order only; release lets the device download later'),
  email: option('E-MAIL', 'The customer’s', CustomerEmail),
  reference: option('TEXT', 'What you call the order, up to 64 characters', Reference),
  language: option('LANGUAGE', 'Of the customer’s page and mails; else as the browser asks', OrderLanguage),
}

type Given = { [Name in keyof typeof orderOptions]: ReturnType<(typeof orderOptions)[Name]['read']> }

/** @throws UsageError */
function orderOf({ eid, email: customerEmail, reference, language, expires, ...given }: Given) {
  const { 'make-confirmation-code': make, 'default-smdp': defaultSmdp, 'matching-id': matchingId } = given
  const confirmationCode = unlessNone('confirmation-code', given['confirmation-code'], given['no-confirmation-code'])
  if (make && confirmationCode !== undefined) throw new UsageError('--make-confirmation-code contradicts the other option about the code.')
  if (defaultSmdp && matchingId) throw new UsageError('--default-smdp and --matching-id contradict each other.')
  if (defaultSmdp && given.smds) throw new UsageError('--default-smdp and --smds contradict each other.')
  if (given.smds && !eid) throw new UsageError('--smds needs the EID of the device: --eid.')
  if (defaultSmdp && !eid) throw new UsageError('--default-smdp needs the EID of the device: --eid.')
  return {
    eid,
    customerEmail,
    reference,
    language,
    matchingId: defaultSmdp ? noMatchingId : matchingId,
    smdsAddress: given.smds,
    confirmationCode,
    ...(make ? { makeConfirmationCode: 'always' as const } : {}),
    confirmationLimit: given['code-tries'],
    expiresAt: unlessNone('expires', expires, given['no-expires']),
    release: !given['no-release'],
  }
}

function tell(out: Output, { iccid, state, matchingId, activationCode, page, confirmationCode, expiresAt }: Issued): void {
  const code = confirmationCode ? { confirmationCode } : {}
  out.answer({ iccid, state, matchingId, activationCode, page, expiresAt, ...code }, () =>
    out.line([iccid, activationCode, ...(confirmationCode ? [confirmationCode] : []), page].join('  ')),
  )
}

const jsonHelp =
  'One JSON object a line: iccid, state, matchingId, activationCode, page, expiresAt, and confirmationCode where one was made'

const issueCodes = command({
  name: 'issue',
  verb: 'order:issue',
  forms: ['ICCID… [options]', '--type NAME --count N [options]'],
  summary: 'Issue profiles and print their activation codes and customers’ pages, all or none',
  notes: [
    'A matching ID can be given to a single profile only.',
    'What is left out is as the type has it. A confirmation code that is made is printed here and never again.',
  ],
  jsonHelp,
  options: {
    type: option('NAME', 'Take profiles of this type from stock', TypeInput.shape.name),
    count: option(
      'N',
      `How many, 1 (default) to ${most}`,
      number(z.int().min(1, 'At least one.').max(mostIssuedAtOnce, `At most ${most} at once.`)),
    ),
    ...orderOptions,
  },
  arguments: manyArguments('ICCID', Iccid),
  run: ({ options: { type, count, ...given }, arguments: iccids, out }) => {
    const wanted = chosen(iccids, type, count)
    const order = orderOf(given)
    return withRuntime(async deployment => {
      await remarkOnEid(deployment, out, order.eid)
      for (const issued of await issue(deployment.db, deployment.orders, { ...wanted, ...order })) tell(out, issued)
    })
  },
})

const confirmReservation = command({
  name: 'confirm',
  verb: 'order:issue',
  forms: ['ICCID [options]'],
  summary: 'Make the code of a profile that is reserved already, by bind or by another system',
  jsonHelp,
  options: orderOptions,
  arguments: oneArgument('ICCID', Iccid),
  run: ({ options: given, arguments: iccid, out }) => {
    const order = orderOf(given)
    return withRuntime(async deployment => {
      await remarkOnEid(deployment, out, order.eid)
      tell(out, await confirmReserved(deployment.db, deployment.orders, { iccid, ...order }))
    })
  },
})

export const issueCommands: Command[] = [issueCodes, confirmReservation]

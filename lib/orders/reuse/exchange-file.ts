import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { csvLine } from '@/lib/csv'
import { type Database, transaction } from '@/lib/db/pool'
import { countExchange, type ExchangeFilter, markExported, type ReplacementRow, readExchange } from '@/lib/db/replacement-rows'
import { FormError } from '@/lib/form-error'
import type { OrderContext } from '../context'

export type ExchangeInput = ExchangeFilter

const HEADING = ['old_iccid', 'new_iccid', 'old_imsi', 'new_imsi', 'msisdn', 'reference', 'at']

const cellsOf = ({ oldIccid, newIccid, oldImsi, newImsi, msisdn, reference, at }: ReplacementRow): string[] => [
  oldIccid,
  newIccid,
  oldImsi ?? '',
  newImsi ?? '',
  msisdn ?? '',
  reference ?? '',
  at.toISOString(),
]

const perStep = 1_000

/**
 * The file that tells the network's own systems which profile took another's place, as CSV, oldest first. What is in it counts as handed over once it has
 * been taken to its end: one that broke off leaves everything for the next.
 * @throws FormError when there is nothing to hand over; NotAllowed
 */
export async function* exchangeFile(
  db: Database,
  { actor, now }: Pick<OrderContext, 'actor' | 'now'>,
  input: ExchangeInput,
): AsyncGenerator<string> {
  requireMay(actor, 'order:replace')
  const { count, upTo } = await countExchange(db, input)
  if (upTo === null)
    throw new FormError(
      input.notExported ? 'Everything has been handed over: no profile was replaced since.' : 'No profile was replaced in this time.',
    )
  const target = 'exchange file'
  await audit(db, actor, 'order:replace', { target, result: 'begun', detail: { ...input, count } })
  yield csvLine(HEADING)
  const given: string[] = []
  for (let after = '0'; ; ) {
    const page = await readExchange(db, input, { after, upTo, limit: perStep })
    after = page.at(-1)?.id ?? after
    given.push(...page.map(({ id }) => id))
    if (page.length > 0) yield page.map(row => csvLine(cellsOf(row))).join('')
    if (page.length < perStep) break
  }
  await transaction(db, async tx => {
    await markExported(tx, given, { by: actor.name, at: now })
    await audit(tx, actor, 'order:replace', { target, detail: { ...input, rows: given.length } })
  })
}

import { readFile } from 'node:fs/promises'
import { TypeInput } from '@/lib/inventory/types'
import { type Bound, bind, bindFromStock, unbind } from '@/lib/orders/bind'
import { countWords } from '@/lib/orders/count-words'
import { readEidPolicy } from '@/lib/orders/eid-policy'
import { SpacedEid } from '@/lib/orders/order-fields'
import { type PairRow, readPairs } from '@/lib/orders/pairs/read-pairs'
import { Iccid } from '@/lib/rsp/identifiers'
import { STATE_MEANING } from '@/lib/rsp/lifecycle'
import { type Command, command, FilePath, oneArgument, option, twoArguments } from './command'
import { AlreadyTold, sentenceOf, UsageError } from './failure'
import { remarkOnEid } from './issue'
import type { Output } from './output'
import { type Deployment, withRuntime } from './with-runtime'

function tell(out: Output, bound: Bound): void {
  const { iccid, state, eid } = bound
  out.answer(bound, () =>
    out.line(eid ? `${iccid} is for the eUICC ${eid} alone (${state}).` : `${iccid} is for any eUICC (${state}). ${STATE_MEANING[state]}`),
  )
}

const bindOrders = command({
  name: 'bind',
  verb: 'order:bind',
  forms: ['ICCID EID', '--file FILE [--type NAME]'],
  summary: 'Make profiles one eUICC’s each: those in stock are reserved, orders that no device has taken changed',
  notes: [
    'FILE is a table of ICCIDs and EIDs, with a line of names or none; or of EIDs alone, whose profiles are taken from the type.',
    'Each row is bound by itself; the exit code is 1 when one could not be. `confirm` makes the code of a profile that is reserved.',
  ],
  jsonHelp: 'One JSON object a line: iccid, state, eid; of a file with the line too, or the line and its problem',
  options: {
    file: option('FILE', 'Bind the pairs of a table', FilePath),
    type: option('NAME', 'Where profiles of EIDs without ICCID are taken from', TypeInput.shape.name),
  },
  arguments: twoArguments('ICCID', Iccid, 'EID', SpacedEid),
  run: ({ options: { file, type }, arguments: pair, out }) => {
    if (file !== undefined && pair) throw new UsageError('Name one ICCID and its EID, or a file, not both.')
    if (file === undefined && !pair) throw new UsageError('ICCID and EID are missing.')
    return withRuntime(async deployment => {
      if (file !== undefined) return bindFile(deployment, file, type, out)
      const [iccid, eid] = pair ?? []
      if (!iccid || !eid) return
      await remarkOnEid(deployment, out, eid)
      tell(out, await bind(deployment.db, deployment.orders, { iccid, eid }))
    })
  },
})

async function bindFile(deployment: Deployment, file: string, type: string | undefined, out: Output): Promise<void> {
  const { rows, problems, warnings } = readPairs(await readFile(file), await readEidPolicy(deployment.db))
  for (const { line, sentence } of warnings) out.note(`Line ${line}: ${sentence}`)
  let failed = 0
  const refuse = (line: number, problem: string) => {
    failed++
    if (out.json) out.answer({ line, problem }, () => undefined)
    else out.note(`Line ${line}: ${problem}`)
  }
  for (const { line, sentence } of problems) refuse(line, sentence)
  let bound = 0
  for (const row of rows) {
    try {
      const done = await bindRow(deployment, row, type)
      bound++
      out.answer({ line: row.line, ...done }, () => out.line(`${done.iccid}  ${done.eid}  ${done.state}`))
    } catch (error) {
      refuse(row.line, sentenceOf(error))
    }
  }
  out.line(`${countWords(bound, 'profile')} bound${failed > 0 ? `, ${countWords(failed, 'row')} not` : ''}.`)
  if (failed > 0) throw new AlreadyTold()
}

function bindRow({ db, orders }: Deployment, { line: _, iccid, eid, ...customer }: PairRow, type: string | undefined): Promise<Bound> {
  if (!eid) throw new UsageError('There is no EID in this row.')
  if (iccid) return bind(db, orders, { iccid, eid, ...customer })
  if (type === undefined) throw new UsageError('There is no ICCID in this row: name the type from which a profile is taken, with --type.')
  return bindFromStock(db, orders, { type, eid, ...customer })
}

const unbindOrder = command({
  name: 'unbind',
  verb: 'order:bind',
  forms: ['ICCID'],
  summary: 'Let any eUICC have a profile that was bound to one',
  options: {},
  arguments: oneArgument('ICCID', Iccid),
  run: ({ arguments: iccid, out }) => withRuntime(async ({ db, orders }) => tell(out, await unbind(db, orders, { iccid }))),
})

export const bindCommands: Command[] = [bindOrders, unbindOrder]

import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { defineTask, startTask } from '@/lib/accounts/tasks'
import { StaleState } from '@/lib/db/move-profile'
import { type Database, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { Eid, Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import { bind } from './bind'
import type { OrderContext } from './context'
import { countWords } from './count-words'
import { orderContext } from './order-context'
import { customerFields } from './order-fields'
import { refusalSentence } from './refusal-sentence'

const BindRow = z.object({ iccid: Iccid, eid: Eid, ...customerFields })

export const BindManyInput = z.object({ rows: z.array(BindRow).min(1).max(20_000) })
export type BindManyInput = z.infer<typeof BindManyInput>

const mostSentences = 100

/** What stands against binding one row, in words; anything else is no matter of the row. */
function problemOf(iccid: Iccid, error: unknown): string {
  if (error instanceof RspError) return refusalSentence({ iccid, refusal: error })
  if (error instanceof FormError || error instanceof StaleState) return `${iccid}: ${error.message}`
  throw error
}

/** Binds pair after pair, each by itself; begun again, it finds those that are bound as they should be. */
export const bindRows = defineTask<BindManyInput>({
  kind: 'order:bind',
  schema: BindManyInput,
  title: ({ rows }) => `Bind ${countWords(rows.length, 'profile')} to their devices`,
  verb: 'order:bind',
  run: async ({ db, vault, actor, now, addresses }, { rows }, report) => {
    report.total(rows.length)
    let bound = 0
    const failures: string[] = []
    let failed = 0
    for (const row of rows) {
      if (await report.cancelled()) break
      try {
        await bind(db, await orderContext({ db, vault, actor, now: now() }, addresses), row)
        bound++
        report.done()
      } catch (error) {
        const problem = problemOf(row.iccid, error)
        failed++
        if (failures.length < mostSentences) failures.push(problem)
        report.failed()
      }
    }
    const rest = failed > 0 ? ` ${countWords(failed, 'profile')} could not be, and stay as they are.` : ''
    report.result({ sentence: `${countWords(bound, 'profile')} bound.${rest}`, failures })
  },
})

/** Begins to bind profiles to devices in the background. @returns the task's id. @throws NotAllowed */
export function startBinding(db: Database, { actor }: Pick<OrderContext, 'actor'>, input: BindManyInput): Promise<string> {
  requireMay(actor, 'order:bind')
  return transaction(db, tx => startTask(tx, actor, bindRows, input))
}

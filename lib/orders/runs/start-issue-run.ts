import { randomUUID } from 'node:crypto'
import { requireMay } from '@/lib/accounts/actor'
import { startTask } from '@/lib/accounts/tasks'
import { profileTypeExists } from '@/lib/db/order-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { ALL_PROFILES, countAll } from '@/lib/db/portal/profile-list'
import { wholeRun } from '@/lib/db/run-code-rows'
import { insertRun, setRunTask } from '@/lib/db/run-rows'
import { FormError } from '@/lib/form-error'
import type { OrderContext } from '../context'
import { countWords } from '../count-words'
import { eidProblem, readEidPolicy } from '../eid-policy'
import { issueRunTask } from './issue-run'
import { type IssueRunInput, type IssueRunRow, type IssueRunTask, mostInRun } from './issue-run-input'
import { keepRunCode } from './run-codes'

const mostTaskBytes = 4 * 1_048_576

/**
 * Begins to issue in the background, with an order for each profile, and answers the run that they belong to.
 * @throws FormError when there is nothing to issue, too much, or a row that cannot be; NotAllowed
 */
export async function startIssueRun(db: Database, ctx: OrderContext, input: IssueRunInput): Promise<{ runId: string; taskId: string }> {
  requireMay(ctx.actor, 'order:issue')
  if (input.expiresAt && input.expiresAt <= ctx.now)
    throw new FormError('The expiry lies in the past.', { expiresAt: 'Choose a later time' })
  const { what, wanted, type } = await examine(db, input)
  const runId = randomUUID()
  const { confirmationCode, confirmationLimit, expiresAt, release, defaultSmdp, reference, language } = input
  const same = typeof confirmationCode === 'object' ? confirmationCode.same : undefined
  const task: IssueRunTask = {
    runId,
    title: input.title ?? `Issue ${countWords(wanted, 'code')}${type ? ` of ${type}` : ''}`,
    wanted,
    terms: {
      confirmationCode: typeof confirmationCode === 'object' ? 'same' : confirmationCode,
      confirmationLimit,
      expiresAt,
      release,
      defaultSmdp,
      reference,
      language,
    },
    what,
  }
  if (JSON.stringify(task).length > mostTaskBytes)
    throw new FormError('These rows are too much for one run. Divide the file, and issue the parts one after the other.')
  return transaction(db, async tx => {
    await insertRun(tx, {
      id: runId,
      type,
      title: task.title,
      wanted,
      confirmationCodes: confirmationCode === 'each',
      createdAt: ctx.now,
      createdBy: ctx.actor.name,
    })
    if (same !== undefined) await keepRunCode(tx, ctx.vault, runId, wholeRun, same)
    return { runId, taskId: await begin(tx, ctx, runId, task) }
  })
}

async function begin(tx: Transaction, { actor }: OrderContext, runId: string, task: IssueRunTask): Promise<string> {
  const taskId = await startTask(tx, actor, issueRunTask, task)
  await setRunTask(tx, runId, taskId)
  return taskId
}

interface Examined {
  what: IssueRunTask['what']
  wanted: number
  type: string | undefined
}

async function examine(db: Database, input: IssueRunInput): Promise<Examined> {
  if (input.defaultSmdp && !('rows' in input && input.rows.every(({ eid }) => eid)))
    throw new FormError('Orders without a matching ID are found by the EID of their device: give rows with an EID each.')
  if ('rows' in input) return examineRows(db, input.rows, input.type)
  if ('count' in input) {
    const { type, count } = input
    await requireType(db, type)
    const available = await countAvailable(db, type)
    if (available < count)
      throw new FormError(`${type} has ${available.toLocaleString('en-GB')} in stock, ${count.toLocaleString('en-GB')} were asked for.`, {
        count: `${available.toLocaleString('en-GB')} at most`,
      })
    return { what: { type, count }, wanted: count, type }
  }
  const { view, asOf } = input
  const all = view.states.length === 0 || view.states.includes('Available')
  const wanted = all ? (await countAll(db, { ...view, states: ['Available'], asOf })).Available : 0
  if (wanted === 0) throw new FormError('There is no profile in stock among these.')
  if (wanted > mostInRun)
    throw new FormError(`These are ${countWords(wanted, 'profile')}; at most ${mostInRun.toLocaleString('en-GB')} can be issued at once.`)
  return { what: { view, asOf }, wanted, type: view.type }
}

async function examineRows(db: Database, rows: IssueRunRow[], type: string | undefined): Promise<Examined> {
  if (type !== undefined) await requireType(db, type)
  const drawing = rows.filter(({ iccid }) => !iccid)
  if (drawing.length > 0 && type === undefined)
    throw new FormError('Some rows name no ICCID: choose the profile type from which their profiles are taken.', { type: 'Choose a type' })
  const named = rows.filter(({ iccid }) => iccid)
  if (new Set(named.map(({ iccid }) => iccid)).size < named.length) throw new FormError('An ICCID is named twice: each can have one order.')
  const policy = await readEidPolicy(db)
  const wrong = rows.filter(({ eid }) => eid && eidProblem(eid, policy))
  if (wrong[0]?.eid)
    throw new FormError(`The check digits of ${countWords(wrong.length, 'EID')} do not fit, such as ${wrong[0].eid}: a digit is mistyped.`)
  if (type !== undefined && drawing.length > 0) {
    const available = await countAvailable(db, type)
    if (available < drawing.length)
      throw new FormError(
        `${type} has ${available.toLocaleString('en-GB')} in stock, the rows need ${drawing.length.toLocaleString('en-GB')}.`,
      )
  }
  return {
    what: { rows: [...named, ...drawing], ...(type === undefined ? {} : { type }) },
    wanted: rows.length,
    type: drawing.length > 0 ? type : undefined,
  }
}

const countAvailable = async (db: Database, type: string): Promise<number> =>
  (await countAll(db, { ...ALL_PROFILES, states: ['Available'], type })).Available

async function requireType(db: Database, type: string): Promise<void> {
  if (!(await profileTypeExists(db, type))) throw new FormError(`There is no profile type ${type}.`, { type: 'Choose a type' })
}

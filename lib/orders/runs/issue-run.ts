import { audit } from '@/lib/accounts/audit'
import { defineTask, type TaskContext } from '@/lib/accounts/tasks'
import { transaction } from '@/lib/db/pool'
import { readRunCodesOf, removeWholeRunCode, runCodeIdentity, wholeRun } from '@/lib/db/run-code-rows'
import { lockRun, markRunCodes } from '@/lib/db/run-rows'
import { FormError } from '@/lib/form-error'
import type { Report } from '@/lib/jobs/task'
import { countWords } from '../count-words'
import { type Issued, type IssueTerms, issueOrders } from '../issue-orders'
import { noMatchingId } from '../matching-id'
import { orderContext } from '../order-context'
import { refusalSentence } from '../refusal-sentence'
import { IssueRunTask } from './issue-run-input'
import { keepRunCodes } from './run-codes'
import { type Step, type StepsOf, stepsOf } from './run-steps'

const mostSentences = 100

/** What a run says of those that it could not issue. */
interface Failures {
  count: number
  sentences: string[]
}

/**
 * Issues the orders of a run in steps, each a short transaction. Orders carry the run and have ids that follow from it: begun again, it finds what is
 * done, and of two that would issue at once one waits for the other.
 */
export const issueRunTask = defineTask<IssueRunTask>({
  kind: 'order:issue',
  schema: IssueRunTask,
  title: ({ title }) => title,
  verb: 'order:issue',
  run: async (context, run, report) => {
    const terms = { ...(await termsOf(context, run)), runId: run.runId }
    const failures: Failures = { count: 0, sentences: [] }
    let issued = 0
    report.total(run.wanted)
    const fail = (sentence: string, count = 1) => {
      failures.count += count
      if (failures.sentences.length < mostSentences) failures.sentences.push(sentence)
      report.failed(count)
    }
    const nextStep = stepsOf(context.db, run)
    let ended = false
    while (!ended && !(await report.cancelled())) {
      const step = await issueStep(context, run, terms, nextStep)
      issued = step.before + step.issued
      report.done(step.issued + step.found)
      for (const { sentence, count } of step.failed) fail(sentence, count)
      ended = step.ended
    }
    if (ended) await removeWholeRunCode(context.db, run.runId)
    tell(report, run, issued, failures)
  },
})

function tell(report: Report, { runId, wanted }: IssueRunTask, issued: number, { count, sentences }: Failures): void {
  const left = wanted - issued
  const rest = left <= 0 ? '' : count > 0 ? ` ${countWords(left, 'profile')} could not be.` : ` ${countWords(left, 'profile')} were not.`
  report.result({
    sentence: `${countWords(issued, 'code')} issued.${rest}${sentences[0] ? ` ${sentences[0]}` : ''}`,
    link: { href: `/orders/runs/${runId}`, name: 'Open the run' },
    failures: sentences,
  })
}

async function termsOf({ db, vault }: TaskContext, { runId, terms }: IssueRunTask): Promise<IssueTerms> {
  const { confirmationCode, expiresAt, release, defaultSmdp } = terms
  const common: IssueTerms = { expiresAt, release, ...(defaultSmdp ? { matchingId: noMatchingId } : {}) }
  if (confirmationCode === 'none') return { ...common, confirmationCode: null }
  if (confirmationCode !== 'same') return { ...common, makeConfirmationCode: confirmationCode === 'each' ? 'always' : true }
  const [kept] = await readRunCodesOf(db, runId, [wholeRun])
  if (!kept) throw new FormError('The confirmation code of these orders is not kept any more. Begin again with those that were not issued.')
  await vault.load(kept.sealed)
  return { ...common, confirmationCode: vault.open(kept.sealed, runCodeIdentity(runId, wholeRun)).toString('utf8') }
}

interface StepOutcome extends Pick<Step, 'found' | 'failed' | 'ended'> {
  /** Orders that the run had before */
  before: number
  issued: number
}

const issueStep = (context: TaskContext, { runId }: IssueRunTask, terms: IssueTerms, next: StepsOf): Promise<StepOutcome> =>
  transaction(context.db, async tx => {
    const run = await lockRun(tx, runId)
    if (!run) throw new FormError('The run is not there any more.')
    const { orders, found, failed, ended } = await next(tx, run.issued)
    const ctx = await orderContext({ ...context, now: context.now() }, context.addresses)
    const issued: Issued[] = []
    const refused = [...failed]
    for (const one of await issueOrders(tx, ctx, orders, terms)) {
      if (one.refusal) refused.push({ sentence: refusalSentence(one), count: 1 })
      else issued.push(one.issued)
    }
    await keepMade(tx, context, runId, issued)
    const [first, last] = [issued[0]?.iccid, issued.at(-1)?.iccid]
    if (first) await audit(tx, ctx.actor, 'order:issue', { target: `run ${runId}`, detail: { issued: issued.length, first, last } })
    return { before: run.issued, issued: issued.length, found, failed: refused, ended }
  })

async function keepMade(tx: Parameters<typeof keepRunCodes>[0], { vault }: TaskContext, runId: string, issued: Issued[]): Promise<void> {
  const made = issued.flatMap(({ iccid, confirmationCode: code }) => (code ? [{ iccid, code }] : []))
  if (made.length === 0) return
  await keepRunCodes(tx, vault, runId, made)
  await markRunCodes(tx, runId)
}

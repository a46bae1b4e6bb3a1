import { type Database, transaction } from '@/lib/db/pool'
import { beginTask, endTask, putTaskBack } from '@/lib/db/task-rows'
import { failureSentence, mayPass, ServerStops } from './failure'
import { Progress } from './progress'
import type { RunnableTask } from './task'

interface Options<Context> {
  id: string
  contextOf(startedBy: string): Promise<Context>
  signal: AbortSignal
}

/**
 * Runs a task to its end and writes what came of it: done, cancelled, or failed with a sentence. When the server stops it is put
 * back, to be run again from its beginning.
 * @throws what may pass, to be tried again
 */
export async function runTask<Context>(
  db: Database,
  task: RunnableTask<Context>,
  { id, contextOf, signal }: Options<Context>,
): Promise<void> {
  const begun = await beginTask(db, id)
  if (!begun) return
  const progress = new Progress(db, id, signal, begun.cancelRequested)
  let problem: unknown
  try {
    const { value } = begun.input as { value: unknown }
    if (!(await progress.cancelled())) await task.perform(await contextOf(begun.startedBy), value, progress)
  } catch (error) {
    problem = error ?? new Error('A task threw nothing.')
  }
  const { cancelled, ...reported } = await progress.close()
  if (problem === undefined) return endTask(db, id, { ...reported, state: cancelled ? 'cancelled' : 'done' })
  if (problem instanceof ServerStops) return transaction(db, tx => putTaskBack(tx, id, task.kind))
  if (mayPass(problem)) throw problem
  return endTask(db, id, { ...reported, state: 'failed', failure: failureSentence(problem, `task ${task.kind}`) })
}

import { one, openDatabase } from '@/lib/db/pool'
import { readTask } from '@/lib/db/portal/tasks'
import { runDetail } from '@/lib/db/run-rows'
import { openVault } from '@/lib/vault/vault'
import { orderContext } from '../order-context'
import { issueRunTask } from '../runs/issue-run'
import { IssueRunInput } from '../runs/issue-run-input'
import { startIssueRun } from '../runs/start-issue-run'
import type { IssueFigures, RoleInput } from './figures'
import { typeName } from './stock'
import { actor, addresses, silent, taskContext, watched } from './watch'

/** Issues the codes as the background does. */
export async function issueRole({ url, dataDir, codes }: RoleInput): Promise<IssueFigures> {
  const db = openDatabase(url, { maxConnections: 4 })
  const vault = await openVault(db, dataDir)
  const ctx = await orderContext({ db, vault, actor, now: new Date() }, addresses)
  let runId = ''
  const figures = await watched(async () => {
    const started = await startIssueRun(db, ctx, IssueRunInput.parse({ type: typeName, count: codes }))
    runId = started.runId
    const task = await readTask(db, started.taskId)
    const input = await one<{ input: { value: unknown } }>(db, { text: 'SELECT input FROM task WHERE id = $1', values: [task?.id] })
    await issueRunTask.perform(taskContext(db, vault, dataDir), input?.input.value, silent())
  })
  const run = await runDetail(db, runId)
  await db.close()
  return { ...figures, runId, issued: run?.issued ?? 0 }
}

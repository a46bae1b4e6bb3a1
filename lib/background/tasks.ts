import { verifyAuditChain } from '@/lib/accounts/audit-chain/background'
import type { AnyTask } from '@/lib/accounts/tasks'
import { restoreMatching, retireMatching } from '@/lib/inventory/retire'
import { bindRows } from '@/lib/orders/bind-many'
import { cancelMatching } from '@/lib/orders/cancel-matching'
import { makeDocument } from '@/lib/orders/documents/document-task'
import { mailRunLinks } from '@/lib/orders/links/mail-run-links'
import { releaseRunTask } from '@/lib/orders/release-many'
import { issueRunTask } from '@/lib/orders/runs/issue-run'

/** Everything that a person can start and follow in the background; the kinds are in the rows of `task` for ever. */
export const TASKS: readonly AnyTask[] = [
  retireMatching,
  restoreMatching,
  issueRunTask,
  bindRows,
  cancelMatching,
  releaseRunTask,
  mailRunLinks,
  makeDocument,
  verifyAuditChain,
]

'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import { startCancelling } from '@/lib/orders/cancel-many'
import { FINAL_STATUS } from '@/lib/orders/cancel-order'
import { DocumentRequest } from '@/lib/orders/documents/document-options'
import { startDocument } from '@/lib/orders/documents/documents'
import { startMailingLinks } from '@/lib/orders/links/mail-run-links'
import { orderContext } from '@/lib/orders/order-context'
import { startReleasing } from '@/lib/orders/release-many'
import { IssueRunInput } from '@/lib/orders/runs/issue-run-input'
import { forgetRunCodes } from '@/lib/orders/runs/run-codes'
import { startIssueRun } from '@/lib/orders/runs/start-issue-run'

const Run = z.object({ runId: z.uuid() })

/** Begins to issue codes in the background. */
export const startRun = operatorAction('order:issue', IssueRunInput, async (input, context) => {
  // What a view shows is meant as of now by this server's clock, not the browser's.
  const asked = 'view' in input ? { ...input, asOf: context.now } : input
  const { runId } = await startIssueRun(context.db, await orderContext(context), asked)
  return { runId }
})

/** Begins to cancel what is left of a run. */
export const cancelRun = operatorAction(
  'order:cancel',
  Run.extend({ finalProfileStatusIndicator: z.enum(FINAL_STATUS) }),
  async ({ runId, finalProfileStatusIndicator }, { db, actor, now }) => ({
    task: await startCancelling(db, { actor, now }, { runId }, finalProfileStatusIndicator),
  }),
)

/** Begins to release what waits for it of a run. */
export const releaseRun = operatorAction('order:release', Run, async ({ runId }, { db, actor, now }) => ({
  task: await startReleasing(db, { actor, now }, runId),
}))

/** Begins to mail the links of a run to those whose address is known. */
export const mailRun = operatorAction('link:write', Run, async ({ runId }, { db, actor, now }) => ({
  task: await startMailingLinks(db, { actor, now }, runId),
}))

/** Begins to make a file of a run in the background. */
export const makeFile = operatorAction('order:codes', DocumentRequest, async (input, { db, actor, now }) => {
  await startDocument(db, { actor, now }, input)
})

/** The confirmation codes of a run have been saved: from here on nobody can see them again. */
export const forgetCodes = operatorAction('order:codes', Run, async ({ runId }, { db, actor, now }) => {
  await forgetRunCodes(db, { actor, now }, runId)
})

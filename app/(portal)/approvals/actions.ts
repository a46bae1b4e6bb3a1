'use server'

import { z } from 'zod'
import { approveLifting, declineLifting } from '@/lib/accounts/approvals/settings'
import { operatorAction } from '@/lib/action'
import { readApproval } from '@/lib/db/approval-rows'
import { FormError } from '@/lib/form-error'
import { decideBatchApproval } from '@/lib/inventory/batches/approve-batch'
import { decideTransportKey } from '@/lib/inventory/transport-keys'
import { orderContext } from '@/lib/orders/order-context'
import { decidePastPolicy } from '@/lib/orders/reuse/past-policy'

const DecisionInput = z.object({ approvalId: z.uuid(), decision: z.enum(['approved', 'declined', 'withdrawn']) })

interface Decided {
  decision: z.infer<typeof DecisionInput>['decision']
  /** Of the code that was made with the approval, because its type asks for one: told here and never again */
  confirmationCode?: string
}

/** Decides a request; what was approved is done with it. */
export const decide = operatorAction('approval:decide', DecisionInput, async ({ approvalId, decision }, context): Promise<Decided> => {
  const { db, actor, vault, now, env } = context
  const request = await readApproval(db, approvalId)
  switch (request?.kind) {
    case 'batch:approve':
      await decideBatchApproval(db, { actor, now, vault, dataDir: env.dataDir }, approvalId, decision)
      break
    case 'transport-key':
      await decideTransportKey(db, { actor }, approvalId, decision)
      break
    case 'order:past-policy': {
      const issued = await decidePastPolicy(db, await orderContext(context), approvalId, decision)
      return { decision, ...(issued?.confirmationCode ? { confirmationCode: issued.confirmationCode } : {}) }
    }
    case 'approval:free':
      if (decision === 'approved') await approveLifting(db, actor, approvalId)
      else await declineLifting(db, actor, approvalId, decision)
      break
    default:
      throw new FormError('There is no such request any more.')
  }
  return { decision }
})

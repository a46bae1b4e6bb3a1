'use server'

import { z } from 'zod'
import { OPTIONAL_KINDS } from '@/lib/accounts/approvals/kinds'
import { requireApproval } from '@/lib/accounts/approvals/settings'
import { operatorAction } from '@/lib/action'

const RuleInput = z.object({ kind: z.enum(OPTIONAL_KINDS), required: z.boolean() })

/** Switches a rule on, or asks a second person to switch it off. */
export const changeRule = operatorAction('settings:write', RuleInput, async ({ kind, required }, { db, actor }) => {
  const { state } = await requireApproval(db, actor, kind, required)
  return { kind, state }
})

'use server'

import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { verifyAuditChain } from '@/lib/accounts/audit-chain/background'
import { readable } from '@/lib/accounts/audit-export'
import { startTask } from '@/lib/accounts/tasks'
import { operatorAction } from '@/lib/action'
import { readAuditRow } from '@/lib/db/audit-rows'
import { transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'

/** Begins to verify the chain in the background. */
export const verifyNow = operatorAction(
  'audit:read',
  z.object({}),
  (_, { db, actor }): Promise<{ task: string }> =>
    transaction(db, async tx => ({ task: await startTask(tx, actor, verifyAuditChain, {}) })),
)

/** Shows the whole EIDs of one row to somebody who sees their ends; that they asked is audited. */
export const revealRow = operatorAction(
  'identity:reveal',
  z.object({ id: z.string().regex(/^[1-9][0-9]{0,17}$/) }),
  ({ id }, { db, actor }): Promise<{ target: string | null; detail: unknown }> => {
    requireMay(actor, 'audit:read')
    return transaction(db, async tx => {
      const row = await readAuditRow(tx, id)
      const [whole] = row ? await readable(tx, { role: 'administrator' }, [row]) : []
      if (!whole) throw new FormError('There is no such row in the audit.')
      await audit(tx, actor, 'identity:reveal', { target: `audit row ${id}` })
      return { target: whole.target, detail: whole.detail }
    })
  },
)

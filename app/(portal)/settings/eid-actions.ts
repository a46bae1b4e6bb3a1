'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import { EidPolicy, writeEidPolicy } from '@/lib/orders/eid-policy'

export const setEidPolicy = operatorAction('settings:write', z.object({ policy: EidPolicy }), async ({ policy }, { db, actor }) => {
  await writeEidPolicy(db, actor, policy)
  return { policy }
})

'use server'

import { z } from 'zod'
import { setSupportSeesCodes } from '@/lib/accounts/sight'
import { operatorAction } from '@/lib/action'

export const setCodesForSupport = operatorAction('settings:write', z.object({ seen: z.boolean() }), async ({ seen }, { db, actor }) => {
  await setSupportSeesCodes(db, actor, seen)
  return { seen }
})

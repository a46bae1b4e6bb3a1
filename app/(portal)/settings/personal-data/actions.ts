'use server'

import { z } from 'zod'
import { CLOCK_KINDS, mostDays, setClock } from '@/lib/accounts/personal-data/clocks'
import { eraseSubscriber } from '@/lib/accounts/personal-data/erase-subscriber'
import { lookUpSubscriber } from '@/lib/accounts/personal-data/look-up-subscriber'
import { SubjectInput } from '@/lib/accounts/personal-data/subject'
import { operatorAction } from '@/lib/action'

export const lookUp = operatorAction('personal:export', SubjectInput, async (subject, { db, actor }) => ({
  subject,
  summary: await lookUpSubscriber(db, actor, subject),
}))

export const erase = operatorAction(
  'personal:erase',
  z.object({ subject: SubjectInput, spareLive: z.boolean() }),
  ({ subject, spareLive }, { db, actor }) => eraseSubscriber(db, actor, subject, { spareLive }),
)

const Days = z
  .int('A whole number of days is expected.')
  .min(1, 'At least one day.')
  .max(mostDays, 'That is for ever: leave the number empty.')

export const keepFor = operatorAction(
  'settings:write',
  z.object({ kind: z.enum(CLOCK_KINDS), days: Days.nullable() }),
  async ({ kind, days }, { db, actor, now }) => {
    await setClock(db, actor, kind, days, now)
    return { days }
  },
)

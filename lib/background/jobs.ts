import { z } from 'zod'
import type { JobContext } from '@/lib/accounts/tasks'
import { MAIL_JOB, removeOldMails } from '@/lib/db/outbox-rows'
import { removeOldTasks } from '@/lib/db/task-rows'
import type { Env } from '@/lib/env'
import { alertOfStock } from '@/lib/inventory/stock-levels/alerts'
import { TryAgain } from '@/lib/jobs/failure'
import { defineJob, type Job } from '@/lib/jobs/job'
import { deliverMail } from '@/lib/mail/deliver-mail'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const keepTasksDays = 90
const keepMailsDays = 365

/** Everything that runs in the background and that no person follows. */
export const jobsOf = ({ mail, portalUrl }: Pick<Env, 'mail' | 'portalUrl'>): Job<JobContext>[] => [
  defineJob({
    name: MAIL_JOB,
    schema: z.object({ mail: z.uuid() }),
    run: async ({ db }: JobContext, { mail: id }, { isLast }) => {
      const later = await deliverMail(db, id, { settings: mail, isLast })
      if (later) throw new TryAgain(later)
    },
  }),
  defineJob({
    name: 'stock-alerts',
    schema: z.object({}),
    everyMs: 5 * minuteMs,
    run: ({ db, now }: JobContext) => alertOfStock(db, { now: now(), portalUrl }),
  }),
  defineJob({
    name: 'tidy-background',
    schema: z.object({}),
    everyMs: dayMs,
    run: async ({ db, now }: JobContext) => {
      await removeOldTasks(db, new Date(now().getTime() - keepTasksDays * dayMs))
      await removeOldMails(db, new Date(now().getTime() - keepMailsDays * dayMs))
    },
  }),
]

import { z } from 'zod'
import { sealAuditRows } from '@/lib/accounts/audit-chain/background'
import type { JobContext } from '@/lib/accounts/tasks'
import { removeOldDocuments } from '@/lib/db/document-rows'
import { MAIL_JOB, removeOldMails } from '@/lib/db/outbox-rows'
import { removeOldTasks } from '@/lib/db/task-rows'
import type { Env } from '@/lib/env'
import { alertOfStock } from '@/lib/inventory/stock-levels/alerts'
import { TryAgain } from '@/lib/jobs/failure'
import { defineJob, type Job } from '@/lib/jobs/job'
import { deliverMail } from '@/lib/mail/deliver-mail'
import { completeMail } from '@/lib/orders/links/link-in-mail'
import { sweepRunCodes } from '@/lib/orders/runs/run-codes'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const keepTasksDays = 90
const keepMailsDays = 365

/** Everything that runs in the background and that no person follows. */
export const jobsOf = ({ mail, portalUrl, customerUrl }: Pick<Env, 'mail' | 'portalUrl' | 'customerUrl'>): Job<JobContext>[] => [
  sealAuditRows,
  defineJob({
    name: MAIL_JOB,
    schema: z.object({ mail: z.uuid() }),
    run: async ({ db, vault }: JobContext, { mail: id }, { isLast }) => {
      const complete = completeMail({ db, vault, customerUrl })
      const later = await deliverMail(db, id, { settings: mail, isLast, complete })
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
    name: 'tidy-documents',
    schema: z.object({}),
    everyMs: 10 * minuteMs,
    run: async ({ db, now }: JobContext) => {
      await removeOldDocuments(db, now())
    },
  }),
  defineJob({
    name: 'forget-run-codes',
    schema: z.object({}),
    everyMs: 15 * minuteMs,
    run: async ({ db, now }: JobContext) => {
      await sweepRunCodes(db, now())
    },
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

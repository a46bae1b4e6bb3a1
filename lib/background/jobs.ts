import { z } from 'zod'
import { sealAuditRows } from '@/lib/accounts/audit-chain/background'
import { completePasswordLink } from '@/lib/accounts/password-link-mail'
import { runRetentionClocks } from '@/lib/accounts/personal-data/clock-job'
import type { JobContext } from '@/lib/accounts/tasks'
import { followAttempts } from '@/lib/db/attempts/follow-attempts'
import { endSilentAttempts } from '@/lib/db/attempts/silent-attempts'
import { removeOldDocuments } from '@/lib/db/document-rows'
import { MAIL_JOB } from '@/lib/db/outbox-rows'
import { removeOldTasks } from '@/lib/db/task-rows'
import type { Env } from '@/lib/env'
import { alertOfStock } from '@/lib/inventory/stock-levels/alerts'
import { TryAgain } from '@/lib/jobs/failure'
import { defineJob, type Job } from '@/lib/jobs/job'
import { deliverMail } from '@/lib/mail/deliver-mail'
import { completeMail } from '@/lib/orders/links/link-in-mail'
import { sweepRunCodes } from '@/lib/orders/runs/run-codes'
import { REGISTER_EVENT_JOB } from '@/lib/orders/smds-event'
import { tidyMessages } from '@/lib/partners/messages/tidy'
import { RspError } from '@/lib/rsp/status'
import { deleteEndedEvent, endedEvents } from '@/lib/smdp/es12/delete-ended'
import { deleteLeftEvent } from '@/lib/smdp/es12/left-events'
import { eventRegistrar } from '@/lib/smdp/es12/process-registrar'
import { registerWaiting } from '@/lib/smdp/es12/register-waiting'
import { whyNotDone } from '@/lib/smdp/es12/registrar'

const secondMs = 1_000
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const keepTasksDays = 90

const deleteEnded = endedEvents()

/** Everything that runs in the background and that no person follows. */
export const jobsOf = ({ mail, portalUrl, customerUrl }: Pick<Env, 'mail' | 'portalUrl' | 'customerUrl'>): Job<JobContext>[] => [
  sealAuditRows,
  runRetentionClocks,
  defineJob({
    name: MAIL_JOB,
    schema: z.object({ mail: z.uuid() }),
    run: async ({ db, vault, now }: JobContext, { mail: id }, { isLast }) => {
      const complete = async (text: string) => {
        const done = await completePasswordLink({ db, portalUrl, now })(text)
        return 'failure' in done ? done : completeMail({ db, vault, customerUrl })(done.text)
      }
      const later = await deliverMail(db, id, { settings: mail, isLast, complete })
      if (later) throw new TryAgain(later)
    },
  }),
  defineJob({
    name: 'follow-attempts',
    schema: z.object({}),
    everyMs: secondMs,
    run: async ({ db }: JobContext, _, { signal }) => {
      await followAttempts(db, { signal })
    },
  }),
  defineJob({
    name: 'end-silent-attempts',
    schema: z.object({}),
    everyMs: minuteMs,
    run: ({ db }: JobContext) => endSilentAttempts(db),
  }),
  defineJob({
    name: 'stock-alerts',
    schema: z.object({}),
    everyMs: 5 * minuteMs,
    run: ({ db, now }: JobContext) => alertOfStock(db, { now: now(), portalUrl }),
  }),
  defineJob({
    name: REGISTER_EVENT_JOB,
    schema: z.object({ order: z.uuid() }),
    run: async ({ db }: JobContext, { order: orderId }, { attempt }) => {
      await registerWaiting(db, eventRegistrar(), { orderId, again: attempt > 1 }).catch(error => {
        throw error instanceof RspError ? new TryAgain(whyNotDone(error)) : error
      })
    },
  }),
  defineJob({
    name: 'delete-events',
    schema: z.object({}),
    everyMs: 3 * secondMs,
    run: ({ db, now }: JobContext, _, { signal }) => deleteEnded(db, { registrar: eventRegistrar, now, signal }),
  }),
  deleteEndedEvent(eventRegistrar),
  deleteLeftEvent(eventRegistrar),
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
    name: 'tidy-messages',
    schema: z.object({}),
    everyMs: 10 * minuteMs,
    run: ({ db, now }: JobContext) => tidyMessages(db, now()),
  }),
  defineJob({
    name: 'tidy-background',
    schema: z.object({}),
    everyMs: dayMs,
    run: async ({ db, now }: JobContext) => {
      await removeOldTasks(db, new Date(now().getTime() - keepTasksDays * dayMs))
    },
  }),
]

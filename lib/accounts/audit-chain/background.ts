import { z } from 'zod'
import { lastLink } from '@/lib/db/audit-link-rows'
import { defineJob } from '@/lib/jobs/job'
import { defineTask, type JobContext } from '../tasks'
import { keepVerdict, verdictSentence } from './chain-state'
import { sealAudit } from './sealer'
import { verifyAudit } from './verify'

const sealEveryMs = 3_000

/** Seals what was written since the last time. */
export const sealAuditRows = defineJob({
  name: 'seal-audit',
  schema: z.object({}),
  everyMs: sealEveryMs,
  run: async ({ db }: JobContext, _, { signal }) => {
    await sealAudit(db, { signal })
  },
})

/** Verifies the whole chain, for a person who follows it. */
export const verifyAuditChain = defineTask({
  kind: 'audit:verify',
  verb: 'audit:read',
  schema: z.object({}),
  title: () => 'Verify the audit',
  run: async ({ db, actor }, _, report) => {
    report.total((await lastLink(db))?.place ?? 0)
    let told = 0
    let cancelled = false
    const verdict = await verifyAudit(db, {
      onProgress: async rows => {
        report.done(rows - told)
        told = rows
        cancelled = await report.cancelled()
        return !cancelled
      },
    })
    if (cancelled) return
    await keepVerdict(db, verdict, actor.name)
    report.result({ sentence: verdictSentence(verdict), link: { href: '/audit', name: 'Audit' } })
  },
})

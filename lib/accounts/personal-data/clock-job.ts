import { z } from 'zod'
import { defineJob } from '@/lib/jobs/job'
import type { JobContext } from '../tasks'
import { runClocks } from './clocks'

const hourMs = 3_600_000

/** Each clock runs once a day; looked at every hour, so that one whose server was away at its time, or that has much to do, goes on soon. */
export const runRetentionClocks = defineJob({
  name: 'retention-clocks',
  schema: z.object({}),
  everyMs: hourMs,
  run: async ({ db, now }: JobContext, _, { signal }) => {
    await runClocks(db, now(), { signal })
  },
})

import { parseArgs } from 'node:util'
import { z } from 'zod'

export const usage = `npm run bench:support -- [options]

  --profiles N   profiles in stock (1,000,000)
  --events N     events of their timelines (5,000,000)
  --runs N       how often each case is asked, each time for another profile (100)
  --case TEXT    only cases with this in their name
  --json FILE    writes the figures to a file

Fills a PostgreSQL of its own, in a temporary folder, and asks what the support desk asks: the search by each thing that a customer may
read out, what the page of an eSIM reads, its timeline, also of one with thousands of events, and what the radar, the dashboard and the
page on devices count. Beside it the very statements of each, one after the other, without anything around them.`

const Options = z.object({
  profiles: z.coerce.number().int().min(1_000).max(10_000_000).default(1_000_000),
  events: z.coerce.number().int().min(10_000).max(100_000_000).default(5_000_000),
  runs: z.coerce.number().int().min(5).max(10_000).default(100),
  case: z.string().optional(),
  json: z.string().min(1).optional(),
  help: z.boolean().default(false),
})
export type Options = z.output<typeof Options>

/** Parses the command line. @throws Error in words */
export function readOptions(args: string[]): Options {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: { profiles: text, events: text, runs: text, case: text, json: text, help: { type: 'boolean' } },
  })
  const parsed = Options.safeParse(values)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(issue => `--${issue.path.join('.')}: ${issue.message}`).join('\n'))
}

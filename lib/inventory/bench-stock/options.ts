import { parseArgs } from 'node:util'
import { z } from 'zod'

export const usage = `npm run bench:stock -- [options]

  --profiles N   profiles in stock (1,000,000)
  --draft N      rows of a draft beside them, which no page may show (1,000,000)
  --runs N       how often each view is asked for (40): its first page, and then the pages after it
  --case TEXT    only views with this in their name
  --bare         without the server: only what the database is asked
  --json FILE    writes the figures to a file

Fills a PostgreSQL of its own, in a temporary folder, and asks for the table of profiles by each filter, sort and search: the page from the
real server, the list with its counts alone, and the very statements of that list, one after the other, without anything around them.`

const Options = z.object({
  profiles: z.coerce.number().int().min(1_000).max(10_000_000).default(1_000_000),
  draft: z.coerce.number().int().min(0).max(10_000_000).default(1_000_000),
  runs: z.coerce.number().int().min(5).max(10_000).default(40),
  case: z.string().optional(),
  bare: z.boolean().default(false),
  json: z.string().min(1).optional(),
  help: z.boolean().default(false),
})
export type Options = z.output<typeof Options>

/** Parses the command line. @throws Error in words */
export function readOptions(args: string[]): Options {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const { values } = parseArgs({
    args,
    options: { profiles: text, draft: text, runs: text, case: text, bare: flag, json: text, help: flag },
  })
  const parsed = Options.safeParse(values)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(issue => `--${issue.path.join('.')}: ${issue.message}`).join('\n'))
}

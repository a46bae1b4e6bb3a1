import { parseArgs } from 'node:util'
import { z } from 'zod'

export const usage = `npm run bench:import -- [options]

  --rows N       subscribers in the file (1,000,000)
  --json FILE    writes the figures to a file

Imports a CSV file of made-up subscribers into a PostgreSQL of its own, in a temporary folder. Beside it, in the same run, PostgreSQL
copies the same rows into the same tables, and their secrets are sealed without anything else: the least that there is to do.`

const Options = z.object({
  rows: z.coerce.number().int().min(1_000).max(20_000_000).default(1_000_000),
  json: z.string().min(1).optional(),
  help: z.boolean().default(false),
})
export type Options = z.output<typeof Options>

/** Parses the command line. @throws Error in words */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({ args, options: { rows: { type: 'string' }, json: { type: 'string' }, help: { type: 'boolean' } } })
  const parsed = Options.safeParse(values)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(issue => `--${issue.path.join('.')}: ${issue.message}`).join('\n'))
}

import { parseArgs } from 'node:util'
import { z } from 'zod'

export const usage = `npm run bench:issue -- [options]

  --codes N      codes to issue (10,000)
  --json FILE    writes the figures to a file

Issues codes from a made-up stock in a PostgreSQL of its own, in a temporary folder, and makes the files of that run as the background does: CSV, ZIP,
sheets of labels, cards, each in a process of its own. Beside it, in the same run, the same rows by bare SQL, and the QR codes by the library alone.`

const Options = z.object({
  codes: z.coerce.number().int().min(100).max(100_000).default(10_000),
  json: z.string().min(1).optional(),
  help: z.boolean().default(false),
})
export type Options = z.output<typeof Options>

/** Parses the command line. @throws Error in words */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({ args, options: { codes: { type: 'string' }, json: { type: 'string' }, help: { type: 'boolean' } } })
  const parsed = Options.safeParse(values)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(issue => `--${issue.path.join('.')}: ${issue.message}`).join('\n'))
}

import { parseArgs } from 'node:util'
import { z } from 'zod'

export const usage = `npm run bench:es2 -- [options]

  --seconds N       length of a measurement (12)
  --stock N         profiles that are still in stock at its end (1,000)
  --full            with 1,000 and with 1,000,000 in stock
  --connections N   connections of the partner (16)
  --profile         says where the server's time goes; costs some of it
  --json FILE       writes the figures to a file

A partner orders by ES2+ over mutual TLS with connections that are kept: downloadOrder by profile type, then confirmOrder with releaseFlag. The server runs
on one core, PostgreSQL and the partner on the others. Beside it, in the same run, bare SQL makes the same changes: the same rows in the same tables, one
transaction for each call.`

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const Options = z.object({
  seconds: count(1, 3_600).default(12),
  stock: count(0, 5_000_000).default(1_000),
  full: z.boolean().default(false),
  connections: count(1, 128).default(16),
  profile: z.boolean().default(false),
  json: z.string().min(1).optional(),
  help: z.boolean().default(false),
})
export type Options = z.output<typeof Options>

/** Parses the command line. @throws Error in words */
export function readOptions(args: string[]): Options {
  const string = { type: 'string' } as const
  const boolean = { type: 'boolean' } as const
  const { values } = parseArgs({
    args,
    options: { seconds: string, stock: string, full: boolean, connections: string, profile: boolean, json: string, help: boolean },
  })
  const parsed = Options.safeParse(values)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(issue => `--${issue.path.join('.')}: ${issue.message}`).join('\n'))
}

/** Profiles in stock, one measurement after the other. */
export const stocksOf = ({ stock, full }: Options): number[] => (full ? [1_000, 1_000_000] : [stock])

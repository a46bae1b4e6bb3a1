import { parseArgs } from 'node:util'
import { z } from 'zod'

export const MODES = ['keepalive', 'newtls', 'plain'] as const
/** ES9+ over TLS with connections that stay, over TLS with a new connection for each download, or without TLS. */
export type Mode = (typeof MODES)[number]

export const usage = `npm run bench -- [options]

  --mode keepalive|newtls|plain   one kind of connection only (all three otherwise)
  --seconds N                     length of a measurement (12)
  --stock N                       profiles in stock beside those that are downloaded (1,000)
  --downloads N                   downloads that are done before the measurement (0)
  --full                          1,000 and 1,000,000 profiles in stock, then after 100,000 downloads; takes about half an hour
  --connections N                 connections in total (32)
  --loads N                       load processes (one for each core that is left, 4 at most)
  --euiccs N                      eUICCs, each with its own certificate (1,000)
  --check N                       one download in N is done by the strict phone (200)
  --bare                          ES9+ without the front door: no portal, no host names, no limits
  --profile                       says where the server's time goes; costs some of it
  --json FILE                     writes the figures to a file`

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const Options = z.object({
  mode: z.enum(MODES).optional(),
  seconds: count(1, 3_600).default(12),
  stock: count(0, 5_000_000).default(1_000),
  downloads: count(0, 1_000_000).default(0),
  full: z.boolean().default(false),
  connections: count(1, 512).default(32),
  loads: count(1, 64).optional(),
  euiccs: count(1, 100_000).default(1_000),
  check: count(1, 1_000_000).default(200),
  bare: z.boolean().default(false),
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
    options: {
      mode: string,
      seconds: string,
      stock: string,
      downloads: string,
      full: boolean,
      connections: string,
      loads: string,
      euiccs: string,
      check: string,
      bare: boolean,
      profile: boolean,
      json: string,
      help: boolean,
    },
  })
  const parsed = Options.safeParse(values)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(issue => `--${issue.path.join('.')}: ${issue.message}`).join('\n'))
}

/** One state of the database in which is measured. */
export interface Stage {
  stock: number
  /** Downloads that were done before, in all */
  downloads: number
  modes: readonly Mode[]
}

export function stagesOf({ mode, stock, downloads, full }: Options): Stage[] {
  const modes = mode ? [mode] : MODES
  if (!full) return [{ stock, downloads, modes }]
  const one = modes.slice(0, 1)
  return [
    { stock: 1_000, downloads: 0, modes },
    { stock: 1_000_000, downloads: 0, modes: one },
    { stock: 1_000_000, downloads: 100_000, modes: one },
  ]
}

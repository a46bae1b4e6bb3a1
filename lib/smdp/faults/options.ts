import { parseArgs } from 'node:util'
import { z } from 'zod'

export const PARTS = ['kills', 'database', 'clock', 'races', 'http', 'mutations', 'flood', 'soak'] as const
export type Part = (typeof PARTS)[number]

export const usage = `npm run faults -- [options]

  --part NAME        one part only, may be given several times: ${PARTS.join(', ')}
  --short            fewer kills, races of fewer phones, 3,000 mutations, no soak: what the tests run
  --mutations N      mutated messages (200,000)
  --seed N           of the mutations; the same number makes the same ones again (chosen by chance and printed)
  --first N          number of the first mutation: with --mutations 1 a single one is played again
  --soak MINUTES     length of the soak (5)

Everything happens on loopback and in temporary folders, which are removed at the end. As root, the case of the full disk
mounts a small tmpfs.`

const count = (least: number, most: number) => z.coerce.number().min(least).max(most)

const Options = z.object({
  part: z.array(z.enum(PARTS)).default([...PARTS]),
  short: z.boolean().default(false),
  mutations: count(0, 100_000_000).int().optional(),
  seed: count(0, 0xffff_ffff).int().optional(),
  first: count(0, 100_000_000).int().default(0),
  soak: count(0, 24 * 60).optional(),
  help: z.boolean().default(false),
})

export interface Options {
  parts: readonly Part[]
  short: boolean
  mutations: number
  seed: number
  first: number
  soakMinutes: number
  help: boolean
}

/** Parses the command line. @param newSeed makes a seed where none is given @throws Error in words */
export function readOptions(args: string[], newSeed: () => number): Options {
  const string = { type: 'string' } as const
  const boolean = { type: 'boolean' } as const
  const { values } = parseArgs({
    args,
    options: {
      part: { type: 'string', multiple: true },
      short: boolean,
      mutations: string,
      seed: string,
      first: string,
      soak: string,
      help: boolean,
    },
  })
  const parsed = Options.safeParse(values)
  if (!parsed.success) throw new Error(parsed.error.issues.map(issue => `--${issue.path.join('.')}: ${issue.message}`).join('\n'))
  const { part, short, mutations, seed, first, soak, help } = parsed.data
  return {
    parts: part,
    short,
    mutations: mutations ?? (short ? 3_000 : 200_000),
    seed: seed ?? newSeed(),
    first,
    soakMinutes: soak ?? (short ? 0 : 5),
    help,
  }
}

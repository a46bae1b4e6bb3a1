import { open, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { exchangeFile, listReplacements } from '@/lib/orders/reuse/replace'
import { type Command, command, FilePath, flag, noArguments, number, option } from './command'
import { UsageError } from './failure'
import { localTime } from './output'
import { withRuntime } from './with-runtime'

const mostListed = 10_000
const dayMs = 86_400_000

/** A day of UTC. */
const Day = z.iso.date('A date is expected: 2026-12-31.').transform(day => new Date(`${day}T00:00:00Z`))

const replacements = command({
  name: 'replacements',
  verb: 'order:replace',
  forms: ['[--open] [--limit N]', '--export FILE [--from DATE] [--to DATE]'],
  summary: 'List which profile took which one’s place, or write it to a file for the network’s own systems',
  notes: ['Without dates the file holds what no file had yet. What it holds counts as handed over.'],
  options: {
    export: option('FILE', 'Write the exchange file: CSV', FilePath),
    from: option('DATE', 'In the file: from this day (UTC) on', Day),
    to: option('DATE', 'In the file: up to this day (UTC)', Day),
    open: flag('List only what no file had yet'),
    limit: option(
      'N',
      `List how many at most (default 50, up to ${mostListed.toLocaleString('en')})`,
      number(
        z
          .int()
          .min(1, 'At least one.')
          .max(mostListed, `At most ${mostListed.toLocaleString('en')}.`),
      ),
    ),
  },
  arguments: noArguments,
  run: ({ options: { export: file, from, to, open: notExported, limit = 50 }, out }) => {
    if (file === undefined && (from || to)) throw new UsageError('--from and --to are for the file of --export.')
    return withRuntime(async ({ db, orders }) => {
      if (file === undefined) {
        const rows = await listReplacements(db, { limit, notExported })
        return out.answer(rows, () => {
          if (rows.length === 0) return out.line(notExported ? 'Everything has been handed over.' : 'No profile has been replaced yet.')
          out.table(
            ['When', 'Old', 'New', 'Reference', 'Handed over', 'Why'],
            rows.map(row => [
              localTime(row.at),
              row.oldIccid,
              row.newIccid,
              row.reference ?? '',
              row.exportedAt ? localTime(row.exportedAt) : 'not yet',
              row.reason,
            ]),
          )
        })
      }
      const wanted = from || to ? { from, to: to && new Date(to.getTime() + dayMs) } : { notExported: true }
      const profiles = await write(file, exchangeFile(db, orders, wanted))
      out.answer({ file, profiles }, () => out.line(`Wrote ${file}: ${profiles} ${profiles === 1 ? 'replacement' : 'replacements'}.`))
    })
  },
})

/** Writes a new file, none where that fails. @returns its lines without the heading */
async function write(file: string, parts: AsyncIterable<string>): Promise<number> {
  const target = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new UsageError(`${file} exists already.`) : error
  })
  let lines = -1
  async function* counted() {
    for await (const part of parts) {
      lines += part.split('\r\n').length - 1
      yield part
    }
  }
  try {
    await pipeline(Readable.from(counted()), target.createWriteStream())
  } catch (error) {
    await rm(file)
    throw error
  }
  return lines
}

export const replacementsCommands: Command[] = [replacements]

import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { basename } from 'node:path'
import { importDevices } from '@/lib/inventory/devices/import-devices'
import { type Command, command, FilePath, flag, oneArgument } from './command'
import { UsageError } from './failure'
import { withRuntime } from './with-runtime'

const mostTold = 50

const importList = command({
  name: 'devices import',
  verb: 'device:write',
  forms: ['FILE [--replace]'],
  summary: 'Load a list of TACs, so that devices are named by brand and model',
  notes: [
    'A table (CSV) with the columns TAC, brand and model, in any order and by any of their usual names. It adds to the list and corrects what it',
    'names again. Lines that cannot be used are told; a file of which less can be used than not changes nothing.',
  ],
  options: { replace: flag('The file takes the place of the whole list') },
  arguments: oneArgument('FILE', FilePath),
  run: async ({ options: { replace }, arguments: file, out }) => {
    await access(file).catch(() => {
      throw new UsageError(`There is no file ${file}.`)
    })
    await withRuntime(async ({ db, actor }) => {
      const came = await importDevices(db, actor, {
        source: createReadStream(file),
        name: basename(file),
        mode: replace ? 'replace' : 'add',
      })
      out.answer(came, () => {
        const { taken, total, refused, problems, padded } = came
        for (const { line, sentence } of problems.slice(0, mostTold)) out.line(`Line ${line}: ${sentence}`)
        if (refused > mostTold) out.line(`… and ${(refused - mostTold).toLocaleString('en')} more lines that cannot be used.`)
        if (padded) out.line(`${padded.toLocaleString('en')} got back a zero in front that a spreadsheet had dropped.`)
        out.line(`Loaded ${taken.toLocaleString('en')} devices; the list has ${total.toLocaleString('en')} now.`)
      })
    })
  },
})

export const deviceCommands: Command[] = [importList]

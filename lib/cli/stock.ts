import { open, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { daysLeftWords, perDayWords } from '@/lib/inventory/stock-levels/pace'
import { makeReorder, ReorderInput } from '@/lib/inventory/stock-levels/reorder'
import { REORDER_FORMATS, reorderFile } from '@/lib/inventory/stock-levels/reorder-file'
import { type StockLevel, stockLevels } from '@/lib/inventory/stock-levels/stock-levels'
import { TypeInput } from '@/lib/inventory/types'
import { type Command, command, FilePath, noArguments, number, oneArgument, oneOf, option } from './command'
import { UsageError } from './failure'
import { withRuntime } from './with-runtime'

const { shape } = ReorderInput

function lastsWords({ pace, daysLeft }: StockLevel): string {
  if (!pace.known) return 'not enough history'
  return daysLeft === undefined ? 'none go out' : daysLeftWords(daysLeft)
}

const show = command({
  name: 'stock',
  verb: 'type:read',
  forms: [''],
  summary: 'Show what is in stock, and how long it lasts',
  options: {},
  arguments: noArguments,
  run: ({ out }) =>
    withRuntime(async ({ db, now }) => {
      const levels = await stockLevels(db, now)
      const told = levels.map(({ typeName, live, counts, available, pace, daysLeft, alertLevel, reorderQuantity }) => ({
        type: typeName,
        live,
        counts,
        available,
        perDay: pace.known ? pace.perDay : null,
        daysLeft: daysLeft ?? null,
        alertLevel,
        isLow: alertLevel !== null && available < alertLevel,
        reorderQuantity,
      }))
      out.answer(told, () => {
        if (levels.length === 0) return out.line('There is no profile type yet.')
        out.table(
          ['Type', 'Available', 'Profiles', 'A day', 'Lasts', 'Alert'],
          levels.map(level => [
            level.typeName,
            String(level.available),
            String(level.profiles),
            level.pace.known ? perDayWords(level.pace.perDay) : '–',
            lastsWords(level),
            level.alertLevel === null ? '' : level.available < level.alertLevel ? `below ${level.alertLevel}` : `at ${level.alertLevel}`,
          ]),
        )
      })
    }),
})

const reorder = command({
  name: 'stock reorder',
  verb: 'batch:upload',
  forms: ['TYPE [options]'],
  summary: 'Make an order to the card vendor ready',
  notes: [
    'Takes the next free ICCIDs and IMSIs after the highest of the type, and keeps them: a second order gets others.',
    'The file for the vendor goes to stdout, or to the file of --out.',
  ],
  options: {
    quantity: option('N', 'How many; without it what the type says, or eight weeks of its pace', number(shape.quantity.unwrap())),
    vendor: option('NAME', 'Who makes them, for the file’s header', shape.vendor.unwrap()),
    'first-iccid': option('ICCID', 'Begin with this one instead', shape.firstIccid.unwrap()),
    'first-imsi': option('IMSI', 'Begin with this one instead', shape.firstImsi.unwrap()),
    format: option('FORMAT', 'inp (default): first values and how many; csv: every number', oneOf(REORDER_FORMATS)),
    out: option('FILE', 'Where the file goes', FilePath),
  },
  arguments: oneArgument('TYPE', TypeInput.shape.name),
  run: ({ options, arguments: typeName, out }) =>
    withRuntime(async ({ db, actor, now }) => {
      const type = (await stockLevels(db, now)).find(level => level.typeName === typeName)
      if (!type) throw new UsageError(`There is no profile type named ${typeName}.`)
      // Before numbers are given away for a file that cannot be written.
      const file = options.out === undefined ? undefined : await openNew(options.out)
      const order = await makeReorder(
        db,
        { actor, now },
        {
          typeId: type.typeId,
          quantity: options.quantity,
          vendor: options.vendor,
          firstIccid: options['first-iccid'],
          firstImsi: options['first-imsi'],
        },
      ).catch(async error => {
        await file?.close()
        if (options.out !== undefined) await rm(options.out)
        throw error
      })
      const { quantity, vendor, iccid, imsi } = order
      const pieces = Readable.from(reorderFile(order, options.format ?? 'inp'))
      if (file) await pipeline(pieces, file.createWriteStream())
      else if (!out.json) await pipeline(pieces, process.stdout, { end: false })
      out.answer({ type: typeName, quantity, vendor: vendor ?? null, iccid, imsi: imsi ?? null, file: options.out ?? null }, () => {
        if (file) out.line(`Wrote ${options.out}: ${quantity} ICCIDs from ${iccid.first} to ${iccid.last}.`)
      })
    }),
})

const openNew = (file: string) =>
  open(file, 'wx').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new UsageError(`${file} exists already.`) : error
  })

export const stockCommands: Command[] = [show, reorder]

import { open } from 'node:fs/promises'
import { z } from 'zod'
import { CLOCK_KINDS, type ClockKind, clocks, FIXED_CLOCKS, mostDays, runClocks, setClock } from '@/lib/accounts/personal-data/clocks'
import { eraseSubscriber } from '@/lib/accounts/personal-data/erase-subscriber'
import { exportSubscriber } from '@/lib/accounts/personal-data/export-subscriber'
import { SUBJECT_KIND_NAMES, type Subject, SubjectInput } from '@/lib/accounts/personal-data/subject'
import { type Command, command, FilePath, flag, noArguments, number, oneOf, option } from './command'
import { UsageError } from './failure'
import { localTime } from './output'
import { withRuntime } from './with-runtime'

/** Two words: by what, and its value. */
const subjectArguments = {
  read: (given: string[]): Subject => {
    const [by, value, ...more] = given
    if (by === undefined || value === undefined || more.length > 0)
      throw new UsageError(`Say by what and which, as in: iccid 8988000000000001234. By one of: ${SUBJECT_KIND_NAMES.join(', ')}.`)
    const subject = SubjectInput.safeParse({ by, value })
    if (subject.success) return subject.data
    const known: readonly string[] = SUBJECT_KIND_NAMES
    throw new UsageError(
      known.includes(by) ? (subject.error.issues[0]?.message ?? 'This cannot be read.') : `It is one of: ${known.join(', ')}.`,
    )
  },
}

const whose = [
  `BY is one of: ${SUBJECT_KIND_NAMES.join(', ')}. By ICCID, phone number (msisdn) and IMSI that is whoever has the profile now, or had it last.`,
]

const exportData = command({
  name: 'personal export',
  verb: 'personal:export',
  forms: ['BY VALUE [--out FILE]'],
  summary: 'Everything that is held about a subscriber, as JSON',
  notes: [...whose, 'No key and no code is in it. That it was made is audited.'],
  jsonHelp: 'The same: the document is JSON',
  options: { out: option('FILE', 'Write it here, readable for you alone, instead of to the terminal', FilePath) },
  arguments: subjectArguments,
  run: ({ options: { out: file }, arguments: subject, out }) =>
    withRuntime(async ({ db, actor, now }) => {
      const pieces = exportSubscriber(db, actor, subject, now)
      if (file === undefined) {
        for await (const piece of pieces) process.stdout.write(piece)
        return
      }
      const written = await open(file, 'w', 0o600)
      try {
        for await (const piece of pieces) await written.write(piece)
      } finally {
        await written.close()
      }
      out.answer({ file }, () => out.line(`It is in ${file}.`))
    }),
})

const eraseData = command({
  name: 'personal erase',
  verb: 'personal:erase',
  forms: ['BY VALUE --yes [--spare-live]'],
  summary: 'Erase what is personal about a subscriber',
  notes: [
    ...whose,
    'Orders, states and moments stay, so that the books still add up. An open order, or an eSIM on a device, has to end first; --spare-live erases',
    'everything but what these need. It cannot be taken back.',
  ],
  jsonHelp: 'Answer with one JSON document: name, erased, stays',
  options: {
    yes: flag('Do it: without this nothing is done'),
    'spare-live': flag('Leave what an open order or an eSIM on a device needs'),
  },
  arguments: subjectArguments,
  run: ({ options: { yes, 'spare-live': spareLive }, arguments: subject, out }) => {
    if (!yes) throw new UsageError('This cannot be taken back. Say --yes to do it; "personal export" shows what is held.')
    return withRuntime(async ({ db, actor }) => {
      const erasure = await eraseSubscriber(db, actor, subject, { spareLive })
      out.answer(erasure, () => {
        out.line(`Erased. In the audit this is "${erasure.name}". How many rows lost something:`)
        out.facts(Object.entries(erasure.erased).filter(([, count]) => count > 0))
        for (const sentence of erasure.stays) out.line(sentence)
      })
    })
  },
})

const noDays = `A number of days from 1 to ${mostDays}, or "forever", is expected.`

const Days = z.union([z.literal('forever').transform(() => null), number(z.int().min(1, noDays).max(mostDays, noDays))], { error: noDays })

const inWords = (days: number | null): string => (days === null ? 'for ever' : `${days} days`)

const showClocks = command({
  name: 'personal clocks',
  verb: 'settings:write',
  forms: ['', '--set KIND --days DAYS', '--run'],
  summary: 'How long personal data is kept, and when it was last erased by itself',
  notes: ['A running server runs each clock once a day.'],
  jsonHelp: 'Answer with one JSON list of the clocks',
  options: {
    set: option('KIND', `Whose days are set: ${CLOCK_KINDS.join(', ')}`, oneOf(CLOCK_KINDS as [ClockKind, ...ClockKind[]])),
    days: option('DAYS', 'How many, or "forever"', Days),
    run: flag('Run all clocks now'),
  },
  arguments: noArguments,
  run: ({ options: { set: kind, days, run }, out }) => {
    if ((kind === undefined) !== (days === undefined)) throw new UsageError('--set and --days belong together.')
    return withRuntime(async ({ db, actor, now }) => {
      if (kind !== undefined && days !== undefined) await setClock(db, actor, kind, days, now)
      if (run) await runClocks(db, now, { force: true, withinMs: Number.POSITIVE_INFINITY })
      const all = await clocks(db, now)
      out.answer(all, () => {
        out.table(
          ['KIND', 'KEPT', 'LAST RUN', 'ERASED SO FAR', 'WHAT'],
          all.map(each => [
            each.kind,
            inWords(each.days),
            each.lastRunAt ? localTime(each.lastRunAt) : 'never',
            each.removed.toLocaleString('en'),
            each.title,
          ]),
        )
        for (const { title, days: fixedDays } of FIXED_CLOCKS) out.line(`${title}: ${inWords(fixedDays)}, always.`)
      })
    })
  },
})

export const personalCommands: Command[] = [exportData, eraseData, showClocks]

import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { AUDIT_ACTIONS, audit } from '@/lib/accounts/audit'
import { keepVerdict, verdictSentence } from '@/lib/accounts/audit-chain/chain-state'
import { auditHead, readHead } from '@/lib/accounts/audit-chain/head'
import { BREAKS, verifyAudit } from '@/lib/accounts/audit-chain/verify'
import { AUDIT_CSV_COLUMNS, auditCells, exportAudit } from '@/lib/accounts/audit-export'
import { csvLine } from '@/lib/csv'
import { lastLink } from '@/lib/db/audit-link-rows'
import { type Command, command, FilePath, noArguments, oneOf, option } from './command'
import { Expiry } from './expiry'
import { AlreadyTold } from './failure'
import { withRuntime } from './with-runtime'

const written = (count: number): string => count.toLocaleString('en')

const verify = command({
  name: 'audit verify',
  verb: 'audit:read',
  forms: ['[--head FILE]'],
  summary: 'Prove that no row of the audit was changed, removed, put in or moved',
  notes: [
    'The first row where the chain breaks is named, with the reason; then the exit code is 1. With a head that "audit head" wrote earlier and that',
    'was kept elsewhere, an end that was cut off or a chain that was made anew is found too.',
  ],
  jsonHelp: 'Answer with one JSON document: rows, unsealed, firstBroken {place, id, why, meaning}',
  options: { head: option('FILE', 'Compare with this head', FilePath) },
  arguments: noArguments,
  run: async ({ options: { head: file }, out }) => {
    const text = file === undefined ? undefined : await readFile(file, 'utf8')
    await withRuntime(async ({ db, vault, actor }) => {
      const kept = text === undefined ? undefined : await readHead(db, vault, text)
      const head = kept && { place: kept.place, hash: Buffer.from(kept.hash, 'hex') }
      const total = (await lastLink(db))?.place ?? 0
      const startedAt = performance.now()
      const verdict = await verifyAudit(db, {
        head,
        onProgress: rows => {
          const perSecond = rows / ((performance.now() - startedAt) / 1_000)
          out.progress(`… ${written(rows)} of ${written(total)}, ${Math.ceil((total - rows) / perSecond)} s left`)
          return true
        },
      })
      out.progress('')
      await keepVerdict(db, verdict, actor.name)
      const { rows, unsealed, firstBroken } = verdict
      out.answer({ rows, unsealed, ...(firstBroken ? { firstBroken: { ...firstBroken, meaning: BREAKS[firstBroken.why] } } : {}) }, () => {
        out.line(verdictSentence(verdict))
        if (firstBroken) return
        if (kept) out.line(`It is the one that the head of ${kept.at} was taken of.`)
        if (unsealed > 0) out.line(`${written(unsealed)} of the newest are not sealed yet; a running server does that every few seconds.`)
      })
      if (firstBroken) throw new AlreadyTold()
    })
  },
})

const head = command({
  name: 'audit head',
  verb: 'audit:read',
  forms: ['[--out FILE]'],
  summary: 'Sign the end of the audit’s chain, to be kept elsewhere',
  notes: ['Keep it where nobody who runs the database can write. "audit verify --head" compares with it, however much was added since.'],
  jsonHelp: 'The same: a head is JSON',
  options: { out: option('FILE', 'Write it here instead of to the terminal', FilePath) },
  arguments: noArguments,
  run: ({ options: { out: file }, out }) =>
    withRuntime(async ({ db, vault, now }) => {
      const signed = await auditHead(db, vault, now)
      if (file === undefined) return out.answer(signed, () => out.line(JSON.stringify(signed)))
      await writeFile(file, `${JSON.stringify(signed)}\n`)
      out.answer(signed, () => out.line(`The head of ${written(signed.place)} rows is in ${file}.`))
    }),
})

/** A moment of the past; a date means the beginning of its day or, without `edge`, its end. */
const Moment = (edge = '') =>
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\d/, 'A date (2026-05-31) or a date and time (2026-05-31T18:00) is expected.')
    .transform(text => (text.length === 10 ? text + edge : text))
    .pipe(Expiry(new Date()))

const exportRows = command({
  name: 'audit export',
  verb: 'audit:read',
  forms: ['[--from TIME] [--to TIME] [--who NAME] [--what VERB] [--target TEXT]'],
  summary: 'Print the audit as CSV, newest first',
  notes: ['Personal values are in it as far as they were not erased, so the file is to be kept like them. That it was made is audited.'],
  jsonHelp: 'Answer with one JSON object a line',
  options: {
    from: option('TIME', 'From then on: 2026-05-31, or 2026-05-31T18:00', Moment('T00:00')),
    to: option('TIME', 'Until then: 2026-05-31, that day included, or 2026-05-31T18:00', Moment()),
    who: option('NAME', 'Part of the name of who did it', z.string().trim().min(1)),
    what: option('VERB', 'What was done, such as order:issue', oneOf(AUDIT_ACTIONS)),
    target: option('TEXT', 'On what; with * at its end, how that begins', z.string().trim().min(1)),
  },
  arguments: noArguments,
  run: ({ options: { from, to: before, who, what, target }, out }) =>
    withRuntime(async ({ db, actor }) => {
      const filters = { from, before, who, what, target }
      // One moment for all steps: the row about this export is not in it.
      const asOf = { ...filters, before: before ?? new Date() }
      await audit(db, actor, 'audit:read', { target: 'audit', result: 'begun', detail: { from, before, who, what, search: target } })
      let exported = 0
      out.line(csvLine(AUDIT_CSV_COLUMNS).trimEnd())
      for await (const rows of exportAudit(db, actor, asOf)) {
        for (const row of rows) out.answer(row, () => out.line(csvLine(auditCells(row)).trimEnd()))
        exported += rows.length
      }
      await audit(db, actor, 'audit:read', { target: 'audit', detail: { exported } })
    }),
})

export const auditCommands: Command[] = [verify, head, exportRows]

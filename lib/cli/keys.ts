import { z } from 'zod'
import { audit } from '@/lib/accounts/audit'
import { type CheckReport, checkSealed } from '@/lib/vault/check'
import { isOutside, keysOfCommand, keysOfFile } from '@/lib/vault/master-key'
import { keepCheck } from '@/lib/vault/overview'
import { rotateMasterKey } from '@/lib/vault/rotate'
import { type Command, command, FilePath, noArguments, option } from './command'
import { AlreadyTold, UsageError } from './failure'
import type { Output } from './output'
import { withRuntime } from './with-runtime'

const rotate = command({
  name: 'keys rotate',
  verb: 'keys:write',
  forms: ['[--new-key-file FILE | --new-key-command COMMAND]'],
  summary: 'Put a new master key in force, while servers run',
  notes: [
    'All data keys are wrapped anew in one transaction; what they seal stays as it is. Without options a new master.key is made in the data',
    'folder, and the one before stays beside it for older backups. With MASTER_KEY_FILE or MASTER_KEY_COMMAND the first key that they give is put in',
    'force: let them give the new key, and the old one on the next line, then run this, then take the old one away.',
  ],
  options: {
    'new-key-file': option('FILE', 'Take the new key from this file (32 octets, base64 or hexadecimal)', FilePath),
    'new-key-command': option('COMMAND', 'Take it from what this command prints', z.string().trim().min(1, 'A command is expected.')),
  },
  arguments: noArguments,
  run: async ({ options: { 'new-key-file': file, 'new-key-command': called }, out }) => {
    if (file && called) throw new UsageError('--new-key-file and --new-key-command exclude each other.')
    const [newKey] = file ? await keysOfFile(file) : called ? await keysOfCommand(called, '--new-key-command') : []
    await withRuntime(async ({ db, actor, env: { dataDir, masterKey } }) => {
      const settings = { dataDir, ...masterKey }
      const rotation = await rotateMasterKey(db, settings, {
        ...(newKey ? { newKey } : {}),
        also: (tx, { dataKeys, before, after }) =>
          audit(tx, actor, 'keys:write', { target: 'master key', detail: { dataKeys, before, after } }),
      })
      out.answer(rotation, () => {
        const { dataKeys, before, after } = rotation
        out.line(`The master key ${after} is in force; ${dataKeys} ${dataKeys === 1 ? 'data key was' : 'data keys were'} wrapped anew.`)
        if (newKey) out.line('Let MASTER_KEY_FILE or MASTER_KEY_COMMAND of every server give it from now on.')
        else if (!isOutside(settings)) out.line(`It is master.key in the data folder: copy it to servers with data folders of their own.`)
        out.line(`Backups of the database made until now need the one before, ${before}: keep it as long as you keep them.`)
      })
    })
  },
})

function tell(report: CheckReport, out: Output): void {
  const { tables, rows, failed, failures, durationMs } = report
  out.table(
    ['Table', 'Opens', 'Does not open'],
    tables.map(each => [each.table, each.opened.toLocaleString('en'), each.failed ? each.failed.toLocaleString('en') : '–']),
  )
  out.line()
  for (const identity of failures) out.line(`Does not open: ${identity}`)
  if (failed > failures.length) out.line(`… and ${(failed - failures.length).toLocaleString('en')} more`)
  const took = `${(durationMs / 1_000).toFixed(1)} s`
  if (failed) out.line(`${failed.toLocaleString('en')} of ${rows.toLocaleString('en')} secrets do not open (${took}).`)
  else out.line(`All ${rows.toLocaleString('en')} secrets open (${took}).`)
}

const check = command({
  name: 'keys check',
  verb: 'keys:write',
  forms: [''],
  summary: 'Prove that everything that is sealed opens',
  notes: [
    'Every secret of the database is opened, and forgotten again. Those that do not open are named, never shown; then the exit code is 1.',
  ],
  options: {},
  arguments: noArguments,
  run: ({ out }) =>
    withRuntime(async ({ db, vault, actor }) => {
      const startedAt = performance.now()
      const report = await checkSealed(db, vault, {
        onProgress: (rows, of) => {
          const perSecond = rows / ((performance.now() - startedAt) / 1_000)
          const left = Math.ceil((of - rows) / perSecond)
          out.progress(
            `… ${rows.toLocaleString('en')} of ${of.toLocaleString('en')}, ${Math.round(perSecond).toLocaleString('en')} a second, ${left} s left`,
          )
        },
      })
      out.progress('')
      await keepCheck(db, report, actor.name)
      out.answer(report, () => tell(report, out))
      if (report.failed > 0) throw new AlreadyTold()
    }),
})

export const keysCommands: Command[] = [rotate, check]

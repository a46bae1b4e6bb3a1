import { EID_POLICIES, readEidPolicy, writeEidPolicy } from '@/lib/orders/eid-policy'
import { type Command, command, manyArguments, oneOf } from './command'
import { UsageError } from './failure'
import { withRuntime } from './with-runtime'

const MEANING = {
  refuse: 'An EID whose check digits do not fit is refused.',
  warn: 'An EID whose check digits do not fit is remarked on, as a test laboratory wants it.',
}

const eidCheckDigits = command({
  name: 'settings eid-check-digits',
  verb: 'settings:write',
  forms: ['[refuse|warn]'],
  summary: 'Show, or change, what becomes of an EID whose check digits do not fit',
  options: {},
  arguments: manyArguments('The rule', oneOf(EID_POLICIES)),
  run: ({ arguments: [policy, ...more], out }) => {
    if (more.length > 0) throw new UsageError('Only one rule is expected.')
    return withRuntime(async ({ db, actor }) => {
      if (policy) await writeEidPolicy(db, actor, policy)
      const rule = await readEidPolicy(db)
      out.answer({ eidCheckDigits: rule }, () => out.line(MEANING[rule]))
    })
  },
})

export const settingsCommands: Command[] = [eidCheckDigits]

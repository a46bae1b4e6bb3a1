import { audit } from '@/lib/accounts/audit'
import { rebuildAttempts } from '@/lib/db/attempts/follow-attempts'
import { type Command, command, noArguments } from './command'
import { withRuntime } from './with-runtime'

const written = (count: number): string => count.toLocaleString('en')

const rebuild = command({
  name: 'attempts rebuild',
  verb: 'settings:write',
  forms: [''],
  summary: 'Count the tries of devices anew, from the timeline',
  notes: [
    'What the overview and the page of devices count is kept beside the timeline and follows it by itself; this makes it anew, beside a running',
    'server or without one. Until it is done those pages count too few. What the timeline no longer holds is not counted any more: tries with',
    'unknown codes after some days, and the devices of subscribers whose personal data was erased.',
  ],
  jsonHelp: 'Answer with one JSON document: attempts',
  options: {},
  arguments: noArguments,
  run: ({ out }) =>
    withRuntime(async ({ db, actor }) => {
      await audit(db, actor, 'settings:write', { target: 'attempts', result: 'begun', detail: { setting: 'attempts rebuilt' } })
      const startedAt = performance.now()
      const attempts = await rebuildAttempts(db, {
        onProgress: (events, total) => {
          const perSecond = events / ((performance.now() - startedAt) / 1_000)
          out.progress(`… ${written(events)} of ${written(total)} events, ${Math.ceil((total - events) / perSecond)} s left`)
        },
      })
      out.progress('')
      await audit(db, actor, 'settings:write', { target: 'attempts', detail: { setting: 'attempts rebuilt', attempts } })
      out.answer({ attempts }, () => out.line(`${written(attempts)} ${attempts === 1 ? 'try' : 'tries'} of devices counted.`))
    }),
})

export const attemptsCommands: Command[] = [rebuild]

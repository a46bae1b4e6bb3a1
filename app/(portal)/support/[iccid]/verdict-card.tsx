import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { may, type Role } from '@/lib/accounts/roles'
import { ACTIONS, type ActionName } from '@/lib/rsp/explain/actions'
import type { Verdict } from '@/lib/rsp/explain/verdict'
import { type Place, placeOf } from './action-places'

interface VerdictCardProps {
  verdict: Pick<Verdict, 'headline' | 'tone' | 'why' | 'advice' | 'actions' | 'next'>
  role: Role
  /** Cards that the page has for this role and state */
  shown: readonly Place[]
}

/** What state, why the last attempt failed, what to do now, with the buttons that this role may press. */
export function VerdictCard({ verdict: { headline, tone, why, advice, actions, next }, role, shown }: VerdictCardProps) {
  const buttons = actions.flatMap((name: ActionName) => {
    const place = placeOf(name)
    const there = place && (!place.startsWith('#') || shown.some(card => place === `#${card}`))
    return there && may(role, ACTIONS[name].verb) ? [{ name, place }] : []
  })
  return (
    <div className="mb-4 rounded-lg border bg-surface p-4">
      <Notice tone={tone === 'plain' ? 'info' : tone} title={headline}>
        {why ? (
          <p>
            {why.sentence}
            {why.specialist ? <span className="text-quiet text-xs"> ({why.specialist})</span> : null}
          </p>
        ) : null}
      </Notice>
      <h2 className="mt-4 font-semibold text-base">What to do now</h2>
      <p className="mt-1 max-w-3xl">{advice}</p>
      {buttons.length > 0 ? (
        <div className="mt-3 flex flex-wrap gap-2">
          {buttons.map(({ name, place }, i) => (
            <Button key={name} asChild variant={i === 0 ? 'primary' : 'outline'} title={ACTIONS[name].about}>
              <Link href={place}>{ACTIONS[name].label}</Link>
            </Button>
          ))}
        </div>
      ) : actions.length > 0 ? (
        <p className="mt-2 text-quiet">Your role cannot do this here. Ask an operator.</p>
      ) : null}
      <p className="mt-3 text-quiet">Then: {next}</p>
    </div>
  )
}

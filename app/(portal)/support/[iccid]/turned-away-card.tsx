import { Card } from '@/components/ui/card'
import { attemptOfUnproved } from '@/lib/rsp/explain/attempt'
import { explain } from '@/lib/rsp/explain/explain'
import { recentStrangers } from '@/lib/smdp/es9/strangers'
import { ExplainedAttempt } from '../explained-attempt'

/** Longer ago than this it was not the customer who is on the line now. */
const justNowMs = 10 * 60_000
const shown = 3

/** With these a phone begins; what it sends after a refusal tells nothing more. */
const beginnings = ['initiateAuthentication', 'authenticateClient']

/** Phones that were refused before they had proved who they are: nothing says which eSIM they wanted, but the customer knows when they tried. */
export function TurnedAwayCard({ now }: { now: Date }) {
  const refusals = recentStrangers().filter(
    ({ at, function: name }) => now.getTime() - at.getTime() < justNowMs && beginnings.includes(name),
  )
  const attempts = new Map(
    refusals
      .slice(0, shown)
      .map(attemptOfUnproved)
      .map(attempt => [attempt.id, attempt]),
  )
  if (attempts.size === 0) return null
  return (
    <Card
      title="Turned away just now"
      description="Phones that were refused before they had said which eSIM they want. If the customer tried at that moment, it may have been theirs."
    >
      <ul className="-my-3 divide-y">
        {[...attempts.values()].map(attempt => {
          const told = explain(attempt, { now })
          return <ExplainedAttempt key={attempt.id} attempt={attempt} told={told} advice={told.advice} />
        })}
      </ul>
    </Card>
  )
}

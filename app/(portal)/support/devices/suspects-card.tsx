import { CircleCheck, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { countWords, numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { TONE_CLASSES } from '@/components/ui/tone'
import type { ReasonCount } from '@/lib/db/portal/device-success'
import { leastAttempts, leastFailures, type Suspect } from '@/lib/inventory/devices/suspects'
import { reasonWords } from '../../dashboard-parts/reason-words'
import { type Names, nameOf } from './names'
import { attemptsAddress, type Period } from './query'
import { judgedOf, percentWords } from './success'

interface SuspectsCardProps {
  suspects: readonly { suspect: Suspect; reason: ReasonCount | undefined }[]
  names: Names
  period: Period
}

const rule = `Named is what failed in at least ${leastAttempts} attempts at least ${leastFailures} times, and more than chance explains: the lowest rate that its attempts leave likely (Wilson interval, 1 in 2,000) is 5 points above, or twice, the highest of all the others.`

/** What fails far above the rest, the clearest first. */
export const SuspectsCard = ({ suspects, names, period }: SuspectsCardProps) => (
  <Card title="Fails far above the rest" className="mb-4">
    {suspects.length === 0 ? (
      <p className="flex items-center gap-2">
        <CircleCheck className="size-4 shrink-0 text-good" aria-hidden />
        Nothing does: no device, manufacturer, version or type stands out, alone or together.
      </p>
    ) : (
      <ul className="-mt-3 divide-y">
        {suspects.map(({ suspect, reason }) => (
          <SuspectLine key={attemptsAddress(suspect.of, period)} suspect={suspect} reason={reason} names={names} period={period} />
        ))}
      </ul>
    )}
    <p className="mt-3 max-w-4xl text-quiet text-xs">{rule}</p>
  </Card>
)

function SuspectLine({
  suspect,
  reason,
  names,
  period,
}: SuspectsCardProps['suspects'][number] & Pick<SuspectsCardProps, 'names' | 'period'>) {
  const { of, failed, others } = suspect
  const judged = judgedOf(suspect)
  const name = nameOf(of, names)
  const numbers = [of.tac && names.models.has(of.tac) ? `TAC ${of.tac}` : '', of.eum && !name.includes(of.eum) ? `EUM ${of.eum}` : '']
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-2 py-3">
      <span className={`flex size-7 shrink-0 items-center justify-center rounded-full ${TONE_CLASSES.warn}`}>
        <TriangleAlert className="size-4" aria-hidden />
      </span>
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">
          {name}
          {numbers.some(Boolean) ? <span className="font-normal text-quiet"> ({numbers.filter(Boolean).join(', ')})</span> : null}
        </p>
        <p>
          {failed === judged ? 'All' : numberWords(failed)} of {countWords(judged, 'attempt')} failed, {percentWords(failed / judged)}; of
          the others {percentWords(others.failed / judgedOf(others))}.
        </p>
        {reason ? (
          <p className="text-quiet">
            Most often ({numberWords(reason.attempts)}): {reasonWords(reason.result, reason.reason)}
          </p>
        ) : null}
      </div>
      <Button asChild size="sm">
        <Link href={attemptsAddress(of, period)} aria-label={`Reasons and examples of ${name}`}>
          Reasons and examples
        </Link>
      </Button>
    </li>
  )
}

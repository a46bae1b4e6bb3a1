import { Ban, CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from 'lucide-react'
import { classNames } from '@/components/class-names'
import { RelativeTime } from '@/components/ui/relative-time'
import { TONE_CLASSES, type Tone } from '@/components/ui/tone'
import type { Attempt } from '@/lib/rsp/explain/attempt'
import type { Explanation } from '@/lib/rsp/explain/explanation'
import type { SentenceTone } from '@/lib/rsp/timeline/sentences'

const LOOKS: Record<SentenceTone, { tone: Tone; icon: LucideIcon; word: string }> = {
  good: { tone: 'good', icon: CircleCheck, word: 'Success' },
  plain: { tone: 'info', icon: Info, word: 'Under way' },
  warn: { tone: 'warn', icon: TriangleAlert, word: 'Attention' },
  bad: { tone: 'bad', icon: CircleAlert, word: 'Failed' },
}

interface ExplainedAttemptProps {
  attempt: Pick<Attempt, 'startedAt' | 'step'>
  told: Explanation
  /** What to do, where nothing else on the page says it */
  advice?: string
}

/** One go of a phone in a sentence; the codes in brackets are for the specialist. */
export function ExplainedAttempt({ attempt, told, advice }: ExplainedAttemptProps) {
  const { tone, icon, word } = LOOKS[told.tone]
  const Icon = attempt.step === 'cancelled' ? Ban : icon
  return (
    <li className="flex gap-3 py-3">
      <span className={classNames('flex size-7 shrink-0 items-center justify-center rounded-full', TONE_CLASSES[tone])}>
        <Icon className="size-4" aria-hidden />
        <span className="sr-only">{word}:</span>
      </span>
      <div className="min-w-0 flex-1">
        <p>{told.sentence}</p>
        {advice ? <p>{advice}</p> : null}
        <p className="text-quiet text-xs">
          <RelativeTime at={attempt.startedAt} />
          {told.specialist ? <span className="break-words"> ({told.specialist})</span> : null}
        </p>
      </div>
    </li>
  )
}

import type { LucideIcon } from 'lucide-react'
import { classNames } from '@/components/class-names'
import { TONE_CLASSES, type Tone } from '@/components/profile/states'
import { BATCH_LOOK, type BatchState, WAITING_LOOK } from './states'

interface BadgeProps {
  tone: Tone
  icon: LucideIcon
  word: string
  meaning: string
  moving?: boolean
  className?: string | undefined
}

const Badge = ({ tone, icon: Icon, word, meaning, moving, className }: BadgeProps) => (
  <span
    title={meaning}
    className={classNames(
      'inline-flex h-6 items-center gap-1.5 whitespace-nowrap rounded-full px-2 font-medium text-xs',
      TONE_CLASSES[tone],
      className,
    )}
  >
    <Icon className={classNames('size-3.5 shrink-0', moving && 'motion-safe:animate-spin')} aria-hidden />
    {word}
  </span>
)

/** State of a batch: word, colour and shape; hovering says what it means and what comes next. */
export const BatchBadge = ({ state, className }: { state: BatchState; className?: string }) => (
  <Badge {...BATCH_LOOK[state]} moving={state === 'checking'} className={className} />
)

/** A draft that one person wants approved and another has to decide. */
export const WaitingBadge = ({ className }: { className?: string }) => <Badge {...WAITING_LOOK} className={className} />

import { FlaskConical, type LucideIcon, Radio } from 'lucide-react'
import { classNames } from '@/components/class-names'
import { type ProfileState, type RuntimeState, STATE_MEANING } from '@/lib/rsp/lifecycle'
import { RUNTIME_LOOK, STATE_LOOK, TONE_CLASSES, type Tone } from './states'

interface BadgeProps {
  tone: Tone
  icon: LucideIcon
  word: string
  meaning: string
  className?: string | undefined
}

const Badge = ({ tone, icon: Icon, word, meaning, className }: BadgeProps) => (
  <span
    title={meaning}
    className={classNames(
      'inline-flex h-6 items-center gap-1.5 whitespace-nowrap rounded-full px-2 font-medium text-xs',
      TONE_CLASSES[tone],
      className,
    )}
  >
    <Icon className="size-3.5 shrink-0" aria-hidden />
    {word}
  </span>
)

/** State of a profile: word, colour and shape; hovering says what it means and what comes next. */
export const StateBadge = ({ state, className }: { state: ProfileState; className?: string }) => (
  <Badge {...STATE_LOOK[state]} word={state} meaning={STATE_MEANING[state]} className={className} />
)

/** What the eUICC last told of an installed profile. */
export const RuntimeBadge = ({ state }: { state: RuntimeState }) => <Badge {...RUNTIME_LOOK[state]} word={state} />

/** Whether a type or CI is live or for tests only. */
export const LiveBadge = ({ live }: { live: boolean }) =>
  live ? (
    <Badge tone="accent" icon={Radio} word="Live" meaning="For real devices, whose eUICCs stand under a live CI." />
  ) : (
    <Badge tone="warn" icon={FlaskConical} word="Test" meaning="For test devices only: eUICCs under a test CI." />
  )

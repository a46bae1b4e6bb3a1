import type { LucideIcon } from 'lucide-react'
import { classNames } from '@/components/class-names'
import { TONE_CLASSES, type Tone } from './tone'

interface BadgeProps {
  tone: Tone
  icon: LucideIcon
  word: string
  /** Told on hovering: what it means and what comes next. */
  meaning?: string
  moving?: boolean
  className?: string | undefined
}

/** A state: word, colour and shape together. */
export const Badge = ({ tone, icon: Icon, word, meaning, moving, className }: BadgeProps) => (
  <span
    title={meaning}
    className={classNames(
      'inline-flex h-6 shrink-0 items-center gap-1.5 whitespace-nowrap rounded-full px-2 font-medium text-xs',
      TONE_CLASSES[tone],
      className,
    )}
  >
    <Icon className={classNames('size-3.5 shrink-0', moving && 'motion-safe:animate-spin')} aria-hidden />
    {word}
  </span>
)

import { Ban, CircleAlert, CircleCheck, Hourglass, LoaderCircle, type LucideIcon } from 'lucide-react'
import { classNames } from '@/components/class-names'
import { TONE_CLASSES, type Tone } from '@/components/profile/states'
import type { TaskState } from '@/lib/db/task-rows'

const LOOK: Record<TaskState, { word: string; tone: Tone; icon: LucideIcon; meaning: string }> = {
  waiting: { word: 'Waiting', tone: 'plain', icon: Hourglass, meaning: 'It begins as soon as a server has room for it.' },
  running: { word: 'Running', tone: 'info', icon: LoaderCircle, meaning: 'A server does it now. You can leave this page.' },
  done: { word: 'Done', tone: 'good', icon: CircleCheck, meaning: 'It came to its end.' },
  failed: { word: 'Failed', tone: 'bad', icon: CircleAlert, meaning: 'It ended before its time. The sentence says why.' },
  cancelled: { word: 'Cancelled', tone: 'plain', icon: Ban, meaning: 'A person ended it. What was done until then stays done.' },
}

/** State of a task: word, colour and shape; hovering says what it means. */
export function TaskBadge({ state }: { state: TaskState }) {
  const { word, tone, icon: Icon, meaning } = LOOK[state]
  return (
    <span
      title={meaning}
      className={classNames(
        'inline-flex h-6 shrink-0 items-center gap-1.5 whitespace-nowrap rounded-full px-2 font-medium text-xs',
        TONE_CLASSES[tone],
      )}
    >
      <Icon className={classNames('size-3.5 shrink-0', state === 'running' && 'motion-safe:animate-spin')} aria-hidden />
      {word}
    </span>
  )
}

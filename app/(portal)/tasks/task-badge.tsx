import { Ban, CircleAlert, CircleCheck, Hourglass, LoaderCircle, type LucideIcon } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import type { Tone } from '@/components/ui/tone'
import type { TaskState } from '@/lib/db/task-rows'

const LOOK: Record<TaskState, { word: string; tone: Tone; icon: LucideIcon; meaning: string }> = {
  waiting: { word: 'Waiting', tone: 'plain', icon: Hourglass, meaning: 'It begins as soon as a server has room for it.' },
  running: { word: 'Running', tone: 'info', icon: LoaderCircle, meaning: 'A server does it now. You can leave this page.' },
  done: { word: 'Done', tone: 'good', icon: CircleCheck, meaning: 'It came to its end.' },
  failed: { word: 'Failed', tone: 'bad', icon: CircleAlert, meaning: 'It ended before its time. The sentence says why.' },
  cancelled: { word: 'Cancelled', tone: 'plain', icon: Ban, meaning: 'A person ended it. What was done until then stays done.' },
}

/** State of a task: word, colour and shape; hovering says what it means. */
export const TaskBadge = ({ state }: { state: TaskState }) => <Badge {...LOOK[state]} moving={state === 'running'} />

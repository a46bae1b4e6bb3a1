import { CircleAlert, CircleCheck, CircleX, Hourglass, type LucideIcon, RotateCw } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import type { Tone } from '@/components/ui/tone'
import type { Outcome, TrafficEntry } from '@/lib/db/partners/workbench'
import { knownStatus } from './known-status'

interface Look {
  tone: Tone
  icon: LucideIcon
  word: string
  meaning: string
}

const CALL_DONE: Look = { tone: 'good', icon: CircleCheck, word: 'Done', meaning: 'The call was executed.' }

const MESSAGE_LOOK: Record<Outcome, Look> = {
  ok: { tone: 'good', icon: CircleCheck, word: 'Taken', meaning: 'The receiver has taken it.' },
  waiting: { tone: 'info', icon: Hourglass, word: 'Waiting', meaning: 'It is sent as soon as those before it of this profile were taken.' },
  retrying: { tone: 'warn', icon: RotateCw, word: 'Tried again', meaning: 'It was not taken yet, and is sent again by itself.' },
  dead: { tone: 'bad', icon: CircleX, word: 'Given up', meaning: 'It was not taken for too long. It is sent again when somebody says so.' },
  refused: { tone: 'bad', icon: CircleX, word: 'Refused', meaning: 'It was refused.' },
}

/** What the words of the filter are. */
export const OUTCOME_WORDS: Record<Outcome, string> = {
  ok: 'Done, or taken',
  refused: 'Refused call',
  waiting: 'Waiting to be sent',
  retrying: 'Not taken yet',
  dead: 'Given up',
}

function lookOf({ kind, outcome, status }: Pick<TrafficEntry, 'kind' | 'outcome' | 'status'>): Look {
  if (kind === 'message') return MESSAGE_LOOK[outcome]
  if (!status) return CALL_DONE
  const known = knownStatus(status)
  if (!known) return MESSAGE_LOOK.refused
  const { subjectCode, reasonCode, meaning } = known
  return { tone: 'bad', icon: CircleAlert, word: `Refused ${subjectCode}/${reasonCode}`, meaning }
}

/** What came of a call or a message: word, colour and shape. */
export const OutcomeBadge = (entry: Pick<TrafficEntry, 'kind' | 'outcome' | 'status'>) => <Badge {...lookOf(entry)} />

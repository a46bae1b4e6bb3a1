import { CircleAlert, CircleCheck, CircleDashed, ClipboardList, FileUp, LoaderCircle, type LucideIcon, Trash2, Undo2 } from 'lucide-react'
import type { Tone } from '@/components/ui/tone'

export const BATCH_STATES = ['uploaded', 'checking', 'draft', 'failed', 'approved', 'rolledBack', 'discarded'] as const
export type BatchState = (typeof BATCH_STATES)[number]

/** Word, colour and shape of a batch's state, what it means and what comes next. */
export const BATCH_LOOK: Record<BatchState, { word: string; tone: Tone; icon: LucideIcon; meaning: string }> = {
  uploaded: { word: 'Uploaded', tone: 'accent', icon: FileUp, meaning: 'Say what the columns of the file mean; then it is checked.' },
  checking: {
    word: 'Checking',
    tone: 'info',
    icon: LoaderCircle,
    meaning: 'Every row is read and checked. Nothing of it is in stock yet.',
  },
  draft: { word: 'Draft', tone: 'warn', icon: ClipboardList, meaning: 'Checked, and not in stock yet: read the report and decide.' },
  failed: {
    word: 'Failed',
    tone: 'bad',
    icon: CircleAlert,
    meaning: 'It could not be checked. See why, then check it again or discard it.',
  },
  approved: { word: 'Approved', tone: 'good', icon: CircleCheck, meaning: 'Its profiles are in stock.' },
  rolledBack: {
    word: 'Rolled back',
    tone: 'plain',
    icon: Undo2,
    meaning: 'It was in stock and was taken out again before any of it was used.',
  },
  discarded: { word: 'Discarded', tone: 'plain', icon: Trash2, meaning: 'It never became stock; its rows are deleted.' },
}

export const WAITING_LOOK = {
  word: 'Waits for a second person',
  tone: 'accent',
  icon: CircleDashed,
  meaning: 'Somebody asked for approval; somebody else has to give it.',
} as const satisfies { word: string; tone: Tone; icon: LucideIcon; meaning: string }

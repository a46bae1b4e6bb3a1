import { CircleAlert, CircleCheck, Hourglass, Inbox, type LucideIcon } from 'lucide-react'
import type { Tone } from '@/components/ui/tone'
import type { OutboxRow } from '@/lib/db/outbox-rows'

export type MailState = 'sent' | 'waiting' | 'failed' | 'kept'

export const mailState = ({ sentAt, failure, nextAttemptAt }: Pick<OutboxRow, 'sentAt' | 'failure' | 'nextAttemptAt'>): MailState => {
  if (sentAt) return 'sent'
  if (nextAttemptAt) return 'waiting'
  return failure ? 'failed' : 'kept'
}

export const MAIL_LOOK: Record<MailState, { word: string; tone: Tone; icon: LucideIcon; meaning: string }> = {
  sent: { word: 'Sent', tone: 'good', icon: CircleCheck, meaning: 'The mail server took it.' },
  waiting: { word: 'Waiting', tone: 'info', icon: Hourglass, meaning: 'It is sent, or tried again, by itself.' },
  failed: { word: 'Not sent', tone: 'bad', icon: CircleAlert, meaning: 'The mail server would not take it. Nobody tries again by itself.' },
  kept: {
    word: 'Kept',
    tone: 'warn',
    icon: Inbox,
    meaning: 'There was no mail server when it was written. It goes out when somebody says so.',
  },
}

import { Notice } from '@/components/ui/notice'
import type { Erased, Erasure } from '@/lib/accounts/personal-data/erase-subscriber'

const WORDS: Record<keyof Erased, [one: string, many: string]> = {
  orders: ['order', 'orders'],
  profiles: ['profile', 'profiles'],
  phoneNumbers: ['phone number', 'phone numbers'],
  events: ['entry of a timeline', 'entries of timelines'],
  notifications: ['notification', 'notifications'],
  calls: ['call of a partner', 'calls of partners'],
  messages: ['message to a partner', 'messages to partners'],
  sessions: ['session', 'sessions'],
  mails: ['mail', 'mails'],
  approvals: ['decision', 'decisions'],
  tasks: ['finished task', 'finished tasks'],
  auditValues: ['value beside the audit', 'values beside the audit'],
}

const isKind = (name: string): name is keyof Erased => Object.hasOwn(WORDS, name)

/** What an erasure did, and what it left. */
export function ErasedNotice({ name, erased, stays }: Erasure) {
  const parts = Object.entries(erased).flatMap(([kind, count]) =>
    isKind(kind) && count > 0 ? `${count.toLocaleString('en')} ${WORDS[kind][count === 1 ? 0 : 1]}` : [],
  )
  return (
    <Notice tone="good" title="Erased." live className="mt-4">
      <p>{parts.length > 0 ? `From ${parts.join(', ')}.` : 'There was nothing left to erase.'}</p>
      {stays.length > 0 ? (
        <ul className="mt-1.5 list-disc pl-5">
          {stays.map(sentence => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      ) : null}
      <p className="mt-1.5 text-quiet text-xs">In the audit this is “{name}”.</p>
    </Notice>
  )
}

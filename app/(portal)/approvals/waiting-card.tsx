import { UserCheck } from 'lucide-react'
import Link from 'next/link'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ApprovalRow } from '@/lib/db/approval-rows'
import { DecideButtons } from './decide-buttons'
import { requestWords } from './request-words'

interface WaitingCardProps {
  requests: ApprovalRow[]
  /** How many there are in all */
  waiting: number
  /** E-mail of who looks at this */
  own: string
  mayDecide: (request: ApprovalRow) => boolean
}

/** What waits for a second person, the longest first. */
export const WaitingCard = ({ requests, waiting, own, mayDecide }: WaitingCardProps) => (
  <Card
    title="Waiting"
    description={waiting > requests.length ? `The first ${requests.length} of ${waiting}, the oldest on top.` : undefined}
  >
    {requests.length === 0 ? (
      <EmptyState icon={UserCheck} title="Nothing waits for a second person.">
        What takes two people is set in the{' '}
        <Link href="/settings" className="text-accent underline">
          settings
        </Link>
        .
      </EmptyState>
    ) : (
      <ul className="-my-4 divide-y">
        {requests.map(request => {
          const { title, about, checkValue, href } = requestWords(request)
          const mine = request.requestedBy === own
          return (
            <li key={request.id} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 py-4">
              <div className="min-w-0 flex-1 basis-64">
                <p className="font-medium">{title}</p>
                <p className="break-words">
                  {href ? (
                    <Link href={href} className="text-accent underline">
                      {about}
                    </Link>
                  ) : (
                    about
                  )}
                </p>
                {checkValue ? (
                  <p className="mt-1">
                    Check value <span className="identifier font-semibold text-base">{checkValue}</span>
                    <span className="block text-quiet text-xs">Approve only if the vendor’s paper has the same.</span>
                  </p>
                ) : null}
                <p className="mt-1 break-words text-quiet text-xs">
                  {mine ? 'You asked' : `${request.requestedBy} asked`} <RelativeTime at={request.requestedAt} />
                  {mine ? ': somebody else has to approve it' : ''}
                </p>
              </div>
              {mayDecide(request) ? (
                <DecideButtons approvalId={request.id} about={`${title}, ${about ?? ''}`} mine={mine} />
              ) : (
                <p className="text-quiet">Your role cannot decide this.</p>
              )}
            </li>
          )
        })}
      </ul>
    )}
  </Card>
)

import { CircleCheck, CircleSlash, CornerUpLeft } from 'lucide-react'
import Link from 'next/link'
import { classNames } from '@/components/class-names'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ApprovalRow } from '@/lib/db/approval-rows'
import { requestWords } from './request-words'

const decisions = {
  approved: { icon: CircleCheck, word: 'Approved', classes: 'text-good' },
  declined: { icon: CircleSlash, word: 'Declined', classes: 'text-bad' },
  withdrawn: { icon: CornerUpLeft, word: 'Taken back', classes: 'text-quiet' },
}

function Decided({ request }: { request: ApprovalRow }) {
  const { title, about } = requestWords(request)
  const { icon: Icon, word, classes } = decisions[request.decision ?? 'withdrawn']
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-1 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">{title}</p>
        <p className="break-words text-quiet">{about}</p>
      </div>
      <div className="min-w-0 basis-72">
        <p className={classNames('inline-flex items-center gap-1.5 font-medium', classes)}>
          <Icon className="size-4 shrink-0" aria-hidden /> {word}
        </p>
        <p className="break-words text-quiet text-xs">
          {request.decidedAt ? <RelativeTime at={request.decidedAt} /> : null} by {request.decidedBy}; asked by {request.requestedBy}
        </p>
      </div>
    </li>
  )
}

interface DecidedCardProps {
  requests: ApprovalRow[]
  /** Address of those before these, if there are any */
  older?: string | undefined
  newest?: string | undefined
}

/** What was decided, the newest request first. */
export const DecidedCard = ({ requests, older, newest }: DecidedCardProps) => (
  <Card title="Decided">
    {requests.length === 0 ? (
      <p className="text-quiet">Nothing was decided yet.</p>
    ) : (
      <ul className="-my-3 divide-y">
        {requests.map(request => (
          <Decided key={request.id} request={request} />
        ))}
      </ul>
    )}
    {older || newest ? (
      <nav aria-label="Pages" className="mt-4 flex gap-2 border-t pt-4">
        {newest ? (
          <Button asChild size="sm">
            <Link href={newest}>Newest</Link>
          </Button>
        ) : null}
        {older ? (
          <Button asChild size="sm">
            <Link href={older}>Older</Link>
          </Button>
        ) : null}
      </nav>
    ) : null}
  </Card>
)

import Link from 'next/link'
import { RelativeTime } from '@/components/ui/relative-time'
import type { FailedAttempt } from '@/lib/db/portal/device-success'
import { reasonWords } from '../../../dashboard-parts/reason-words'

/** Attempts that failed, the newest first. */
export const Examples = ({ attempts }: { attempts: readonly FailedAttempt[] }) =>
  attempts.length === 0 ? (
    <p className="text-quiet">None that failed is kept by itself.</p>
  ) : (
    <ul className="-my-2.5 divide-y">
      {attempts.map(({ transactionId, at, iccid, result, reason }) => (
        <li key={transactionId} className="py-2.5">
          <p className="flex flex-wrap items-baseline justify-between gap-x-4">
            {iccid ? (
              <Link href={`/support/${iccid}`} className="rounded font-mono text-accent tabular-nums underline underline-offset-2">
                {iccid}
              </Link>
            ) : (
              <span className="text-quiet">No eSIM: the code was of no order</span>
            )}
            <span className="text-quiet text-xs">
              <RelativeTime at={at} />
            </span>
          </p>
          <p>{reasonWords(result, reason)}</p>
        </li>
      ))}
    </ul>
  )

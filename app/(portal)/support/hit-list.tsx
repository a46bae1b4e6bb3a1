import Link from 'next/link'
import { LiveBadge, RuntimeBadge, StateBadge } from '@/components/profile/state-badge'
import { Card } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import type { HitKind, SupportHit } from '@/lib/db/portal/support-search'

const BY: Record<HitKind, string> = {
  iccid: 'ICCID',
  iccidEnd: 'End of the ICCID',
  eid: 'EID',
  matchingId: 'Matching ID',
  reference: 'Order reference',
  email: 'E-mail',
  msisdn: 'Phone number',
  imsi: 'IMSI',
}

const aboutOf = (hit: SupportHit): string =>
  [
    hit.profileName ?? hit.packageName,
    hit.type,
    hit.msisdn,
    hit.reference && `order ${hit.reference}`,
    hit.customerEmail,
    hit.eid && `EID ending ${hit.eid.slice(-4)}`,
  ]
    .filter(Boolean)
    .join(' · ')

interface HitListProps {
  hits: SupportHit[]
  /** Address of the next page */
  next: string | undefined
}

/** The profiles that fit, each with by what it does. */
export const HitList = ({ hits, next }: HitListProps) => (
  <Card title={`What fits${next ? ', the surest first' : ''}`}>
    <ul className="-my-3 divide-y">
      {hits.map(hit => (
        <li key={hit.iccid} className="relative flex flex-wrap items-center gap-x-3 gap-y-1 rounded py-3 hover:bg-muted/60">
          <div className="min-w-0 flex-1 basis-64">
            <Link
              href={`/support/${hit.iccid}`}
              className="identifier rounded font-medium underline-offset-2 after:absolute after:inset-0 hover:underline"
            >
              {hit.iccid}
            </Link>
            <p className="truncate text-quiet text-sm">{aboutOf(hit)}</p>
          </div>
          <span className="text-quiet text-xs">{BY[hit.kind]}</span>
          <span className="flex items-center gap-2">
            <StateBadge state={hit.state} />
            {hit.runtimeState ? <RuntimeBadge state={hit.runtimeState} /> : null}
            <LiveBadge live={hit.live} />
          </span>
          <span className="text-quiet text-xs">
            <RelativeTime at={hit.stateSince} />
          </span>
        </li>
      ))}
    </ul>
    {next ? (
      <p className="mt-4">
        <Link href={next} className="rounded text-accent underline underline-offset-2">
          More that fit
        </Link>
      </p>
    ) : null}
  </Card>
)

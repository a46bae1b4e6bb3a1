import Link from 'next/link'
import { classNames } from '@/components/class-names'
import { PERIODS, type Period } from './figures'

/** Which days are looked at; each is an address. */
export const PeriodSwitch = ({ period }: { period: Period }) => (
  <nav aria-label="Period" className="flex rounded-md border border-control/60 bg-surface p-0.5">
    {PERIODS.map(days => (
      <Link
        key={days}
        href={days === PERIODS[0] ? '/' : `/?days=${days}`}
        aria-current={days === period ? 'true' : undefined}
        scroll={false}
        className={classNames(
          'rounded px-3 py-1 font-medium text-sm',
          days === period ? 'bg-accent-soft text-accent' : 'text-quiet hover:bg-muted hover:text-foreground',
        )}
      >
        {days} days
      </Link>
    ))}
  </nav>
)

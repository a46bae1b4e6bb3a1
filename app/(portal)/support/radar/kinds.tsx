import { Clock, Hourglass, KeyRound, type LucideIcon, PowerOff, SmartphoneNfc } from 'lucide-react'
import Link from 'next/link'
import { classNames } from '@/components/class-names'
import { cappedWords } from '@/components/number-words'
import { RADAR_KINDS, type RadarCounts, type RadarKind, radarCountCap } from '@/lib/db/portal/radar'
import { KIND_WORDS } from './radar-words'

const ICONS: Record<RadarKind, LucideIcon> = {
  nearlyUsedUp: KeyRound,
  noResult: Hourglass,
  expiring: Clock,
  notDeleted: SmartphoneNfc,
  notEnabled: PowerOff,
}

export const countOf = (counts: RadarCounts, kind: RadarKind): string => cappedWords(counts[kind], radarCountCap)

interface KindsProps {
  counts: RadarCounts
  /** The one that is looked at alone */
  shown: RadarKind | undefined
}

/** How many there are of each kind, and the way to them. */
export const Kinds = ({ counts, shown }: KindsProps) => (
  <nav aria-label="Kinds" className="mb-4 grid grid-cols-2 gap-2 sm:grid-cols-3 xl:grid-cols-5">
    {RADAR_KINDS.map(kind => {
      const Icon = ICONS[kind]
      return (
        <Link
          key={kind}
          href={shown === kind ? '/support/radar' : `/support/radar?show=${kind}`}
          aria-current={shown === kind ? 'page' : undefined}
          className={classNames(
            'flex min-w-0 flex-col gap-1 rounded-lg border p-3 hover:bg-muted',
            shown === kind ? 'border-accent bg-accent-soft' : 'bg-surface',
          )}
        >
          <span className="flex items-center justify-between gap-2">
            <span className={classNames('font-semibold text-xl tabular-nums', counts[kind] === 0 && 'text-quiet')}>
              {countOf(counts, kind)}
            </span>
            <Icon className="size-4 shrink-0 text-quiet" aria-hidden />
          </span>
          <span className="text-sm leading-tight">{KIND_WORDS[kind].title}</span>
        </Link>
      )
    })}
  </nav>
)

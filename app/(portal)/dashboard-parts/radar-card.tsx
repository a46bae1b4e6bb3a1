import Link from 'next/link'
import { cappedWords } from '@/components/number-words'
import { database } from '@/lib/db/pool'
import { RADAR_KINDS, radarCountCap, radarCounts } from '@/lib/db/portal/radar'
import { KIND_WORDS } from '../support/radar/radar-words'

/** How much of each kind is on the radar, and the way there; nothing where there is nothing. */
export async function RadarCard() {
  const counts = await radarCounts(database())
  const found = RADAR_KINDS.filter(kind => counts[kind] > 0)
  if (found.length === 0) return null
  return (
    <section aria-labelledby="radar" className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border bg-surface px-4 py-3">
      <h2 id="radar" className="font-semibold text-base leading-tight">
        What will become a call
      </h2>
      <ul className="flex flex-wrap gap-2">
        {found.map(kind => (
          <li key={kind}>
            <Link
              href={`/support/radar?show=${kind}`}
              title={KIND_WORDS[kind].about}
              className="inline-flex min-h-8 items-center gap-2 rounded-full bg-warn-soft px-3 text-sm text-warn hover:underline"
            >
              <span className="font-semibold tabular-nums">{cappedWords(counts[kind], radarCountCap)}</span>
              {KIND_WORDS[kind].title}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

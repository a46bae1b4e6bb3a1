import Link from 'next/link'
import { Card } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import type { RadarKind, RadarLine } from '@/lib/db/portal/radar'
import { KIND_WORDS, radarWords } from './radar-words'

interface RadarListProps {
  kind: RadarKind
  lines: RadarLine[]
  now: Date
  /** Where there are more of them, and how many in all */
  more: { href: string; words: string } | undefined
}

const aboutOf = ({ type, reference, msisdn, customerEmail }: RadarLine): string =>
  [type, msisdn, reference && `order ${reference}`, customerEmail].filter(Boolean).join(' · ')

/** Profiles of one kind, each with what is the matter and what to do. */
export const RadarList = ({ kind, lines, now, more }: RadarListProps) => (
  <Card title={KIND_WORDS[kind].title} description={KIND_WORDS[kind].about}>
    <ul className="-my-3 divide-y">
      {lines.map(line => {
        const { sentence, advice } = radarWords(line, now)
        return (
          <li key={`${line.iccid} ${line.at.toISOString()}`} className="relative rounded py-3 hover:bg-muted/60">
            <div className="flex flex-wrap items-baseline justify-between gap-x-3">
              <Link
                href={`/support/${line.iccid}`}
                className="identifier rounded font-medium underline-offset-2 after:absolute after:inset-0 hover:underline"
              >
                {line.iccid}
              </Link>
              <span className="text-quiet text-xs">
                <RelativeTime at={line.at} />
              </span>
            </div>
            <p className="truncate text-quiet text-xs">{aboutOf(line)}</p>
            <p className="mt-1">{sentence}</p>
            <p className="text-quiet">{advice}</p>
          </li>
        )
      })}
    </ul>
    {more ? (
      <p className="mt-4">
        <Link href={more.href} className="rounded text-accent underline underline-offset-2">
          {more.words}
        </Link>
      </p>
    ) : null}
  </Card>
)

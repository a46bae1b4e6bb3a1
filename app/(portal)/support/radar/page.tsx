import { Radar } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { hide, sightOf } from '@/lib/accounts/sight'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { RADAR_KINDS, type RadarCursor, type RadarKind, radarCounts, radarLines } from '@/lib/db/portal/radar'
import { countOf, Kinds } from './kinds'
import { RadarList } from './radar-list'
import { KIND_WORDS } from './radar-words'
import { RefreshEvery } from './refresh-every'

export const metadata: Metadata = { title: 'Radar' }

const refreshSeconds = 15
const pageSize = 50
/** Of each kind, where all are looked at together */
const firstLines = 5

interface RadarPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

const kindOf = (text: string | string[] | undefined): RadarKind | undefined => RADAR_KINDS.find(kind => kind === text)

/** `TIME_ICCID` of the last line of the page before. */
function cursorOf(text: string | string[] | undefined): RadarCursor | undefined {
  const [, time = '', iccid = ''] = (typeof text === 'string' && /^([0-9T:.Z-]{24})_([0-9]{18,20})$/.exec(text)) || []
  const at = new Date(time)
  return Number.isNaN(at.getTime()) ? undefined : { at, iccid }
}

const addressOf = (kind: RadarKind, after?: RadarCursor): string =>
  `/support/radar?${new URLSearchParams({ show: kind, ...(after ? { after: `${after.at.toISOString()}_${after.iccid}` } : {}) })}`

export default async function RadarPage({ searchParams }: RadarPageProps) {
  const { account } = await requirePage('profile:read')
  const { show, after } = await searchParams
  const [shown, cursor] = [kindOf(show), cursorOf(after)]
  const [db, now] = [database(), new Date()]
  const [counts, sight, pages] = await Promise.all([
    radarCounts(db, now),
    sightOf(db, account.role),
    Promise.all(
      (shown ? [shown] : RADAR_KINDS).map(async kind => ({
        kind,
        ...(await radarLines(db, kind, { now, ...(shown ? { after: cursor, limit: pageSize } : { limit: firstLines }) })),
      })),
    ),
  ])
  const lists = pages.filter(({ lines }) => lines.length > 0)
  const moreOf = (kind: RadarKind, next: RadarCursor | undefined) => {
    if (!next) return undefined
    return shown ? { href: addressOf(kind, next), words: 'More of them' } : { href: addressOf(kind), words: `All ${countOf(counts, kind)}` }
  }

  return (
    <>
      <Link href="/support" className="rounded text-quiet text-sm hover:text-foreground">
        Support
      </Link>
      <PageHeader
        title="Radar"
        description="What will become a call, while there is time. It looks back thirty days, and looks again by itself."
        actions={
          shown ? (
            <Button asChild size="sm">
              <Link href="/support/radar">All kinds</Link>
            </Button>
          ) : null
        }
      />
      <RefreshEvery seconds={refreshSeconds} />
      <Kinds counts={counts} shown={shown} />
      {lists.length > 0 ? (
        <div className="flex max-w-4xl flex-col gap-4">
          {lists.map(({ kind, lines, next }) => (
            <RadarList key={kind} kind={kind} lines={hide(lines, sight)} now={now} more={moreOf(kind, next)} />
          ))}
          {cursor && shown ? (
            <p>
              <Button asChild size="sm">
                <Link href={addressOf(shown)}>From the beginning</Link>
              </Button>
            </p>
          ) : null}
        </div>
      ) : (
        <EmptyState icon={Radar} title={shown ? `None: ${KIND_WORDS[shown].title.toLowerCase()}` : 'Nothing that will become a call'}>
          {cursor ? 'There are no more of them.' : 'As soon as there is something, it stands here by itself.'}
        </EmptyState>
      )}
    </>
  )
}

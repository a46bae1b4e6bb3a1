import { Smartphone } from 'lucide-react'
import { Suspense } from 'react'
import { DayFigure } from '@/components/charts/day-figure'
import { percentWords } from '@/components/charts/series'
import { countWords } from '@/components/number-words'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { database } from '@/lib/db/pool'
import { attemptsByDay } from '@/lib/db/portal/dashboard'
import { byDay, lastDays, type Period, reasonsOf, totalsOf } from './figures'
import { KeyFigures } from './key-figures'
import { RATE_SERIES, RESULT_SERIES } from './looks'
import { Nothing } from './nothing'
import { ReasonsCard } from './reasons-card'
import { TimeFigure, TimesCard } from './times-card'
import { WaitingForCard, WaitingForFigure } from './waiting'

/** What devices tried in a period, and what came of it. */
export async function AttemptCards({ period }: { period: Period }) {
  const days = lastDays(new Date(), period)
  const range = { first: days[0] ?? '', last: days.at(-1) ?? '' }
  const rows = await attemptsByDay(database(), range)
  const totals = totalsOf(rows)
  if (totals.attempts === 0)
    return (
      <Card>
        <EmptyState icon={Smartphone} title={`No phone has asked for an eSIM in the last ${period} days`}>
          As soon as one does, you see here how it goes: downloads and installations a day, the success rate, and why attempts failed.
        </EmptyState>
      </Card>
    )
  const figures = byDay(rows, days)
  const found = RESULT_SERIES.filter(({ key }) => totals[key] > 0)
  const inPeriod = `of the last ${period} days`
  return (
    <>
      <KeyFigures totals={totals}>
        <Suspense fallback={<WaitingForFigure />}>
          <TimeFigure {...range} />
        </Suspense>
      </KeyFigures>
      <Card
        title="Downloads and installations a day"
        description="Each attempt of a device counts once, on the day on which it began (UTC)."
      >
        <DayFigure
          summary={`Attempts ${inPeriod} by how they went: ${countWords(totals.attempts, 'attempt')}, ${countWords(totals.installed, 'installation')}.`}
          kind="stack"
          rows={figures.map(row => ({ ...row }))}
          series={found}
          unit="count"
        />
      </Card>
      <div className="grid gap-4 lg:grid-cols-2">
        <Card title="Success rate" description="Installations among the attempts that have ended, day by day.">
          {totals.rate === null ? (
            <Nothing>No attempt has ended in these days.</Nothing>
          ) : (
            <DayFigure
              summary={`Success rate ${inPeriod}, ${percentWords(totals.rate)} in all.`}
              kind="lines"
              rows={figures.map(({ day, rate }) => ({ day, rate }))}
              series={RATE_SERIES}
              unit="percent"
            />
          )}
        </Card>
        <Suspense fallback={<WaitingForCard />}>
          <TimesCard days={days} />
        </Suspense>
      </div>
      <ReasonsCard reasons={reasonsOf(rows)} ended={totals.attempts - totals.open} />
    </>
  )
}

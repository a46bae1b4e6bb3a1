import { cache } from 'react'
import { DayFigure } from '@/components/charts/day-figure'
import { secondsWords } from '@/components/charts/series'
import { Card } from '@/components/ui/card'
import { database } from '@/lib/db/pool'
import { installTimes } from '@/lib/db/portal/dashboard'
import { Figure } from './key-figures'
import { TIME_SERIES } from './looks'
import { Nothing } from './nothing'

/** Read once for a page. */
const timesBetween = cache((first: string, last: string) => installTimes(database(), { first, last }))

export async function TimeFigure({ first, last }: { first: string; last: string }) {
  const { all } = await timesBetween(first, last)
  return (
    <Figure
      name="From issue to installation"
      value={all ? secondsWords(all.median) : '–'}
      about={all ? `Half of them; nine of ten within ${secondsWords(all.p90)}` : 'Nothing was installed'}
    />
  )
}

/** How long it took, day by day. */
export async function TimesCard({ days }: { days: readonly string[] }) {
  const { all, days: ofDays } = await timesBetween(days[0] ?? '', days.at(-1) ?? '')
  return (
    <Card title="From issue to installation" description="How long after its order an eSIM was on the phone.">
      {all ? (
        <DayFigure
          summary={`Time from issue to installation of the last ${days.length} days: half of them within ${secondsWords(all.median)}, nine of ten within ${secondsWords(all.p90)}.`}
          kind="lines"
          rows={days.map(day => ({ day, median: ofDays.get(day)?.median ?? null, p90: ofDays.get(day)?.p90 ?? null }))}
          series={TIME_SERIES}
          unit="seconds"
        />
      ) : (
        <Nothing>Nothing was installed in these days.</Nothing>
      )}
    </Card>
  )
}

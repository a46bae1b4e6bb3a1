'use client'

import { Bar, BarChart, CartesianGrid, Line, LineChart, Tooltip, type TooltipContentProps, XAxis, YAxis } from 'recharts'
import { type DayRow, dayWords, type Series, tickWords, timeTicks, type Unit, valueWords } from './series'

export interface DayChartProps {
  rows: readonly DayRow[]
  series: readonly Series[]
  unit: Unit
}

const margin = { top: 8, right: 4, bottom: 0, left: 0 }
const size = { width: '100%', height: '100%' } as const
const tick = { fill: 'var(--quiet)', fontSize: 12 }

const dayAxis = {
  dataKey: 'day',
  tickFormatter: dayWords,
  tick,
  tickLine: false,
  axisLine: { stroke: 'var(--control)' },
  minTickGap: 28,
} as const

const valueAxis = (unit: Unit) =>
  ({ tickFormatter: (value: number) => tickWords(value, unit), tick, tickLine: false, axisLine: false, width: 'auto' }) as const

/** What pointing at a day says: each value in words, in the order of the legend. */
const ValuesOfDay = ({ active, label, payload, series, unit }: Partial<TooltipContentProps> & Omit<DayChartProps, 'rows'>) => {
  const row: DayRow | undefined = payload?.[0]?.payload
  if (!active || !row) return null
  return (
    <div className="rounded-md border bg-raised px-3 py-2 text-xs shadow-md">
      <p className="mb-1 font-medium">{dayWords(String(label))}</p>
      <ul className="flex flex-col gap-0.5">
        {series.map(({ key, word, colour }) => (
          <li key={key} className="flex items-center gap-2">
            <span className="size-2.5 rounded-sm" style={{ background: colour }} />
            <span className="text-quiet">{word}</span>
            <span className="ml-auto pl-3 tabular-nums">{valueWords(row[key], unit)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** A column for each day, its parts one upon the other. */
export const StackedDays = ({ rows, series, unit }: DayChartProps) => (
  <BarChart data={[...rows]} responsive style={size} margin={margin} accessibilityLayer={false} barCategoryGap="18%" maxBarSize={36}>
    <CartesianGrid vertical={false} stroke="var(--border)" />
    <XAxis {...dayAxis} />
    <YAxis {...valueAxis(unit)} allowDecimals={false} />
    <Tooltip content={<ValuesOfDay series={series} unit={unit} />} cursor={{ fill: 'var(--muted)' }} isAnimationActive={false} />
    {series.map(({ key, colour }) => (
      <Bar key={key} dataKey={key} stackId="day" fill={colour} isAnimationActive={false} />
    ))}
  </BarChart>
)

/** A line for each series, with a gap where a day has no value; times on a logarithmic scale. */
export function LinesOverDays({ rows, series, unit }: DayChartProps) {
  const values = rows.flatMap(row => series.map(({ key }) => row[key]).filter(value => typeof value === 'number'))
  const ticks = unit === 'seconds' ? timeTicks(values) : unit === 'percent' ? [0, 25, 50, 75, 100] : undefined
  const scale = ticks
    ? {
        ticks,
        domain: [ticks[0] ?? 0, ticks.at(-1) ?? 'auto'] as const,
        scale: unit === 'seconds' ? ('log' as const) : ('linear' as const),
      }
    : {}
  return (
    <LineChart data={[...rows]} responsive style={size} margin={margin} accessibilityLayer={false}>
      <CartesianGrid vertical={false} stroke="var(--border)" />
      <XAxis {...dayAxis} />
      <YAxis {...valueAxis(unit)} {...scale} interval={0} />
      <Tooltip content={<ValuesOfDay series={series} unit={unit} />} cursor={{ stroke: 'var(--control)' }} isAnimationActive={false} />
      {series.map(({ key, colour }, i) => (
        <Line
          key={key}
          dataKey={key}
          stroke={colour}
          strokeWidth={2}
          strokeDasharray={i === 0 ? undefined : '5 3'}
          dot={{ r: rows.length > 31 ? 1 : 2, fill: colour, strokeWidth: 0 }}
          activeDot={{ r: 4 }}
          isAnimationActive={false}
        />
      ))}
    </LineChart>
  )
}

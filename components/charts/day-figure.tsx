import { ChevronRight } from 'lucide-react'
import { LinesOverDays, StackedDays } from './lazy-charts'
import { Legend } from './legend'
import { type DayRow, dayWords, type Series, type Unit, valueWords } from './series'

interface DayFigureProps {
  /** What is drawn, and what there is to see in it */
  summary: string
  kind: 'stack' | 'lines'
  rows: readonly DayRow[]
  series: readonly Series[]
  unit: Unit
}

/** A chart over days with its legend, and the same as a table for whoever cannot see it or wants the numbers. */
export function DayFigure({ summary, kind, rows, series, unit }: DayFigureProps) {
  const Chart = kind === 'stack' ? StackedDays : LinesOverDays
  return (
    <figure className="flex flex-col gap-3">
      {series.length > 1 ? <Legend series={series} /> : null}
      <div role="img" aria-label={summary} className="h-56 sm:h-64">
        <Chart rows={rows} series={series} unit={unit} />
      </div>
      <details className="group">
        <summary className="flex w-fit items-center gap-1 rounded text-quiet text-xs hover:text-foreground">
          <ChevronRight className="size-3.5 group-open:rotate-90" aria-hidden />
          The same as a table
        </summary>
        <DayTable caption={summary} rows={rows} series={series} unit={unit} />
      </details>
    </figure>
  )
}

/** Newest first; days without a value are left out. */
function DayTable({ caption, rows, series, unit }: { caption: string } & Pick<DayFigureProps, 'rows' | 'series' | 'unit'>) {
  const told = rows.filter(row => series.some(({ key }) => row[key] !== null && row[key] !== 0)).reverse()
  return (
    <table className="mt-2 w-full text-xs">
      <caption className="sr-only">{caption}</caption>
      <thead className="text-quiet">
        <tr>
          <th scope="col" className="border-b py-1.5 pr-1 text-left font-medium">
            Day
          </th>
          {series.map(({ key, word }) => (
            <th key={key} scope="col" className="border-b py-1.5 pl-1.5 text-right align-bottom sm:pl-3 font-medium">
              {word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y">
        {told.map(row => (
          <tr key={row.day}>
            <th scope="row" className="whitespace-nowrap py-1 pr-1 text-left font-normal">
              {dayWords(row.day)}
            </th>
            {series.map(({ key }) => (
              <td key={key} className="whitespace-nowrap py-1 pl-1.5 text-right sm:pl-3 tabular-nums">
                {valueWords(row[key], unit)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

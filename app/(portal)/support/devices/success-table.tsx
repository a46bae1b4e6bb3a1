import Link from 'next/link'
import { numberWords } from '@/components/number-words'
import { Card } from '@/components/ui/card'
import { rare } from '@/lib/inventory/devices/suspects'
import { type Dimension, type Names, named } from './names'
import { attemptsAddress, type Period } from './query'
import { RateBar } from './rate-bar'
import { judgedOf, type Success } from './success'

interface SuccessTableProps {
  title: string
  /** Above the names */
  head: string
  description: string
  dimension: Dimension
  rows: readonly Success[]
  names: Names
  period: Period
}

const mostRows = 20

/** How downloads went by one thing; each row leads to the reasons and to examples. */
export function SuccessTable({ title, head, description, dimension, rows, names, period }: SuccessTableProps) {
  const cell = 'border-b px-2 pb-1.5 text-right font-medium first:pl-0 first:text-left last:pr-0'
  return (
    <Card title={title} description={description}>
      <table className="-mb-1.5 w-full">
        <caption className="sr-only">{title}</caption>
        <thead>
          <tr className="text-quiet text-xs">
            <th scope="col" className={cell}>
              {head}
            </th>
            <th scope="col" className={cell}>
              Attempts
            </th>
            <th scope="col" className={cell}>
              Failed
            </th>
            <th scope="col" className={cell}>
              Success
            </th>
          </tr>
        </thead>
        <tbody className="divide-y [&_td]:px-2 [&_td]:py-1.5 [&_td]:text-right [&_td]:tabular-nums [&_td:last-child]:pr-0">
          {rows.slice(0, mostRows).map(row => (
            <tr key={row.value}>
              <th scope="row" className="py-1.5 pr-2 text-left font-normal">
                <Value dimension={dimension} value={row.value} names={names} period={period} />
              </th>
              <td>{numberWords(judgedOf(row))}</td>
              <td>{numberWords(row.failed)}</td>
              <td>
                <RateBar success={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > mostRows ? (
        <p className="mt-3 text-quiet text-xs">
          The first {mostRows} of {numberWords(rows.length)}.
        </p>
      ) : null}
    </Card>
  )
}

function Value({ dimension, value, names, period }: Pick<SuccessTableProps, 'dimension' | 'names' | 'period'> & { value: string }) {
  const { name, number } = named(dimension, value, names)
  if (value === '' || value === rare) return <span className="text-quiet">{name}</span>
  return (
    <>
      <Link href={attemptsAddress({ [dimension]: value }, period)} className="break-words rounded text-accent underline underline-offset-2">
        {name}
      </Link>
      {number ? <span className="block font-mono text-quiet text-xs tabular-nums">{number}</span> : null}
    </>
  )
}

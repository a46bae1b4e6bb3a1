import { CircleAlert, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { classNames } from '@/components/class-names'
import { countWords, numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import type { FindingRow } from '@/lib/db/batches/batch-pages'
import type { BatchReport, Severity } from '@/lib/inventory/doctor/findings'

const looks = {
  error: { icon: CircleAlert, text: 'text-bad', word: 'Error' },
  warning: { icon: TriangleAlert, text: 'text-warn', word: 'Warning' },
} as const satisfies Record<Severity, { icon: typeof CircleAlert; text: string; word: string }>

export const SeverityIcon = ({ severity }: { severity: Severity }) => {
  const { icon: Icon, text, word } = looks[severity]
  return (
    <>
      <Icon className={classNames('mt-0.5 size-4 shrink-0', text)} aria-hidden />
      <span className="sr-only">{word}: </span>
    </>
  )
}

interface FindingsProps {
  batchId: string
  report: BatchReport
  findings: FindingRow[]
  /** Where the next page begins */
  next: number | undefined
  kind: string | undefined
  after: number | undefined
  /** What `line` counts: rows of a table, or members of a ZIP file */
  lineWord: string
}

/** What the doctor found in rows: how often each kind of fault, and every finding. */
export function Findings({ batchId, report, findings, next, kind, after, lineWord }: FindingsProps) {
  const href = (parameters: Record<string, string>) => {
    const query = new URLSearchParams(parameters).toString()
    return `/batches/${batchId}${query ? `?${query}` : ''}`
  }
  const of = kind ? { kind } : undefined
  const chip = 'inline-flex min-h-8 items-center gap-1.5 rounded-full border px-3 py-1 text-sm'
  return (
    <Card title="What was found in rows">
      <nav aria-label="Kinds of fault" className="mb-4 flex flex-wrap gap-1.5">
        <Link
          href={href({})}
          scroll={false}
          aria-current={kind === undefined ? 'true' : undefined}
          className={classNames(chip, kind === undefined ? 'border-current bg-accent-soft font-medium text-accent' : 'hover:bg-muted')}
        >
          All <span className="tabular-nums">{numberWords(report.warned + report.refused)}</span>
        </Link>
        {report.kinds.map(each => (
          <Link
            key={each.kind}
            href={href(each.kind === kind ? {} : { kind: each.kind })}
            scroll={false}
            aria-current={each.kind === kind ? 'true' : undefined}
            className={classNames(chip, each.kind === kind ? 'border-current bg-accent-soft font-medium text-accent' : 'hover:bg-muted')}
          >
            <SeverityIcon severity={each.severity} />
            {each.title} <span className="tabular-nums">{numberWords(each.rows)}</span>
          </Link>
        ))}
      </nav>
      <table className="w-full max-sm:block">
        <caption className="sr-only">Findings by line</caption>
        <thead className="max-sm:sr-only">
          <tr className="text-left text-quiet text-xs">
            <th scope="col" className="w-24 border-b py-2 pr-3 font-medium">
              {lineWord}
            </th>
            <th scope="col" className="w-32 border-b py-2 pr-3 font-medium">
              Field
            </th>
            <th scope="col" className="border-b py-2 font-medium">
              Finding
            </th>
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {findings.map(({ line, place, field, severity, sentence }) => (
            <tr
              key={`${line}/${place}`}
              className="align-top max-sm:flex max-sm:flex-wrap max-sm:gap-x-3 max-sm:border-b max-sm:py-2 [&>td]:sm:border-b [&>td]:sm:py-2 [&>td]:sm:pr-3"
            >
              <td className="tabular-nums">
                <span className="text-quiet sm:hidden">{lineWord} </span>
                {numberWords(line)}
              </td>
              <td>{field ?? <span className="text-quiet max-sm:hidden">–</span>}</td>
              <td className="max-sm:w-full">
                <span className="flex min-w-0 gap-2">
                  <SeverityIcon severity={severity} />
                  <span className="min-w-0 break-words">{sentence}</span>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {findings.length === 0 ? <p className="py-6 text-center text-quiet">Nothing more was found.</p> : null}
      {after !== undefined || next !== undefined ? (
        <nav aria-label="Pages" className="mt-3 flex flex-wrap items-center justify-between gap-2">
          <p className="text-quiet">{countWords(findings.length, 'finding')} on this page</p>
          <div className="flex gap-2">
            {after === undefined ? null : (
              <Button asChild size="sm">
                <Link href={href({ ...of })} scroll={false}>
                  From the start
                </Link>
              </Button>
            )}
            {next === undefined ? null : (
              <Button asChild size="sm">
                <Link href={href({ ...of, after: String(next) })} scroll={false}>
                  Next page
                </Link>
              </Button>
            )}
          </div>
        </nav>
      ) : null}
    </Card>
  )
}

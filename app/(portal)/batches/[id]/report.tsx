import { ChevronRight, CircleCheck, CircleMinus, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import { RowShares } from '@/components/batch/row-shares'
import { classNames } from '@/components/class-names'
import { countWords } from '@/components/number-words'
import { TONE_CLASSES } from '@/components/ui/tone'
import type { BatchReport, PreflightResult } from '@/lib/inventory/doctor/findings'
import { SeverityIcon } from './findings'
import { isMinor, verdictOf } from './verdict'

const results = {
  installed: { icon: CircleCheck, text: 'text-good', word: 'A sample was tried' },
  failed: { icon: CircleX, text: 'text-bad', word: 'A sample was tried' },
  skipped: { icon: CircleMinus, text: 'text-quiet', word: 'No sample was tried' },
} as const satisfies Record<PreflightResult['result'], { icon: typeof CircleCheck; text: string; word: string }>

function Preflight({ preflight: { result, sentence } }: { preflight: PreflightResult }) {
  const { icon: Icon, text, word } = results[result]
  return (
    <li className="flex gap-2">
      <Icon className={classNames('mt-0.5 size-4 shrink-0', text)} aria-hidden />
      <p className="min-w-0 break-words">
        <span className="font-medium">{word}.</span> {sentence}
      </p>
    </li>
  )
}

/** The doctor's report at a glance, and what can be done about it. */
export function Report({ report, actions }: { report: BatchReport; actions: ReactNode }) {
  const { tone, title, sentence } = verdictOf(report)
  const minor = report.whole.filter(isMinor)
  const remarkable = report.whole.filter(finding => !isMinor(finding))
  return (
    <section aria-labelledby="verdict" className="overflow-hidden rounded-lg border bg-surface">
      <header className={classNames('border-b px-4 py-4', TONE_CLASSES[tone])}>
        <h2 id="verdict" className="font-semibold text-lg leading-tight">
          {title}
        </h2>
        <p className="mt-1 text-foreground">{sentence}</p>
      </header>
      <div className="flex flex-col gap-4 p-4">
        <RowShares good={report.good} warned={report.warned} refused={report.refused} />
        {remarkable.length > 0 || report.preflight ? (
          <ul aria-label="About the whole file" className="flex flex-col gap-2">
            {report.preflight ? <Preflight preflight={report.preflight} /> : null}
            {remarkable.map(({ kind, severity, sentence: finding }) => (
              <li key={`${kind} ${finding}`} className="flex gap-2">
                <SeverityIcon severity={severity} />
                <span className="min-w-0 break-words">{finding}</span>
              </li>
            ))}
          </ul>
        ) : null}
        {minor.length > 0 ? (
          <details className="group">
            <summary className="inline-flex items-center gap-1 rounded text-quiet marker:content-none hover:text-foreground">
              <ChevronRight className="size-4 shrink-0 transition-transform group-open:rotate-90" aria-hidden />
              {countWords(minor.length, 'minor remark')}
            </summary>
            <ul className="mt-2 flex list-disc flex-col gap-1 pl-6 text-quiet">
              {minor.map(({ kind, sentence: finding }) => (
                <li key={`${kind} ${finding}`} className="break-words">
                  {finding}
                </li>
              ))}
            </ul>
          </details>
        ) : null}
      </div>
      <footer className="flex flex-wrap items-center gap-2 border-t px-4 py-3">{actions}</footer>
    </section>
  )
}

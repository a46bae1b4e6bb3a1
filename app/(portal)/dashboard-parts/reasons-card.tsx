import { percentWords } from '@/components/charts/series'
import { numberWords } from '@/components/number-words'
import { Card } from '@/components/ui/card'
import type { Reason } from './figures'
import { RESULT_SERIES } from './looks'

const most = 8

const colourOf = ({ result }: Reason) => RESULT_SERIES.find(({ key }) => key === result)?.colour

/** Why attempts did not end with an installation, most frequent first. */
export function ReasonsCard({ reasons, ended }: { reasons: readonly Reason[]; ended: number }) {
  const shown = reasons.slice(0, most)
  const others = reasons.slice(most).reduce((sum, { attempts }) => sum + attempts, 0)
  const largest = shown[0]?.attempts ?? 1
  return (
    <Card title="Why they failed" description="The most frequent reasons, with their share of the attempts that have ended.">
      {shown.length === 0 ? (
        <p className="py-6 text-center text-quiet">No attempt has failed in these days.</p>
      ) : (
        <ol className="flex flex-col gap-3">
          {shown.map(reason => (
            <li key={reason.words} className="flex flex-col gap-1">
              <p className="flex items-baseline justify-between gap-4">
                <span className="min-w-0">{reason.words}</span>
                <span className="shrink-0 tabular-nums">
                  <span className="font-medium">{numberWords(reason.attempts)}</span>{' '}
                  <span className="inline-block min-w-11 text-right text-quiet text-xs">
                    {percentWords((reason.attempts / ended) * 100)}
                  </span>
                </span>
              </p>
              <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-muted">
                <div
                  className="h-full rounded-full"
                  style={{ width: `${(reason.attempts / largest) * 100}%`, background: colourOf(reason) }}
                />
              </div>
            </li>
          ))}
        </ol>
      )}
      {others > 0 ? <p className="mt-3 text-quiet text-sm">{numberWords(others)} more for other reasons.</p> : null}
    </Card>
  )
}

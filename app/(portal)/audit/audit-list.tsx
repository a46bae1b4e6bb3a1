import { ChevronRight, CircleCheck, CircleDashed, CircleX } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ReadAuditRow } from '@/lib/accounts/audit-export'
import { actionWords } from './action-words'
import { RowDetail } from './row-detail'

const KIND: Record<string, string> = {
  account: 'a person',
  key: 'a script with a key',
  cli: 'the command line',
  partner: 'an ES2+ partner',
  device: 'a device',
  server: 'the server itself',
}

const Result = ({ result }: { result: string }) =>
  result === 'ok' ? (
    <Badge tone="good" icon={CircleCheck} word="ok" />
  ) : /not allowed|failed|refused/.test(result) ? (
    <Badge tone="bad" icon={CircleX} word={result} />
  ) : (
    <Badge tone="plain" icon={CircleDashed} word={result} />
  )

/** Rows of the audit, newest first; each opens to all that was recorded. */
export const AuditList = ({ rows, mayReveal }: { rows: ReadAuditRow[]; mayReveal: boolean }) => (
  <ul className="divide-y" aria-label="Audit, newest first">
    {rows.map(row => (
      <li key={row.id}>
        <details className="group">
          <summary className="flex cursor-pointer list-none items-start gap-2 px-3 py-2.5 hover:bg-muted [&::-webkit-details-marker]:hidden">
            <ChevronRight className="mt-0.5 size-4 shrink-0 text-quiet group-open:rotate-90" aria-hidden />
            <span className="grid min-w-0 flex-1 gap-x-4 gap-y-1 md:grid-cols-[9rem_minmax(0,1.1fr)_minmax(0,1fr)_minmax(0,1.4fr)_8rem]">
              <span className="text-quiet">
                <RelativeTime at={row.at} />
              </span>
              <span className="break-all">{row.actor}</span>
              <span className="break-words font-medium" title={row.action}>
                {actionWords(row.action)}
              </span>
              <span className="break-all">{row.target ?? <span className="text-quiet">–</span>}</span>
              <span className="md:justify-self-end">
                <Result result={row.result} />
              </span>
            </span>
          </summary>
          <RowDetail
            id={row.id}
            facts={[
              ['When', row.at.toISOString()],
              ['Who', row.actorKind ? `${row.actor}, ${KIND[row.actorKind] ?? row.actorKind}` : row.actor],
              ['From', row.address ?? 'this machine'],
              ['What', row.action],
              ['Row', row.id],
            ]}
            target={row.target}
            detail={row.detail}
            revealable={mayReveal && row.masked}
          />
        </details>
      </li>
    ))}
  </ul>
)

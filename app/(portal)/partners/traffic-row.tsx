'use client'

import { ArrowDownLeft, ArrowUpRight, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { RelativeTime } from '@/components/ui/relative-time'
import type { TrafficEntry } from '@/lib/db/partners/workbench'
import { EntryDetail } from './entry-detail'
import { nameMeaning, nameWords } from './names'
import { OutcomeBadge } from './outcome-badge'

const Way = ({ kind }: Pick<TrafficEntry, 'kind'>) => {
  const Icon = kind === 'call' ? ArrowDownLeft : ArrowUpRight
  const words = kind === 'call' ? 'asked' : 'was told'
  return (
    <span className="inline-flex items-center gap-1 text-quiet">
      <Icon className="size-4 shrink-0" aria-hidden />
      {words}
    </span>
  )
}

/** One call or message; it unfolds to what was said. */
export function TrafficRow({ entry, mayReplay }: { entry: TrafficEntry; mayReplay: boolean }) {
  const [open, setOpen] = useState(false)
  const { kind, id, at, who, name, iccid, ofFailure, outcome, times } = entry
  return (
    <details className="group" onToggle={({ newState }) => setOpen(newState === 'open')}>
      <summary className="flex cursor-pointer list-none items-start gap-2 px-3 py-2.5 hover:bg-muted [&::-webkit-details-marker]:hidden">
        <ChevronRight className="mt-0.5 size-4 shrink-0 text-quiet group-open:rotate-90" aria-hidden />
        <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4 gap-y-1 md:grid md:items-start md:grid-cols-[8rem_minmax(0,1.3fr)_minmax(0,1.2fr)_11.5rem_10rem]">
          <span className="text-quiet">
            <RelativeTime at={at} />
          </span>
          <span className="flex min-w-0 flex-wrap items-baseline gap-x-1.5">
            <span className="min-w-0 break-words font-medium">{who || 'A partner'}</span>
            <Way kind={kind} />
          </span>
          <span className="min-w-0 break-words" title={nameMeaning(name) ?? name}>
            {nameWords(name)}
            {ofFailure ? <span className="text-bad"> failed</span> : null}
          </span>
          <span className="identifier truncate">{iccid ?? <span className="text-quiet">–</span>}</span>
          <span className="md:justify-self-end">
            <OutcomeBadge {...entry} />
          </span>
        </span>
      </summary>
      {open ? <EntryDetail key={`${outcome} ${times}`} kind={kind} id={id} iccid={iccid} mayReplay={mayReplay} /> : null}
    </details>
  )
}

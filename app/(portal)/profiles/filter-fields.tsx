'use client'

import { ListFilter, X } from 'lucide-react'
import { useSearchParams } from 'next/navigation'
import { useId, useState } from 'react'
import type { UrlChange } from '@/components/data-table/use-url-state'
import { TypeOptions } from '@/components/profile/type-options'
import { Button } from '@/components/ui/button'
import { Input, Select } from '@/components/ui/input'
import type { StockBatch } from '@/lib/db/portal/stock-batches'
import { RUNTIME_STATES } from '@/lib/rsp/lifecycle'
import type { View } from './query'

interface FilterFieldsProps {
  view: View
  filtered: boolean
  types: { name: string; live: boolean }[]
  batches: StockBatch[]
  change: (change: UrlChange) => void
}

const NO_FILTERS = {
  q: undefined,
  state: undefined,
  type: undefined,
  runtime: undefined,
  batch: undefined,
  from: undefined,
  to: undefined,
} satisfies UrlChange

interface DayFieldProps {
  label: string
  hint: string
  value: string
  onChange: (day: string) => void
}

function DayField({ label, hint, value, onChange }: DayFieldProps) {
  const id = useId()
  return (
    <div className="flex items-center gap-1.5 max-sm:w-full" title={hint}>
      <label htmlFor={id} className="text-quiet max-sm:w-24">
        {label}
      </label>
      <Input id={id} type="date" className="h-8 w-auto px-2 max-sm:flex-1" value={value} onChange={event => onChange(event.target.value)} />
    </div>
  )
}

/** What the table is narrowed to, beside its search and states: type, device, and on demand batch and dates. */
export function FilterFields({ view, filtered, types, batches, change }: FilterFieldsProps) {
  const id = useId()
  const parameters = useSearchParams()
  const narrowed = view.batch !== undefined || view.addedFrom !== undefined || view.addedBefore !== undefined
  const [asked, setAsked] = useState(false)
  const open = asked || narrowed
  const unlisted = view.batch !== undefined && !batches.some(batch => batch.id === view.batch)

  return (
    <>
      <Select
        aria-label="Type"
        className="h-8 w-auto max-w-48 max-sm:flex-1"
        value={view.type ?? ''}
        onChange={event => change({ type: event.target.value, batch: undefined })}
      >
        <option value="">All types</option>
        <TypeOptions types={types} />
      </Select>
      <Select
        aria-label="On the device"
        className="h-8 w-auto max-sm:flex-1"
        value={view.runtimeStates[0] ?? ''}
        onChange={event => change({ runtime: event.target.value })}
      >
        <option value="">Any device state</option>
        {RUNTIME_STATES.map(state => (
          <option key={state}>{state}</option>
        ))}
      </Select>
      {narrowed ? null : (
        <Button size="sm" aria-expanded={open} aria-controls={id} onClick={() => setAsked(!asked)}>
          <ListFilter aria-hidden /> Batch and dates
        </Button>
      )}
      {filtered ? (
        <Button size="sm" variant="ghost" onClick={() => change(NO_FILTERS)}>
          <X aria-hidden /> Show all
        </Button>
      ) : null}
      <div id={id} hidden={!open} className="order-last flex w-full flex-wrap items-center gap-2">
        <Select
          aria-label="Batch"
          className="h-8 w-auto min-w-40 max-w-72 max-sm:w-full max-sm:max-w-none"
          value={view.batch ?? ''}
          onChange={event => change({ batch: event.target.value })}
        >
          <option value="">All batches</option>
          {unlisted ? <option value={view.batch}>Batch {view.batch}, not in stock</option> : null}
          {batches.map(batch => (
            <option key={batch.id} value={batch.id}>
              {batch.name}, {batch.addedAt.slice(0, 10)}
            </option>
          ))}
        </Select>
        <DayField label="Added from" hint="Days in UTC" value={parameters.get('from') ?? ''} onChange={from => change({ from })} />
        <DayField label="to" hint="Days in UTC, this one included" value={parameters.get('to') ?? ''} onChange={to => change({ to })} />
      </div>
    </>
  )
}

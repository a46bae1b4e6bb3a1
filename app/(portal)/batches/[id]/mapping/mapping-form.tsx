'use client'

import { ChevronRight, ListChecks } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useState } from 'react'
import { Button } from '@/components/ui/button'
import { CheckField, Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { check, readTable } from '../../actions'
import { useBatchAction } from '../../use-batch-action'
import { ColumnRow } from './column-row'
import { type DraftProblems, isSecret, lackingWords, mappingOfDraft, takenWords } from './mapping-draft'
import { type Reading, ReadingFields, readingWords } from './reading-fields'
import { type ReadTable, useMappingDraft } from './use-mapping-draft'

interface MappingFormProps {
  batchId: string
  vendor: string | null
  table: ReadTable
  /** A vendor's output file says itself where its table is and what divides it. */
  fixedReading: boolean
  /** It is read as the vendor's last file was: nothing is guessed. */
  remembered: boolean
  /** The rows are all there is of a subscriber: no packages came with them. */
  valuesOnly: boolean
  /** It was checked before. */
  again: boolean
}

const noProblems: DraftProblems = { columns: new Map() }

/** How a table is read: corrected by a person where the guess is wrong; then the file is checked. */
export function MappingForm({ batchId, vendor, table, fixedReading, remembered, valuesOnly, again }: MappingFormProps) {
  const router = useRouter()
  const { columns, draft, touched, change, changeColumn, seal, replace } = useMappingDraft(table)
  const [remember, setRemember] = useState(true)
  const [newVendor, setNewVendor] = useState('')
  const [problems, setProblems] = useState(noProblems)
  const toReport = useCallback(() => router.replace(`/batches/${batchId}`), [batchId, router])
  const checking = useBatchAction(check, toReport)
  const reading = useAction(readTable, replace)
  const sealed = draft.columns.some(({ to }) => isSecret(to) && draft.sealed.includes(to))
  const lacking = valuesOnly ? lackingWords(draft.columns) : undefined
  const pending = checking.pending || reading.pending

  const readAgain = (wanted: Reading) => {
    change(wanted)
    setProblems(noProblems)
    if (/^[0-9]{1,3}$/.test(wanted.skipLines)) reading.run({ batchId, ...wanted, skipLines: Number(wanted.skipLines) })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const result = mappingOfDraft(draft)
    if ('problems' in result) return setProblems(result.problems)
    setProblems(noProblems)
    const rememberFor = vendor === null ? newVendor.trim() : remember ? vendor : ''
    checking.run({ batchId, mapping: result.mapping, ...(rememberFor ? { rememberFor } : {}) })
  }
  const wrong = problems.whole ?? (problems.columns.size > 0 ? 'See the columns that are marked.' : problems.transportIndex)

  return (
    <form onSubmit={submit} noValidate className="rounded-lg border bg-surface">
      <header className="border-b px-4 py-3">
        <h2 className="font-semibold text-base">What the columns mean</h2>
        {fixedReading ? (
          <p className="mt-1 text-quiet">The file says itself where its table is.</p>
        ) : (
          <details className="group mt-1">
            <summary className="inline-flex items-center gap-1 rounded text-quiet marker:content-none hover:text-foreground">
              <ChevronRight className="size-4 shrink-0 transition-transform group-open:rotate-90" aria-hidden />
              {readingWords(draft)}
            </summary>
            <div className="mt-3 flex flex-col gap-3">
              <ReadingFields reading={draft} problem={problems.skipLines} disabled={pending} onChange={readAgain} />
              {reading.message ? (
                <Notice tone="bad" title="The table cannot be read so." live>
                  {reading.message}
                </Notice>
              ) : null}
            </div>
          </details>
        )}
      </header>
      <ul aria-label="Columns" aria-busy={reading.pending}>
        {draft.columns.map(column => {
          const { place, header, to } = column
          return (
            <ColumnRow
              key={place}
              file={columns[place] ?? { name: header || `Column ${place + 1}`, confidence: undefined, samples: [] }}
              draft={column}
              guessed={!remembered && !touched.has(place)}
              sealed={isSecret(to) && draft.sealed.includes(to)}
              problem={problems.columns.get(place)}
              onChange={part => changeColumn(place, part)}
              onSealed={on => isSecret(to) && seal(to, on)}
            />
          )
        })}
      </ul>
      {sealed || vendor === null ? (
        <div className="grid gap-4 border-t px-4 py-4 sm:grid-cols-2">
          {sealed ? (
            <Field
              label="Transport key"
              hint={
                <>
                  The vendor's number of the key. Keys are entered under{' '}
                  <Link href="/settings/keys" className="text-accent underline underline-offset-2">
                    Settings
                  </Link>
                  .
                </>
              }
              error={problems.transportIndex}
            >
              {control => (
                <Input
                  {...control}
                  className="identifier"
                  autoComplete="off"
                  value={draft.transportIndex}
                  onChange={event => change({ transportIndex: event.target.value })}
                />
              )}
            </Field>
          ) : null}
          {vendor === null ? (
            <Field label="Vendor" optional hint="Named, this is remembered for the vendor's next files.">
              {control => (
                <Input
                  {...control}
                  autoComplete="off"
                  maxLength={100}
                  value={newVendor}
                  onChange={event => setNewVendor(event.target.value)}
                />
              )}
            </Field>
          ) : null}
        </div>
      ) : null}
      <footer className="sticky bottom-0 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-b-lg border-t bg-surface px-4 py-3">
        <Button type="submit" variant="primary" disabled={pending}>
          <ListChecks aria-hidden /> {checking.pending ? 'Starting…' : again ? 'Check again' : 'Check'}
        </Button>
        <p className="min-w-0 text-quiet">
          Takes <span className="text-foreground">{takenWords(draft.columns)}</span>.
          {lacking ? <span className="text-warn"> No column is {lacking}: every row would be refused.</span> : null}
        </p>
        {vendor === null ? null : (
          <CheckField className="sm:ml-auto" label={`Remember for ${vendor}`} checked={remember} onChange={setRemember} />
        )}
        {wrong || checking.message ? <Notice tone="bad" title={checking.message || wrong} live className="w-full" /> : null}
      </footer>
    </form>
  )
}

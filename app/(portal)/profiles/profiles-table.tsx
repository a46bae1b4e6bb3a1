'use client'

import type { RowSelectionState } from '@tanstack/react-table'
import { PackageOpen, QrCode, SearchX, X } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { DataTable } from '@/components/data-table/data-table'
import { useUrlState } from '@/components/data-table/use-url-state'
import { cappedWords, countWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { Select } from '@/components/ui/input'
import type { ProfilePage, ProfileQuery, ProfileRow } from '@/lib/db/portal/profile-list'
import { type ProfileState, RUNTIME_STATES } from '@/lib/rsp/lifecycle'
import { columns } from './columns'
import { IssueDialog } from './issue-dialog'
import { SearchField } from './search-field'
import { StateChips } from './state-chips'

interface ProfilesTableProps {
  query: ProfileQuery
  page: ProfilePage
  counts: Record<ProfileState, number>
  cap: number
  types: { name: string; live: boolean }[]
}

const nothing: RowSelectionState = {}

const rowId = (row: ProfileRow) => row.iccid
const rowLabel = (row: ProfileRow) => `profile ${row.iccid}`
const canSelect = (row: ProfileRow) => row.state === 'Available'

export function ProfilesTable({ query, page, counts, cap, types }: ProfilesTableProps) {
  const router = useRouter()
  const { change, pending } = useUrlState()
  const [selection, setSelection] = useState(nothing)
  const selected = Object.keys(selection)
  const filtered = query.search !== '' || query.states.length > 0 || query.type !== undefined || query.runtimeStates.length > 0
  const search = useCallback((q: string) => change({ q: q.trim() }, 'replace'), [change])
  const only = page.rows.length === 1 ? page.rows[0] : undefined
  const nothingYet = !filtered && page.count === 0

  return (
    <>
      <StateChips chosen={query.states} counts={counts} cap={cap} onChoose={states => change({ state: states.join(',') })} />
      <DataTable
        name="profiles"
        caption="Profiles"
        columns={columns}
        rows={page.rows}
        rowId={rowId}
        rowLabel={rowLabel}
        canSelect={canSelect}
        selection={selection}
        onSelection={setSelection}
        sorting={{ by: query.sort, descending: query.descending }}
        page={query.page}
        pageSize={query.pageSize}
        total={cappedWords(page.count, cap)}
        hasNext={page.hasNext}
        pending={pending}
        toolbar={
          <>
            <SearchField
              value={query.search}
              onSearch={search}
              onEnter={() => {
                if (only && !pending) router.push(`/profiles/${only.iccid}`)
              }}
            />
            <Select
              aria-label="Type"
              className="h-8 w-auto max-w-48 max-sm:flex-1"
              value={query.type ?? ''}
              onChange={event => change({ type: event.target.value })}
            >
              <option value="">All types</option>
              {types.map(({ name, live }) => (
                <option key={name} value={name}>
                  {name}
                  {live ? '' : ' (test)'}
                </option>
              ))}
            </Select>
            <Select
              aria-label="On the device"
              className="h-8 w-auto max-sm:flex-1"
              value={query.runtimeStates[0] ?? ''}
              onChange={event => change({ runtime: event.target.value })}
            >
              <option value="">Any device state</option>
              {RUNTIME_STATES.map(state => (
                <option key={state}>{state}</option>
              ))}
            </Select>
            {filtered ? (
              <Button
                size="sm"
                variant="ghost"
                onClick={() => change({ q: undefined, state: undefined, type: undefined, runtime: undefined })}
              >
                <X aria-hidden /> Show all
              </Button>
            ) : null}
          </>
        }
        empty={
          nothingYet ? (
            <EmptyState
              icon={PackageOpen}
              title="No profiles yet"
              action={
                <Button asChild variant="primary">
                  <Link href="/batches/upload">Upload packages</Link>
                </Button>
              }
            >
              Upload the profile packages that your vendor made, as .der files or a .zip of them. Then issue a code for each device.
            </EmptyState>
          ) : (
            <EmptyState icon={SearchX} title={page.count > 0 ? 'No more rows' : 'No profile fits'}>
              {page.count > 0
                ? 'This page lies behind the last row. Go back to the first one.'
                : 'Check the number, or show all states and types. The first or last digits of an ICCID are enough.'}
            </EmptyState>
          )
        }
      />
      {selected.length > 0 ? (
        <section
          aria-label="Selected profiles"
          className="sticky bottom-3 z-20 mx-auto mt-3 flex w-fit max-w-full flex-wrap items-center gap-3 rounded-lg border bg-raised px-4 py-2.5 shadow-lg"
        >
          <p role="status" className="font-medium">
            {countWords(selected.length, 'profile')} selected
          </p>
          <IssueDialog
            iccids={selected}
            types={types}
            onClosed={() => setSelection(nothing)}
            trigger={
              <Button size="sm" variant="primary">
                <QrCode aria-hidden /> Issue {countWords(selected.length, 'code')}…
              </Button>
            }
          />
          <Button size="sm" variant="ghost" onClick={() => setSelection(nothing)}>
            Clear
          </Button>
        </section>
      ) : null}
    </>
  )
}

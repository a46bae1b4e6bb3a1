'use client'

import { Download, PackageOpen, SearchX } from 'lucide-react'
import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import { useCallback, useState } from 'react'
import { DataTable, type Sorting } from '@/components/data-table/data-table'
import type { Paging } from '@/components/data-table/pager'
import { useColumns } from '@/components/data-table/use-columns'
import { useUrlState } from '@/components/data-table/use-url-state'
import { cappedWords } from '@/components/number-words'
import type { EidPolicy } from '@/components/profile/eid-field'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import type { ProfileRow } from '@/lib/db/portal/profile-list'
import type { StockBatch } from '@/lib/db/portal/stock-batches'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { columns, withoutBatches } from './columns'
import { FilterFields } from './filter-fields'
import { FollowedTask } from './followed-task'
import type { View } from './query'
import { actsOnSelection, type ProfileRights } from './rights'
import { SearchField } from './search-field'
import { SelectionBar } from './selection-bar'
import { StateChips } from './state-chips'
import { useSelection } from './use-selection'

interface ProfilesTableProps {
  view: View
  filtered: boolean
  rights: ProfileRights
  sorting: Sorting
  rows: ProfileRow[]
  /** Up to `cap` + 1 */
  count: number
  counts: Record<ProfileState, number> | undefined
  cap: number
  paging: Omit<Paging, 'total'>
  types: { name: string; live: boolean }[]
  eidPolicy: EidPolicy
  batches: StockBatch[]
}

const rowId = (row: ProfileRow) => row.iccid
const rowLabel = (row: ProfileRow) => `profile ${row.iccid}`
const canSelect = () => true

/** The parameters that say where in a view the table is, not which view. */
const placeNames = ['after', 'before', 'size', 'sort', 'columns']

export function ProfilesTable(props: ProfilesTableProps) {
  const { view, filtered, rights, sorting, rows, count, counts, cap, paging, types, eidPolicy, batches } = props
  const router = useRouter()
  const parameters = useSearchParams()
  const { change, pending } = useUrlState()
  const [visibility, show] = useColumns('profiles', columns)
  const { selected, rowSelection, choose, chooseAll, clear, counting, problem } = useSelection(view, rows)
  const [task, setTask] = useState<string>()
  const search = useCallback((q: string) => change({ q: q.trim() }, 'replace'), [change])
  const only = rows.length === 1 ? rows[0] : undefined
  const total = cappedWords(count, cap)

  const wanted = new URLSearchParams(parameters)
  for (const name of placeNames) wanted.delete(name)
  wanted.set('columns', columns.flatMap(({ id }) => (visibility[id] ? [id] : [])).join(','))

  return (
    <>
      {task ? <FollowedTask key={task} id={task} onClose={() => setTask(undefined)} /> : null}
      <StateChips chosen={view.states} counts={counts} cap={cap} onChoose={states => change({ state: states.join(',') })} />
      <DataTable
        caption="Profiles"
        columns={rights.batches ? columns : withoutBatches}
        visibility={visibility}
        onVisibility={show}
        rows={rows}
        rowId={rowId}
        rowLabel={rowLabel}
        canSelect={actsOnSelection(rights) ? canSelect : undefined}
        selection={rowSelection}
        onSelection={choose}
        sorting={sorting}
        paging={{ ...paging, total }}
        pending={pending}
        toolbar={
          <>
            <SearchField
              value={view.search}
              onSearch={search}
              onEnter={() => {
                if (only && !pending) router.push(`/profiles/${only.iccid}`)
              }}
            />
            <FilterFields view={view} filtered={filtered} types={types} batches={batches} change={change} />
          </>
        }
        actions={
          rights.export ? (
            <Button asChild size="sm" className={count === 0 ? 'pointer-events-none opacity-55' : undefined}>
              <a
                href={`/api/profiles/export?${wanted}`}
                download
                aria-disabled={count === 0}
                title="All that fit, with the columns shown, as a file"
              >
                <Download aria-hidden /> CSV
              </a>
            </Button>
          ) : null
        }
        empty={<NoRows filtered={filtered} count={count} mayUpload={rights.upload} />}
      />
      <SelectionBar
        selected={selected}
        rights={rights}
        view={view}
        types={types}
        eidPolicy={eidPolicy}
        all={{ count, words: count > cap ? undefined : total }}
        counting={counting}
        problem={problem}
        onAll={chooseAll}
        onClear={clear}
        onTask={setTask}
      />
    </>
  )
}

function NoRows({ filtered, count, mayUpload }: { filtered: boolean; count: number; mayUpload: boolean }) {
  if (!filtered && count === 0)
    return (
      <EmptyState
        icon={PackageOpen}
        title="No profiles yet"
        action={
          mayUpload ? (
            <Button asChild variant="primary">
              <Link href="/batches/upload">Upload a file</Link>
            </Button>
          ) : undefined
        }
      >
        {mayUpload
          ? 'Upload what your vendor sent and approve it. Then issue a code for each device.'
          : 'They are here once a batch that somebody uploads is in stock.'}
      </EmptyState>
    )
  return (
    <EmptyState icon={SearchX} title={count > 0 ? 'No more rows' : 'No profile fits'}>
      {count > 0
        ? 'This page lies behind the last row. Go back to the first one.'
        : 'Check the number, or show all states and types. The first or last digits of an ICCID are enough.'}
    </EmptyState>
  )
}

'use client'

import { type RowSelectionState, useTable } from '@tanstack/react-table'
import { ArrowDown, ArrowUp, ChevronsUpDown, Columns3 } from 'lucide-react'
import Link from 'next/link'
import type { KeyboardEvent, ReactNode } from 'react'
import { classNames } from '@/components/class-names'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/input'
import { Menu, MenuCheck, MenuLabel } from '@/components/ui/menu'
import { type Column, features } from './features'
import { Pager, type Paging } from './pager'
import type { Visibility } from './use-remembered-columns'
import { useUrlState } from './use-url-state'

export interface Sorting {
  by: string
  descending: boolean
}

interface DataTableProps<Row extends object> {
  caption: string
  columns: Column<Row>[]
  /** Which columns are shown; see `useColumns`. */
  visibility: Visibility
  onVisibility: (next: Visibility) => void
  rows: Row[]
  rowId: (row: Row) => string
  /** What a row is called when it is selected. */
  rowLabel: (row: Row) => string
  /** Left out: there is nothing to select for. */
  canSelect?: ((row: Row) => boolean) | undefined
  selection: RowSelectionState
  onSelection: (next: RowSelectionState) => void
  sorting: Sorting
  paging: Paging
  /** The server is looking for other rows. */
  pending?: boolean
  toolbar: ReactNode
  /** What can be done with the whole view. */
  actions?: ReactNode
  empty: ReactNode
}

/** Arrow keys go from row to row, Home and End to the first and last, Space selects; Enter follows the row's link. */
function moveBetweenRows(event: KeyboardEvent<HTMLTableSectionElement>) {
  const target = event.target as HTMLElement
  const row = target.closest('tr')
  if (!row || !target.matches('[data-row-link], [data-row-select]')) return
  const kind = target.matches('[data-row-link]') ? '[data-row-link]' : '[data-row-select]'
  const rows = [...event.currentTarget.querySelectorAll('tr')]
  const at = rows.indexOf(row)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key]
  if (to !== undefined) {
    rows[to]?.querySelector<HTMLElement>(kind)?.focus()
    event.preventDefault()
  } else if (event.key === ' ' && kind === '[data-row-link]') {
    row.querySelector<HTMLElement>('[data-row-select]')?.click()
    event.preventDefault()
  }
}

/** The one table of the portal: the server pages, filters and sorts, the URL holds all of it. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { columns, rows, selection, sorting, visibility, canSelect } = props
  const { change, href, pending: turning } = useUrlState()
  const busy = turning || props.pending === true
  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId: props.rowId,
    enableRowSelection: row => canSelect?.(row.original) ?? false,
    state: { rowSelection: selection, columnVisibility: visibility },
    onRowSelectionChange: update => props.onSelection(typeof update === 'function' ? update(selection) : update),
    onColumnVisibilityChange: update => props.onVisibility(typeof update === 'function' ? update(visibility) : update),
  })
  const selectable = canSelect !== undefined && rows.some(canSelect)
  const allSelected = selectable && table.getIsAllPageRowsSelected()
  const someSelected = !allSelected && table.getIsSomePageRowsSelected()

  return (
    <div className="relative rounded-lg border bg-surface">
      <div className="flex flex-wrap items-center gap-2 border-b p-3">
        {props.toolbar}
        <div className="ml-auto flex items-center gap-2">
          {props.actions}
          <Menu
            trigger={
              <Button size="sm">
                <Columns3 aria-hidden /> Columns
              </Button>
            }
          >
            <MenuLabel>Shown columns</MenuLabel>
            {table.getAllLeafColumns().map(column =>
              column.columnDef.meta?.anchor ? null : (
                <MenuCheck
                  key={column.id}
                  checked={column.getIsVisible()}
                  onCheckedChange={shown => column.toggleVisibility(shown === true)}
                >
                  {column.columnDef.meta?.label}
                </MenuCheck>
              ),
            )}
          </Menu>
        </div>
      </div>
      <div aria-hidden className="relative h-0.5 overflow-hidden">
        {busy ? <div className="absolute inset-y-0 w-1/4 animate-glide bg-accent" /> : null}
      </div>
      <section aria-label={props.caption} className="overflow-x-auto" aria-busy={busy}>
        <table className={classNames('w-full border-separate border-spacing-0 transition-opacity', busy && 'opacity-60')}>
          <caption className="sr-only">
            {props.caption}. Arrow keys move between rows, {canSelect ? 'Space selects, ' : ''}Enter opens.
          </caption>
          <thead>
            {table.getHeaderGroups().map(group => (
              <tr key={group.id} className="text-left text-quiet text-xs">
                {canSelect ? (
                  <th scope="col" className="w-9 border-b py-2 pl-3">
                    <Checkbox
                      aria-label="Select all on this page that can be selected"
                      disabled={!selectable}
                      checked={allSelected}
                      ref={box => {
                        if (box) box.indeterminate = someSelected
                      }}
                      onChange={event => table.toggleAllPageRowsSelected(event.target.checked)}
                    />
                  </th>
                ) : null}
                {group.headers.map(header => {
                  const meta = header.column.columnDef.meta
                  const sorted = meta?.sort === sorting.by
                  const descending = sorted ? !sorting.descending : meta?.descendingFirst === true
                  return (
                    <th
                      key={header.id}
                      scope="col"
                      aria-sort={sorted ? (sorting.descending ? 'descending' : 'ascending') : undefined}
                      className={classNames('whitespace-nowrap border-b px-3 py-2 font-medium', meta?.anchor && 'sticky left-0 bg-surface')}
                    >
                      {meta?.sort ? (
                        <Link
                          href={href({ sort: `${descending ? '-' : ''}${meta.sort}` })}
                          scroll={false}
                          prefetch={false}
                          onClick={event => {
                            if (event.metaKey || event.ctrlKey || event.shiftKey) return
                            event.preventDefault()
                            change({ sort: `${descending ? '-' : ''}${meta.sort}` })
                          }}
                          className="-mx-1 inline-flex items-center gap-1 rounded px-1 hover:text-foreground [&_svg]:size-3.5"
                        >
                          <table.FlexRender header={header} />
                          {sorted ? (
                            sorting.descending ? (
                              <ArrowDown aria-hidden />
                            ) : (
                              <ArrowUp aria-hidden />
                            )
                          ) : (
                            <ChevronsUpDown aria-hidden />
                          )}
                        </Link>
                      ) : (
                        <table.FlexRender header={header} />
                      )}
                    </th>
                  )
                })}
              </tr>
            ))}
          </thead>
          <tbody onKeyDown={moveBetweenRows}>
            {table.getRowModel().rows.map(row => (
              <tr key={row.id} className={classNames('group hover:bg-muted', row.getIsSelected() && 'bg-accent-soft hover:bg-accent-soft')}>
                {canSelect ? (
                  <td className="border-b py-2 pl-3 align-middle group-last:border-b-0">
                    <Checkbox
                      data-row-select
                      aria-label={`Select ${props.rowLabel(row.original)}`}
                      disabled={!row.getCanSelect()}
                      checked={row.getIsSelected()}
                      onClick={row.getToggleSelectedHandler()}
                      readOnly
                    />
                  </td>
                ) : null}
                {row.getVisibleCells().map(cell => (
                  <td
                    key={cell.id}
                    className={classNames(
                      'whitespace-nowrap border-b px-3 py-1.5 align-middle group-last:border-b-0',
                      cell.column.columnDef.meta?.anchor &&
                        'sticky left-0 bg-surface group-hover:bg-muted max-sm:shadow-[1px_0_0_var(--border)]',
                      cell.column.columnDef.meta?.anchor && row.getIsSelected() && 'bg-accent-soft group-hover:bg-accent-soft',
                    )}
                  >
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 ? props.empty : null}
      </section>
      <Pager {...props.paging} shown={rows.length} change={change} />
    </div>
  )
}

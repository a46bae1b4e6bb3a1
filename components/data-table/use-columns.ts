'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback, useMemo } from 'react'
import type { Column } from './features'
import { useRememberedColumns, type Visibility } from './use-remembered-columns'

/**
 * Which columns of the table `name` are shown: those that the URL names; without that, those that this browser remembers, or the usual ones.
 * `show` writes a choice into both.
 */
export function useColumns<Row extends object>(name: string, columns: Column<Row>[]): [Visibility, (next: Visibility) => void] {
  const parameters = useSearchParams()
  const pathname = usePathname()
  const usual = useMemo(() => Object.fromEntries(columns.map(column => [column.id, !column.meta.hidden])), [columns])
  const [remembered, remember] = useRememberedColumns(name, usual)
  const named = parameters.get('columns')
  const visibility = useMemo(() => {
    if (!named) return remembered
    const wanted = named.split(',')
    return Object.fromEntries(columns.map(({ id, meta }) => [id, meta.anchor === true || wanted.includes(id)]))
  }, [named, remembered, columns])

  const show = useCallback(
    (next: Visibility) => {
      remember(next)
      const changed = new URLSearchParams(window.location.search)
      changed.set('columns', columns.flatMap(({ id }) => (next[id] ? [id] : [])).join(','))
      // The rows stay as they are, so the server is not asked.
      window.history.replaceState(null, '', `${pathname}?${changed.toString().replaceAll('%2C', ',')}`)
    },
    [remember, columns, pathname],
  )
  return [visibility, show]
}

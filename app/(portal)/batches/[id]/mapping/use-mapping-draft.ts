'use client'

import { useCallback, useState } from 'react'
import type { CsvMapping } from '@/lib/inventory/formats/mapping'
import type { FileColumn } from './column-row'
import { type ColumnDraft, draftOf, type MappingDraft, type SealedMeaning } from './mapping-draft'

export interface ReadTable {
  mapping: CsvMapping
  columns: FileColumn[]
}

/** The mapping while a person works on it. */
export function useMappingDraft(initial: ReadTable) {
  const [columns, setColumns] = useState(initial.columns)
  const [draft, setDraft] = useState<MappingDraft>(() => draftOf(initial.mapping))
  const [touched, setTouched] = useState(new Set<number>())

  const change = useCallback((part: Partial<MappingDraft>) => setDraft(before => ({ ...before, ...part })), [])

  const changeColumn = useCallback((place: number, part: Partial<ColumnDraft>) => {
    setTouched(before => new Set([...before, place]))
    setDraft(before => ({ ...before, columns: before.columns.map((column, i) => (i === place ? { ...column, ...part } : column)) }))
  }, [])

  const seal = useCallback(
    (meaning: SealedMeaning, sealed: boolean) =>
      setDraft(before => {
        const others = before.sealed.filter(each => each !== meaning)
        return { ...before, sealed: sealed ? [...others, meaning] : others }
      }),
    [],
  )

  /** The table was read anew, otherwise divided: its columns are others. */
  const replace = useCallback((table: ReadTable) => {
    setColumns(table.columns)
    setDraft(draftOf(table.mapping))
    setTouched(new Set())
  }, [])

  return { columns, draft, touched, change, changeColumn, seal, replace }
}

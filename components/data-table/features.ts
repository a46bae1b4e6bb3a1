import { columnVisibilityFeature, type DisplayColumnDef, metaHelper, rowSelectionFeature, tableFeatures } from '@tanstack/react-table'

interface ColumnMeta {
  /** The column's name in the menu of columns and for screen readers. */
  label: string
  /** The sort that the server knows for this column. */
  sort?: string
  /** Which way it sorts first; the newest of dates. */
  descendingFirst?: boolean
  /** Hidden until somebody asks for it. */
  hidden?: boolean
  /** Always shown and kept in sight on a narrow screen. */
  anchor?: boolean
}

/** What every table of the portal can do; pages, filters and sorts are the server's. */
export const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature, columnMeta: metaHelper<ColumnMeta>() })
export type Features = typeof features

export type Column<Row extends object> = DisplayColumnDef<Features, Row, unknown> & { id: string; meta: ColumnMeta }

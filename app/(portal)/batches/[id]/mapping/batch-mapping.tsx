import type { ShownBatch } from '../shown-batch'
import { MappingForm } from './mapping-form'

/** How the table of a batch is read; nothing where there is no table. */
export const BatchMapping = ({ batch: { id, vendor, table, facts }, again }: { batch: ShownBatch; again: boolean }) =>
  table ? (
    <MappingForm
      batchId={id}
      vendor={vendor}
      table={table}
      fixedReading={table.fixedReading}
      remembered={table.remembered}
      valuesOnly={!facts.packages}
      again={again}
    />
  ) : null

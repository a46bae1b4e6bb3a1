import type { Reorder } from '@/lib/inventory/stock-levels/kept-reorders'
import type { NumberRange } from '@/lib/inventory/stock-levels/next-range'

const Range = ({ label, range }: { label: string; range: NumberRange }) => (
  <div className="flex flex-wrap gap-x-2">
    <dt className="text-quiet">{label}</dt>
    <dd className="identifier break-all">
      {range.first} – {range.last}
    </dd>
  </div>
)

/** The numbers of an order to a vendor, and its files for those who may take them. */
export function ReorderedRanges({ typeId, order, files = true }: { typeId: string; order: Reorder; files?: boolean }) {
  const file = (format: string) => `/api/types/${typeId}/reorder?${new URLSearchParams({ at: order.at, format })}`
  const link = 'rounded text-accent underline underline-offset-2'
  return (
    <div className="flex flex-col gap-1 text-sm">
      <dl>
        <Range label="ICCID" range={order.iccid} />
        {order.imsi ? <Range label="IMSI" range={order.imsi} /> : null}
      </dl>
      {files ? (
        <p className="flex flex-wrap gap-x-4">
          <a href={file('inp')} className={link} download>
            Vendor input file
          </a>
          <a href={file('csv')} className={link} download>
            CSV of all numbers
          </a>
        </p>
      ) : null}
    </div>
  )
}

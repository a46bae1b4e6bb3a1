import type { ReactNode } from 'react'
import { countWords, numberWords } from '@/components/number-words'
import { Card } from '@/components/ui/card'

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-3 py-1.5">
    <dt className="text-quiet">{label}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </div>
)

const Range = ({ first, last }: { first: string; last: string }) => (
  <span className="identifier flex flex-col">
    <span>
      {first}
      {first === last ? '' : ' –'}
    </span>
    {first === last ? null : <span>{last}</span>}
  </span>
)

interface FactsProps {
  type: ReactNode
  format: string
  size: string
  encrypted: boolean
  vendor: string | null
  declared: { quantity?: number | undefined; firstIccid?: string | undefined; lastIccid?: string | undefined }
  rows: number | null
  iccids: { first: string; last: string } | undefined
  /** "ICCID, IMSI and K" */
  taken: string | undefined
}

/** What is known of a batch beside its report. */
export function BatchFacts({ type, format, size, encrypted, vendor, declared, rows, iccids, taken }: FactsProps) {
  const { quantity, firstIccid, lastIccid } = declared
  return (
    <Card title="About the file">
      <dl className="-my-1.5">
        <Fact label="Type">{type}</Fact>
        <Fact label="File">
          {format}, {size}
          {encrypted ? ', PGP-encrypted' : ''}
        </Fact>
        {vendor ? <Fact label="Vendor">{vendor}</Fact> : null}
        {rows === null ? null : <Fact label="Rows">{numberWords(rows)}</Fact>}
        {iccids ? (
          <Fact label="ICCIDs">
            <Range {...iccids} />
          </Fact>
        ) : null}
        {taken ? <Fact label="Taken">{taken}</Fact> : null}
        {quantity !== undefined || firstIccid || lastIccid ? (
          <Fact label="Declared">
            {quantity === undefined ? null : <p>{countWords(quantity, 'row')}</p>}
            {firstIccid || lastIccid ? <Range first={firstIccid ?? '…'} last={lastIccid ?? '…'} /> : null}
          </Fact>
        ) : null}
      </dl>
    </Card>
  )
}

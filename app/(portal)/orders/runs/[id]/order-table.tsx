import Link from 'next/link'
import { classNames } from '@/components/class-names'
import { StateBadge } from '@/components/profile/state-badge'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Identifier } from '@/components/ui/identifier'
import type { ShownOrder } from './shown-orders'

const head = 'whitespace-nowrap border-b px-3 py-2 font-medium'
const cell = 'whitespace-nowrap border-b px-3 py-1.5 align-middle group-last:border-b-0'
const none = <span className="text-quiet">–</span>

interface OrderTableProps {
  orders: ShownOrder[]
  runId: string
  /** The ICCID after which the next page begins */
  next: string | undefined
  paged: boolean
}

/** The orders of a run by ICCID. */
export function OrderTable({ orders, runId, next, paged }: OrderTableProps) {
  if (orders.length === 0 && !paged) return null
  return (
    <section aria-label="Orders of this run" className="rounded-lg border bg-surface">
      <div className="overflow-x-auto">
        <table className="w-full border-separate border-spacing-0">
          <caption className="sr-only">Orders of this run, by ICCID</caption>
          <thead>
            <tr className="text-left text-quiet text-xs">
              {['ICCID', 'State', 'Link', 'Reference', 'Customer', 'Matching ID', 'For the device'].map((name, at) => (
                <th key={name} scope="col" className={classNames(head, at === 0 && 'sticky left-0 bg-surface')}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {orders.map(({ iccid, state, matchingId, eid, reference, customerEmail, cancelled, url }) => (
              <tr key={iccid} className="group hover:bg-muted">
                <td className={classNames(cell, 'sticky left-0 bg-surface group-hover:bg-muted max-sm:shadow-[1px_0_0_var(--border)]')}>
                  <Link
                    href={`/profiles/${iccid}`}
                    prefetch={false}
                    className="identifier rounded font-medium text-accent underline-offset-2 hover:underline"
                  >
                    {iccid}
                  </Link>
                </td>
                <td className={cell}>{cancelled ? <span className="text-quiet">Cancelled</span> : <StateBadge state={state} />}</td>
                <td className={cell}>{url ? <CopyButton text={url} what={`link of ${iccid}`} /> : none}</td>
                <td className={cell}>{reference ?? none}</td>
                <td className={cell}>{customerEmail ?? none}</td>
                <td className={cell}>{matchingId ? <Identifier value={matchingId} what="matching ID" /> : none}</td>
                <td className={cell}>{eid ? <Identifier value={eid} what="EID" /> : none}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {orders.length === 0 ? <p className="px-3 py-6 text-center text-quiet">There are no more.</p> : null}
      {next || paged ? (
        <nav aria-label="Pages" className="flex flex-wrap justify-end gap-2 border-t px-3 py-2">
          {paged ? (
            <Button asChild size="sm">
              <Link href={`/orders/runs/${runId}`} scroll={false}>
                First page
              </Link>
            </Button>
          ) : null}
          {next ? (
            <Button asChild size="sm">
              <Link href={`/orders/runs/${runId}?after=${next}`} scroll={false}>
                Next page
              </Link>
            </Button>
          ) : null}
        </nav>
      ) : null}
    </section>
  )
}

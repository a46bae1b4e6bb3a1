import { Card } from '@/components/ui/card'
import { Identifier } from '@/components/ui/identifier'
import { RelativeTime } from '@/components/ui/relative-time'
import type { OrderDetail } from '@/lib/db/portal/profile-detail'
import { SmdsEvent } from './smds-event'
import { smdsWords } from './smds-words'

const OUTCOMES: Record<string, string> = {
  installed: 'Installed',
  failed: 'Installation failed',
  rejected: 'Rejected at the device',
  cancelled: 'Cancelled',
  downloadAttemptsExceeded: 'Too many download attempts',
  confirmationCodeAttemptsExceeded: 'Too many wrong confirmation codes',
}

/** What has become of a closed order's event. */
function ClosedEvent({ order }: { order: OrderDetail }) {
  // The state of the profile is that of its next order by now.
  const words = smdsWords(order, 'Available', new Date())
  if (!words || !order.smdsAddress) return null
  return (
    <p className="basis-full text-xs">
      <span className="text-quiet">Event on the SM-DS:</span> <SmdsEvent words={words} address={order.smdsAddress} />
    </p>
  )
}

/** Orders of this profile that are closed, newest first. */
export function EarlierOrders({ orders }: { orders: OrderDetail[] }) {
  if (orders.length === 0) return null
  return (
    <Card title={orders.length === 1 ? 'Closed order' : 'Closed orders'} className="max-lg:order-2">
      <ul className="-my-2 divide-y">
        {orders.map(order => (
          <li key={order.id} className="flex flex-wrap items-baseline justify-between gap-x-4 py-2">
            <div className="min-w-0">
              <p className="font-medium">{OUTCOMES[order.outcome ?? ''] ?? 'Ended'}</p>
              <p className="text-quiet text-xs">
                {order.matchingId ? <Identifier value={order.matchingId} what="matching ID" /> : 'Without matching ID'}
              </p>
            </div>
            <p className="text-quiet text-xs">
              issued <RelativeTime at={order.createdAt} /> by {order.createdBy}
              {order.closedAt ? (
                <>
                  , closed <RelativeTime at={order.closedAt} />
                </>
              ) : null}
            </p>
            <ClosedEvent order={order} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

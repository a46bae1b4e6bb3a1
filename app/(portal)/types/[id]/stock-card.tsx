import Link from 'next/link'
import type { ReactNode } from 'react'
import { numberWords } from '@/components/number-words'
import { StateBadge } from '@/components/profile/state-badge'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { currentAccount } from '@/lib/accounts/current-account'
import { may } from '@/lib/accounts/roles'
import { database } from '@/lib/db/pool'
import { env } from '@/lib/env'
import { type Reorder, reordersOf } from '@/lib/inventory/stock-levels/kept-reorders'
import { daysLeftWords, perDayWords } from '@/lib/inventory/stock-levels/pace'
import { suggestedQuantity } from '@/lib/inventory/stock-levels/reorder'
import { type StockLevel, stockLevel } from '@/lib/inventory/stock-levels/stock-levels'
import { PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import { OrdersChart } from './orders-chart'
import { ReorderForm } from './reorder-form'
import { ReorderedRanges } from './reordered-ranges'

const shownOrders = 3

/** The stock of a type: how much there is, how long it lasts, who is told when it is low, and ordering more. */
export async function StockCard({ typeId }: { typeId: string }) {
  const db = database()
  const now = new Date()
  const [account, level, orders] = await Promise.all([currentAccount(), stockLevel(db, now, typeId), reordersOf(db, typeId)])
  if (!account || !level) return null
  return (
    <Card
      title="Stock"
      description={
        <>
          Counted <RelativeTime at={level.countedAt} />
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <Figures level={level} />
        <OrdersChart perDay={level.ordersPerDay} />
        <States level={level} />
        <Alert level={level} />
        {orders.length > 0 ? <EarlierOrders typeId={typeId} orders={orders} files={may(account.role, 'batch:read')} /> : null}
        {may(account.role, 'batch:upload') ? (
          <div className="border-t pt-4">
            <ReorderForm typeId={typeId} suggested={suggestedQuantity(level)} continues={level.profiles > 0 || orders.length > 0} />
          </div>
        ) : null}
      </div>
    </Card>
  )
}

const profilesOf = ({ typeName }: StockLevel, state: ProfileState): string => `/profiles?${new URLSearchParams({ type: typeName, state })}`

const Figure = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="flex min-w-0 flex-col-reverse justify-end">
    <dt className="text-quiet text-sm">{label}</dt>
    <dd className="font-semibold text-lg tabular-nums">{children}</dd>
  </div>
)

function Figures({ level }: { level: StockLevel }) {
  const { available, pace, daysLeft } = level
  return (
    <div className="flex flex-col gap-2">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3">
        <Figure label="available">
          <Link href={profilesOf(level, 'Available')} className="rounded underline decoration-control underline-offset-4">
            {numberWords(available)}
          </Link>
        </Figure>
        {pace.known ? <Figure label="go out a day">{perDayWords(pace.perDay)}</Figure> : null}
        {daysLeft === undefined ? null : <Figure label="until none are left">{daysLeftWords(daysLeft)}</Figure>}
      </dl>
      <p className="text-quiet text-sm">{paceNote(level)}</p>
    </div>
  )
}

function paceNote({ pace }: StockLevel): string {
  if (!pace.known) {
    const since = pace.days === 0 ? 'less than a day' : pace.days === 1 ? 'a day' : `${pace.days} days`
    return `How long it lasts cannot be said yet: there is ${since} of history, and it takes a week.`
  }
  if (pace.perDay === 0) return `No order has taken any in the last ${pace.fromDays} days.`
  return `At the pace of the last ${pace.fromDays} days, in which a week counts half as much as the one after it.`
}

const States = ({ level }: { level: StockLevel }) => (
  <ul className="flex flex-wrap gap-x-4 gap-y-2" aria-label="Profiles by state">
    {PROFILE_STATES.filter(state => level.counts[state] > 0).map(state => (
      <li key={state}>
        <Link href={profilesOf(level, state)} className="inline-flex items-center gap-1.5 rounded">
          <StateBadge state={state} /> <span className="tabular-nums">{numberWords(level.counts[state])}</span>
        </Link>
      </li>
    ))}
  </ul>
)

function Alert({ level: { alertLevel, alertRecipients, alertedAt, available } }: { level: StockLevel }) {
  if (alertLevel === null) return <p className="text-quiet">No alert level is set: nobody is told when the stock is low.</p>
  const told = alertRecipients.length > 0 ? `Mail goes to ${alertRecipients.join(', ')}.` : 'No address is set, so nobody gets a mail.'
  const kept = alertRecipients.length > 0 && !env().mail ? ' No mail server is set: it stays in the outbox.' : ''
  if (available < alertLevel) {
    return (
      <Notice tone="warn" title={`Fewer than ${numberWords(alertLevel)} are available.`}>
        <p className="break-words">
          {told}
          {kept}
        </p>
        {alertedAt ? (
          <p className="text-quiet text-sm">
            Noticed <RelativeTime at={alertedAt} />
          </p>
        ) : null}
      </Notice>
    )
  }
  return (
    <p className="break-words">
      Below {numberWords(alertLevel)} an alert is given. {told}
      {kept}
    </p>
  )
}

const EarlierOrders = ({ typeId, orders, files }: { typeId: string; orders: Reorder[]; files: boolean }) => (
  <section aria-label="Orders made ready" className="flex flex-col gap-3">
    <h3 className="font-semibold">Orders made ready</h3>
    <ul className="flex flex-col gap-3">
      {orders.slice(0, shownOrders).map(order => (
        <li key={order.at}>
          <p>
            {numberWords(order.quantity)}
            {order.vendor ? ` from ${order.vendor}` : ''}{' '}
            <span className="text-quiet">
              by {order.by} <RelativeTime at={order.at} />
            </span>
          </p>
          <ReorderedRanges typeId={typeId} order={order} files={files} />
        </li>
      ))}
    </ul>
  </section>
)

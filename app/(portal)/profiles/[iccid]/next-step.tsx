import { type OrderDetail, type ProfileDetail } from '@/lib/db/portal/profile-detail'
import { TRANSITIONS } from '@/lib/rsp/lifecycle'
import { CancelOrder } from './cancel-order'
import { IssueForm } from './issue-form'
import { OrderCard } from './order-card'
import { ShownOnce } from './shown-once'

/** What can be done with the profile now: issue a code, hand one out, or end it. */
export function NextStep({ profile, order }: { profile: ProfileDetail; order: OrderDetail | undefined }) {
  const { cancelToAvailable, cancelToUnavailable } = TRANSITIONS[profile.state]
  const cancel =
    (cancelToAvailable && !profile.eid) || cancelToUnavailable ? (
      <CancelOrder iccid={profile.iccid} state={profile.state} eid={profile.eid} hasOrder={order !== undefined} />
    ) : null
  return (
    <ShownOnce orderId={order?.id ?? null}>
      {order ? (
        <OrderCard profile={profile} order={order} cancel={cancel} />
      ) : profile.state === 'Available' ? (
        <IssueForm iccid={profile.iccid} cancel={cancel} />
      ) : (
        cancel
      )}
    </ShownOnce>
  )
}

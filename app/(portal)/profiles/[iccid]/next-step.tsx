import { type OrderDetail, type ProfileDetail } from '@/lib/db/portal/profile-detail'
import { TRANSITIONS } from '@/lib/rsp/lifecycle'
import { CancelOrder } from './cancel-order'
import { IssueForm } from './issue-form'
import { OrderCard } from './order-card'
import { RetireProfile } from './retire-profile'
import { ShownOnce } from './shown-once'

/** What can be done with the profile now: issue a code, hand one out, or end it. */
export function NextStep({ profile, order }: { profile: ProfileDetail; order: OrderDetail | undefined }) {
  const { iccid, state, eid } = profile
  const { cancelToAvailable, cancelToUnavailable, retire, restore } = TRANSITIONS[state]
  const end =
    retire || restore ? (
      <RetireProfile iccid={iccid} event={retire ? 'retire' : 'restore'} />
    ) : (cancelToAvailable && !eid) || cancelToUnavailable ? (
      <CancelOrder iccid={iccid} state={state} eid={eid} hasOrder={order !== undefined} />
    ) : null
  return (
    <ShownOnce orderId={order?.id ?? null}>
      {order ? (
        <OrderCard profile={profile} order={order} cancel={end} />
      ) : state === 'Available' ? (
        <IssueForm iccid={iccid} cancel={end} />
      ) : (
        end
      )}
    </ShownOnce>
  )
}

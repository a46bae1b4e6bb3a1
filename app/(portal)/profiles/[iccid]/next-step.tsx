import type { EidPolicy } from '@/components/profile/eid-field'
import { may, type Role } from '@/lib/accounts/roles'
import type { Sight } from '@/lib/accounts/sight'
import { type OrderDetail, type ProfileDetail } from '@/lib/db/portal/profile-detail'
import { TRANSITIONS } from '@/lib/rsp/lifecycle'
import { BindDevice } from './bind-device'
import { CancelOrder } from './cancel-order'
import { IssueForm } from './issue-form'
import { OrderCard } from './order-card'
import { RetireProfile } from './retire-profile'
import { ShownOnce } from './shown-once'

interface NextStepProps {
  profile: ProfileDetail
  order: OrderDetail | undefined
  role: Role
  sight: Sight
  eidPolicy: EidPolicy
}

/** What can be done with the profile now: issue a code, hand one out, or end it. */
export function NextStep({ profile, order, role, sight, eidPolicy }: NextStepProps) {
  const { iccid, state, eid } = profile
  const [mayIssue, mayBind] = [may(role, 'order:issue'), may(role, 'order:bind')]
  const { cancelToAvailable, cancelToUnavailable, retire, restore } = TRANSITIONS[state]
  const end =
    (retire || (restore && profile.retired)) && may(role, 'profile:retire') ? (
      <RetireProfile iccid={iccid} event={retire ? 'retire' : 'restore'} />
    ) : ((cancelToAvailable && !eid) || cancelToUnavailable) && may(role, 'order:cancel') ? (
      <CancelOrder
        iccid={iccid}
        state={state}
        eid={eid}
        hasOrder={order !== undefined}
        customersOwn={order !== undefined && order.reason !== 'new'}
      />
    ) : null
  return (
    <ShownOnce orderId={order?.id ?? null}>
      {order && order.matchingId === null && mayIssue ? (
        <IssueForm key={order.eid} iccid={iccid} reservedFor={order.eid} eidPolicy={eidPolicy} others={null} />
      ) : null}
      {order ? (
        <OrderCard profile={profile} order={order} role={role} sight={sight} eidPolicy={eidPolicy} end={end} />
      ) : state === 'Available' && mayIssue ? (
        <IssueForm
          iccid={iccid}
          eidPolicy={eidPolicy}
          others={
            <>
              {mayBind ? <BindDevice iccid={iccid} eid={null} reserves eidPolicy={eidPolicy} /> : null}
              {end}
            </>
          }
        />
      ) : (
        end
      )}
    </ShownOnce>
  )
}

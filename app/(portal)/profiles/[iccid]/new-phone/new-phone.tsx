import Link from 'next/link'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { may, type Role } from '@/lib/accounts/roles'
import { hide, type Sight } from '@/lib/accounts/sight'
import { database } from '@/lib/db/pool'
import type { OrderDetail, ProfileDetail } from '@/lib/db/portal/profile-detail'
import { typeNames } from '@/lib/db/portal/types'
import { readEidPolicy } from '@/lib/orders/eid-policy'
import { moveVerdict } from '@/lib/orders/reuse/move'
import { replacementOf } from '@/lib/orders/reuse/replace'
import { returnVerdict } from '@/lib/orders/reuse/return-to-stock'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { NewPhoneCard } from './new-phone-card'

interface NewPhoneProps {
  profile: ProfileDetail
  /** The profile's orders, newest first */
  orders: OrderDetail[]
  role: Role
  sight: Sight
}

/** States in which a phone has the profile, or may have it. */
const onPhone: readonly ProfileState[] = ['Downloaded', 'Installed', 'Error']

const Other = ({ iccid }: { iccid: string }) => (
  <Link href={`/profiles/${iccid}`} className="identifier rounded text-accent underline underline-offset-2">
    {iccid}
  </Link>
)

/** What can be done when the customer's phone is new, lost or broken, and which profile stands for which since it was. */
export async function NewPhone({ profile, orders, role, sight }: NewPhoneProps) {
  const { iccid, state, runtimeState, type, live } = profile
  const db = database()
  const mayChange = may(role, 'order:reissue') && may(role, 'order:replace')
  const concerned = mayChange && state !== 'Available' && state !== 'Unavailable'
  const [{ replacedBy, standsInFor }, facts, back, types, eidPolicy] = await Promise.all([
    replacementOf(db, iccid),
    concerned ? moveVerdict(db, iccid) : undefined,
    concerned && state === 'Installed' && runtimeState === 'Deleted' ? returnVerdict(db, iccid) : undefined,
    concerned ? typeNames(db) : [],
    readEidPolicy(db),
  ])
  const shown = facts && (onPhone.includes(state) || facts.openMove) ? hide(facts, sight) : undefined
  const [last] = orders
  return (
    <>
      {replacedBy ? (
        <Notice tone="info" title="Another profile has taken its place." className="order-first">
          <Other iccid={replacedBy.newIccid} />, <RelativeTime at={replacedBy.at} /> by {replacedBy.createdBy}: {replacedBy.reason}
        </Notice>
      ) : null}
      {standsInFor ? (
        <Notice tone="info" title="It took the place of another profile." className="order-first">
          <Other iccid={standsInFor.oldIccid} />, <RelativeTime at={standsInFor.at} /> by {standsInFor.createdBy}: {standsInFor.reason}
        </Notice>
      ) : null}
      <NewPhoneCard
        iccid={iccid}
        state={state}
        type={type}
        types={types.filter(each => each.live === live)}
        facts={shown}
        back={back}
        customer={{
          customerEmail: last?.customerEmail ?? null,
          reference: last?.reference ?? null,
          language: last?.language ?? null,
        }}
        eidPolicy={eidPolicy}
      />
    </>
  )
}

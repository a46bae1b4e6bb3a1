import type { ReactNode } from 'react'
import type { Actor } from '@/lib/accounts/actor'
import { may, type Role } from '@/lib/accounts/roles'
import type { Sight } from '@/lib/accounts/sight'
import { isLanguage } from '@/lib/customer-page/language'
import type { Database } from '@/lib/db/pool'
import type { OrderDetail, ProfileDetail } from '@/lib/db/portal/profile-detail'
import { env } from '@/lib/env'
import { readEidPolicy } from '@/lib/orders/eid-policy'
import { currentLink, customerPageUrl } from '@/lib/orders/links/customer-links'
import { orderContext } from '@/lib/orders/order-context'
import { vault } from '@/lib/vault/vault'
import { LinkCard } from '../../profiles/[iccid]/link-card'
import { NewPhone } from '../../profiles/[iccid]/new-phone/new-phone'
import { NextStep } from '../../profiles/[iccid]/next-step'
import type { Place } from './action-places'

interface Help {
  db: Database
  actor: Actor
  role: Role
  sight: Sight
  profile: ProfileDetail
  /** Newest first */
  orders: OrderDetail[]
}

/** States in which a phone has the profile, or may have it. */
const movable = (state: ProfileDetail['state']): boolean => state !== 'Available' && state !== 'Unavailable'

/** The cards on which this role can do something with the profile, as its own page has them. */
export async function helpCards({ db, actor, role, sight, profile, orders }: Help): Promise<Partial<Record<Place, ReactNode>>> {
  const { iccid, state } = profile
  const open = orders.find(order => order.closedAt === null)
  const eidPolicy = await readEidPolicy(db)
  const acts = may(role, 'order:issue') || open
  return {
    ...(acts ? { order: <NextStep profile={profile} order={open} role={role} sight={sight} eidPolicy={eidPolicy} /> } : {}),
    ...(may(role, 'link:read') ? await linkCard({ db, actor, role, iccid, orders }) : {}),
    ...(may(role, 'order:reissue') && movable(state)
      ? { newPhone: <NewPhone profile={profile} orders={orders} role={role} sight={sight} /> }
      : {}),
  }
}

async function linkCard({ db, actor, role, iccid, orders }: Pick<Help, 'db' | 'actor' | 'role' | 'orders'> & { iccid: string }) {
  const link = await currentLink(db, iccid)
  const order = link && orders.find(({ id }) => id === link.orderId)
  if (!link || !order) return {}
  const { linkId, createdAt, mailedAt, openedAt, lastOpenedAt, opens, revokedAt, revokedBy } = link
  const ctx = revokedAt ? undefined : await orderContext({ db, vault: vault(), actor, now: new Date() })
  const card = (
    <LinkCard
      iccid={iccid}
      link={{ url: ctx && customerPageUrl(ctx, linkId), createdAt, mailedAt, openedAt, lastOpenedAt, opens, revokedAt, revokedBy }}
      customerEmail={order.customerEmail}
      language={isLanguage(order.language) ? order.language : null}
      mailServer={env().mail !== undefined}
      mayChange={may(role, 'link:write')}
    />
  )
  return { link: card }
}

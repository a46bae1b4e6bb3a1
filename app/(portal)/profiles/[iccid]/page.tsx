import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound, redirect } from 'next/navigation'
import { LiveBadge, RuntimeBadge, StateBadge } from '@/components/profile/state-badge'
import { Timeline } from '@/components/timeline/timeline'
import { Identifier } from '@/components/ui/identifier'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Actor } from '@/lib/accounts/actor'
import { may } from '@/lib/accounts/roles'
import { hide, sightOf } from '@/lib/accounts/sight'
import { requirePage } from '@/lib/action'
import { isLanguage } from '@/lib/customer-page/language'
import { database } from '@/lib/db/pool'
import { profileStory } from '@/lib/db/portal/profile-detail'
import { env } from '@/lib/env'
import { readEidPolicy } from '@/lib/orders/eid-policy'
import { currentLink, customerPageUrl } from '@/lib/orders/links/customer-links'
import { orderContext } from '@/lib/orders/order-context'
import { Iccid } from '@/lib/rsp/identifiers'
import { STATE_MEANING } from '@/lib/rsp/lifecycle'
import { vault } from '@/lib/vault/vault'
import { ToldLink } from '../../partners/told-link'
import { CodesCard } from './codes-card'
import { EarlierOrders } from './earlier-orders'
import { Facts } from './facts'
import { LinkCard, type ShownLink } from './link-card'
import { NewPhone } from './new-phone/new-phone'
import { NextStep } from './next-step'

interface ProfilePageProps {
  params: Promise<{ iccid: string }>
}

/** Spaces may be typed; nothing else of an ICCID is ever escaped. */
const namedIn = async (params: ProfilePageProps['params']): Promise<string> => (await params).iccid.replaceAll('%20', ' ')

export async function generateMetadata({ params }: ProfilePageProps): Promise<Metadata> {
  await requirePage('profile:read')
  const { data: iccid } = Iccid.safeParse(await namedIn(params))
  return { title: iccid ? `Profile ${iccid}` : 'Profile' }
}

const timelineLength = 200

type Found = NonNullable<Awaited<ReturnType<typeof currentLink>>>

/** The address of a link is made when it is shown, and only while it is good. */
async function shownLink(link: Found, actor: Actor): Promise<ShownLink> {
  const { linkId, createdAt, mailedAt, openedAt, lastOpenedAt, opens, revokedAt, revokedBy } = link
  const ctx = revokedAt ? undefined : await orderContext({ db: database(), vault: vault(), actor, now: new Date() })
  return { url: ctx && customerPageUrl(ctx, linkId), createdAt, mailedAt, openedAt, lastOpenedAt, opens, revokedAt, revokedBy }
}

export default async function ProfilePage({ params }: ProfilePageProps) {
  const { account, actor } = await requirePage('profile:read')
  const named = await namedIn(params)
  const parsed = Iccid.safeParse(named)
  if (!parsed.success) notFound()
  const iccid: string = parsed.data
  if (iccid !== named) redirect(`/profiles/${iccid}`)
  const db = database()
  const [story, link, eidPolicy, sight] = await Promise.all([
    profileStory(db, iccid, timelineLength + 1),
    may(account.role, 'link:read') ? currentLink(db, iccid) : undefined,
    readEidPolicy(db),
    sightOf(db, account.role),
  ])
  if (!story) notFound()
  const { profile, orders, events } = hide(story, sight)
  const open = orders.find(order => order.closedAt === null)
  const linked = link && orders.find(order => order.id === link.orderId)
  const name = profile.profileName ?? profile.packageName

  return (
    <>
      <header className="mb-5">
        <Link href="/profiles" className="rounded text-quiet text-sm hover:text-foreground">
          Profiles
        </Link>
        <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-2">
          <h1 className="min-w-0 font-semibold text-xl tracking-tight">
            <span className="sr-only">Profile </span>
            <Identifier value={iccid} what="ICCID" wrap />
          </h1>
          <StateBadge state={profile.state} className="h-7 px-2.5 text-sm" />
          {profile.runtimeState ? <RuntimeBadge state={profile.runtimeState} /> : null}
          <LiveBadge live={profile.live} />
        </div>
        <p className="mt-1.5 text-quiet">
          {name ? <span className="text-foreground">{name}. </span> : null}
          {STATE_MEANING[profile.state]} Since <RelativeTime at={profile.stateSince} />.
        </p>
        <ToldLink iccid={iccid} />
      </header>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
        <div className="flex min-w-0 flex-col gap-4 max-lg:contents">
          <NextStep profile={profile} order={open} role={account.role} sight={sight} eidPolicy={eidPolicy} />
          {link && linked ? (
            <LinkCard
              iccid={iccid}
              link={await shownLink(link, actor)}
              customerEmail={linked.customerEmail}
              language={isLanguage(linked.language) ? linked.language : null}
              mailServer={env().mail !== undefined}
              mayChange={may(account.role, 'link:write') && profile.state !== 'Unavailable'}
            />
          ) : null}
          <NewPhone profile={profile} orders={orders} role={account.role} sight={sight} />
          <Facts profile={profile} role={account.role} />
          {profile.ofTemplate && may(account.role, 'profile:codes') ? <CodesCard iccid={iccid} /> : null}
          <EarlierOrders orders={orders.filter(order => order.closedAt !== null)} />
        </div>
        <Timeline
          iccid={iccid}
          initial={events.slice(0, timelineLength)}
          cut={events.length > timelineLength}
          mayReveal={may(account.role, 'identity:reveal')}
        />
      </div>
    </>
  )
}

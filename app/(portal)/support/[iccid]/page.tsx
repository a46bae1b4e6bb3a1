import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound, redirect } from 'next/navigation'
import { LiveBadge, RuntimeBadge, StateBadge } from '@/components/profile/state-badge'
import { Timeline } from '@/components/timeline/timeline'
import { Card } from '@/components/ui/card'
import { Identifier } from '@/components/ui/identifier'
import { may } from '@/lib/accounts/roles'
import { hide, sightOf } from '@/lib/accounts/sight'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { profileAttempts } from '@/lib/db/portal/attempts'
import { profileStory } from '@/lib/db/portal/profile-detail'
import { explain } from '@/lib/rsp/explain/explain'
import { verdictOf } from '@/lib/rsp/explain/verdict'
import { Iccid } from '@/lib/rsp/identifiers'
import { ExplainedAttempt } from '../explained-attempt'
import { SearchBox } from '../search-box'
import { placesOf } from './action-places'
import { DeviceCard } from './device-card'
import { helpCards } from './help-cards'
import { TurnedAwayCard } from './turned-away-card'
import { VerdictCard } from './verdict-card'

interface SupportProfilePageProps {
  params: Promise<{ iccid: string }>
}

/** Spaces may be typed; nothing else of an ICCID is ever escaped. */
const namedIn = async (params: SupportProfilePageProps['params']): Promise<string> => (await params).iccid.replaceAll('%20', ' ')

export async function generateMetadata({ params }: SupportProfilePageProps): Promise<Metadata> {
  await requirePage('profile:read')
  const { data: iccid } = Iccid.safeParse(await namedIn(params))
  return { title: iccid ? `Support for ${iccid}` : 'Support' }
}

const timelineLength = 200
const attemptsShown = 10

export default async function SupportProfilePage({ params }: SupportProfilePageProps) {
  const { account, actor } = await requirePage('profile:read')
  const named = await namedIn(params)
  const parsed = Iccid.safeParse(named)
  if (!parsed.success) notFound()
  const iccid: string = parsed.data
  if (iccid !== named) redirect(`/support/${iccid}`)
  const db = database()
  const now = new Date()
  const [story, { attempts }, sight] = await Promise.all([
    profileStory(db, iccid, timelineLength + 1),
    profileAttempts(db, iccid, { limit: attemptsShown }),
    sightOf(db, account.role),
  ])
  if (!story) notFound()
  // Phones are told apart by their whole EIDs; what is shown of it is hidden afterwards.
  const verdict = verdictOf(story.events, story.orders, story.profile, now)
  const told = attempts.map(attempt => ({
    id: attempt.id,
    attempt: { startedAt: attempt.startedAt, step: attempt.step },
    told: explain(attempt, { order: story.orders.find(order => order.id === attempt.orderId), profile: story.profile, now }),
  }))
  const { profile, orders, events } = hide(story, sight)
  const cards = await helpCards({ db, actor, role: account.role, sight, profile, orders })
  const places = placesOf(verdict.actions).filter(place => cards[place])
  const device = verdict.device && hide(verdict.device, sight)

  return (
    <>
      <header className="mb-4">
        <SearchBox text="" />
        <div className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-2">
          <h1 className="min-w-0 font-semibold text-xl tracking-tight">
            <span className="sr-only">Support for </span>
            <Identifier value={iccid} what="ICCID" wrap />
          </h1>
          <StateBadge state={profile.state} className="h-7 px-2.5 text-sm" />
          {profile.runtimeState ? <RuntimeBadge state={profile.runtimeState} /> : null}
          <LiveBadge live={profile.live} />
          <Link href={`/profiles/${iccid}`} className="rounded text-accent text-sm underline underline-offset-2">
            All of the profile
          </Link>
        </div>
      </header>
      <VerdictCard verdict={hide(verdict, sight)} role={account.role} shown={places} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          {places.map(place => (
            <div key={place} id={place} className="scroll-mt-20">
              {cards[place]}
            </div>
          ))}
          {device ? <DeviceCard iccid={iccid} device={device} mayReveal={may(account.role, 'identity:reveal')} /> : null}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Card title="Attempts" description="What phones tried with this eSIM, the last first.">
            {told.length > 0 ? (
              <ul className="-my-3 divide-y">
                {told.map(each => (
                  <ExplainedAttempt key={each.id} attempt={each.attempt} told={each.told} />
                ))}
              </ul>
            ) : (
              <p className="text-quiet">No phone has tried yet. This page shows it by itself when one does.</p>
            )}
          </Card>
          <TurnedAwayCard now={now} />
          <Timeline
            followDoor
            iccid={iccid}
            initial={events.slice(0, timelineLength)}
            cut={events.length > timelineLength}
            mayReveal={may(account.role, 'identity:reveal')}
          />
        </div>
      </div>
    </>
  )
}

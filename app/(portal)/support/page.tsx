import { Headset, Radar, SearchX, Smartphone } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import { hide, sightOf } from '@/lib/accounts/sight'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { strayAttempts } from '@/lib/db/portal/attempts'
import { HIT_KINDS, type HitCursor, type HitKind, supportSearch } from '@/lib/db/portal/support-search'
import { env } from '@/lib/env'
import { explain } from '@/lib/rsp/explain/explain'
import { ExplainedAttempt } from './explained-attempt'
import { HitList } from './hit-list'
import { SearchBox } from './search-box'

export const metadata: Metadata = { title: 'Support' }

interface SupportPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

const isKind = (text: string): text is HitKind => HIT_KINDS.some(kind => kind === text)

/** `kind.ICCID` of the last hit of the page before. */
function cursorOf(text: string | string[] | undefined): HitCursor | undefined {
  const [kind = '', iccid = ''] = typeof text === 'string' ? text.split('.') : []
  return isKind(kind) && /^[0-9]{18,20}$/.test(iccid) ? { kind, iccid } : undefined
}

export default async function SupportPage({ searchParams }: SupportPageProps) {
  const { account } = await requirePage('profile:read')
  const { q, after } = await searchParams
  const text = typeof q === 'string' ? q.slice(0, 200) : ''
  const cursor = cursorOf(after)
  const db = database()
  const [found, sight] = await Promise.all([supportSearch(db, text, { after: cursor }), sightOf(db, account.role)])
  const { hits, next, tooMany, smdpAddress, strayEid } = found
  const [only] = hits
  if (only && hits.length === 1 && !cursor && !strayEid) redirect(`/support/${only.iccid}`)
  const now = new Date()
  const stray = strayEid ? (await strayAttempts(db, strayEid, { limit: 5 })).attempts : []
  const foreign = smdpAddress && smdpAddress.toLowerCase() !== env().smdpAddress.toLowerCase() ? smdpAddress : undefined

  return (
    <>
      <PageHeader
        title="Support"
        description="Type whatever the customer reads out: any number of the eSIM, of the phone or of the order."
        actions={
          <>
            <Button asChild>
              <Link href="/support/radar">
                <Radar aria-hidden /> Radar
              </Link>
            </Button>
            <Button asChild>
              <Link href="/support/devices">
                <Smartphone aria-hidden /> Devices
              </Link>
            </Button>
          </>
        }
      />
      <div className="flex max-w-4xl flex-col gap-4">
        <SearchBox text={text} />
        {foreign ? (
          <Notice tone="warn" title={`This code names another server: ${foreign}.`}>
            It may be of another operator. Ask the customer from whom they have it.
          </Notice>
        ) : null}
        {tooMany ? (
          <Notice tone="info" title="A great many fit.">
            Ask for more digits: only a part of them was looked at.
          </Notice>
        ) : null}
        {stray.length > 0 ? (
          <Card title="Codes that this phone tried and no order has">
            <ul className="-my-3 divide-y">
              {stray.map(attempt => (
                <ExplainedAttempt key={attempt.id} attempt={attempt} told={explain(attempt, { now })} />
              ))}
            </ul>
          </Card>
        ) : null}
        {hits.length > 0 ? (
          <HitList
            hits={hide(hits, sight)}
            next={next && `/support?${new URLSearchParams({ q: text, after: `${next.kind}.${next.iccid}` })}`}
          />
        ) : text.trim() ? (
          <EmptyState icon={SearchX} title="Nothing fits">
            Ask the customer to read it once more, or for another number: the ICCID, the phone number, the EID that *#06# shows.
          </EmptyState>
        ) : (
          <EmptyState icon={Headset} title="Who is on the phone?">
            The ICCID or its last digits, the EID, the phone number, the IMSI, the text of a QR code, an order reference or an e-mail
            address.
          </EmptyState>
        )}
      </div>
    </>
  )
}

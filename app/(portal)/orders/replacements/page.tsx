import { Replace } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { classNames } from '@/components/class-names'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { listReplacements } from '@/lib/orders/reuse/replace'
import { about } from './about'
import { ExchangeFile } from './exchange-file'
import { ReplacementList } from './replacement-list'

export const metadata: Metadata = { title: 'Replacements' }

const pageSize = 50

interface ReplacementsPageProps {
  searchParams: Promise<{ before?: string | string[]; show?: string | string[] }>
}

const Choice = ({ href, here, children }: { href: string; here: boolean; children: string }) => (
  <Link
    href={href}
    aria-current={here ? 'page' : undefined}
    className={classNames('rounded-md px-3 py-1.5 font-medium', here ? 'bg-accent-soft text-accent' : 'text-quiet hover:bg-muted')}
  >
    {children}
  </Link>
)

export default async function ReplacementsPage({ searchParams }: ReplacementsPageProps) {
  const { account } = await requirePage('profile:read')
  const { before, show } = await searchParams
  const place = typeof before === 'string' && /^[0-9]{1,18}$/.test(before) ? before : undefined
  const notExported = show === 'new'
  const db = database()
  const [rows, [waits]] = await Promise.all([
    listReplacements(db, { ...(place ? { before: place } : {}), limit: pageSize + 1, notExported }),
    listReplacements(db, { limit: 1, notExported: true }),
  ])
  const shown = rows.slice(0, pageSize)
  const last = shown.at(-1)
  const address = (from?: string) => {
    const query = new URLSearchParams({ ...(notExported ? { show: 'new' } : {}), ...(from ? { before: from } : {}) }).toString()
    return `/orders/replacements${query ? `?${query}` : ''}`
  }
  return (
    <>
      <Link href="/orders" className="rounded text-quiet text-sm hover:text-foreground">
        Orders
      </Link>
      <PageHeader title="Replacements" description={about} />
      <div className="flex flex-col gap-4">
        {may(account.role, 'order:replace') ? <ExchangeFile waiting={waits !== undefined} /> : null}
        <div>
          <nav aria-label="Which replacements" className="mb-3 flex gap-1">
            <Choice href="/orders/replacements" here={!notExported}>
              All
            </Choice>
            <Choice href="/orders/replacements?show=new" here={notExported}>
              Not handed over
            </Choice>
          </nav>
          <section aria-label="Replacements" className="rounded-lg border bg-surface">
            {shown.length > 0 ? (
              <ReplacementList replacements={shown} />
            ) : notExported && !place ? (
              <EmptyState icon={Replace} title="Nothing waits to be handed over.">
                Every replacement is in a file that somebody has taken.
              </EmptyState>
            ) : (
              <EmptyState icon={Replace} title="No replacements here.">
                When a phone is lost or broken, “Lost or broken phone” on the profile’s page puts a fresh profile in its place.
              </EmptyState>
            )}
          </section>
          {place || rows.length > pageSize ? (
            <nav aria-label="Pages" className="mt-3 flex gap-2">
              {place ? (
                <Button asChild size="sm">
                  <Link href={address()}>Newest</Link>
                </Button>
              ) : null}
              {rows.length > pageSize && last ? (
                <Button asChild size="sm">
                  <Link href={address(last.id)}>Older</Link>
                </Button>
              ) : null}
            </nav>
          ) : null}
        </div>
      </div>
    </>
  )
}

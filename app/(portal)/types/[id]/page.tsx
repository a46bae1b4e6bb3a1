import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { cache, Suspense } from 'react'
import { z } from 'zod'
import { cappedWords } from '@/components/number-words'
import { LiveBadge } from '@/components/profile/state-badge'
import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { COUNT_CAP } from '@/lib/db/portal/profile-list'
import { type TypeDetail, typeDetail } from '@/lib/db/portal/types'
import { type TemplateReport, templateReport } from '@/lib/inventory/templates'
import { vault } from '@/lib/vault/vault'
import { draftOf } from './draft'
import { StockCard } from './stock-card'
import { TemplateSection } from './template-section'
import { TypeSettings } from './type-settings'

interface TypePageProps {
  params: Promise<{ id: string }>
}

const read = cache(
  async (id: string): Promise<TypeDetail | undefined> =>
    z.uuid().safeParse(id).success ? typeDetail(database(), id, COUNT_CAP) : undefined,
)

export async function generateMetadata({ params }: TypePageProps): Promise<Metadata> {
  await requirePage('type:read')
  const type = await read((await params).id)
  return { title: type ? `Type ${type.name}` : 'Type' }
}

/** The name that packages of the template bring along, as the metadata take it. */
const packageNameOf = ({ tree, values }: TemplateReport): string | null =>
  tree.profileName || (values.find(({ value }) => value === 'spn')?.present ?? null)

export default async function TypePage({ params }: TypePageProps) {
  const { account } = await requirePage('type:read')
  const type = await read((await params).id)
  if (!type) notFound()
  const report = type.template ? await templateReport(database(), vault(), type.template.id) : undefined
  const mayEdit = may(account.role, 'type:write')
  const query = new URLSearchParams({ type: type.name })

  return (
    <>
      <header className="mb-5">
        <Link href="/types" className="rounded text-quiet text-sm hover:text-foreground">
          Types
        </Link>
        <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-2">
          <h1 className="min-w-0 break-words font-semibold text-xl tracking-tight">
            <span className="sr-only">Type </span>
            {type.name}
          </h1>
          <LiveBadge live={type.live} />
        </div>
        <p className="mt-1.5 text-quiet">
          <Link href={`/profiles?${query}&state=Available`} className="rounded text-accent underline underline-offset-2">
            {cappedWords(type.available, COUNT_CAP)} available
          </Link>{' '}
          of{' '}
          <Link href={`/profiles?${query}`} className="rounded text-accent underline underline-offset-2">
            {cappedWords(type.profiles, COUNT_CAP)} in stock
          </Link>
          . {type.template ? 'Packages are made from ' : 'No '}
          <a href="#template" className="rounded text-accent underline underline-offset-2">
            {type.template ? 'its template' : 'template'}
          </a>
          {type.template ? '' : ': packages come whole'}. Made <RelativeTime at={type.createdAt} /> by {type.createdBy}.
        </p>
      </header>
      <TypeSettings
        id={type.id}
        version={type.version}
        kept={draftOf(type)}
        inUse={type.inUse}
        packageName={report ? packageNameOf(report) : null}
        mayEdit={mayEdit}
      />
      <div id="stock" className="mt-4">
        <Suspense fallback={<Skeleton className="h-64" />}>
          <StockCard typeId={type.id} />
        </Suspense>
      </div>
      <TemplateSection type={type} report={report} mayEdit={mayEdit} />
    </>
  )
}

import Link from 'next/link'
import type { ReactNode } from 'react'
import { cappedWords, countWords } from '@/components/number-words'
import { LiveBadge } from '@/components/profile/state-badge'
import type { TypeRow } from '@/lib/db/portal/types'
import { IconImage } from './icon-image'

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="grid grid-cols-[9rem_1fr] gap-3 py-1">
    <dt className="text-quiet">{label}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </div>
)

/** One profile type, with its stock. */
export function TypeCard({ type, cap }: { type: TypeRow; cap: number }) {
  const query = new URLSearchParams({ type: type.name })
  return (
    <article className="flex h-full min-w-0 flex-col rounded-lg border bg-surface">
      <header className="flex items-center gap-3 border-b px-4 py-3">
        {type.icon && type.iconType ? (
          <IconImage icon={{ iconType: type.iconType, base64: type.icon }} name={`Icon of ${type.name}`} className="size-8 rounded" />
        ) : null}
        <h2 className="min-w-0 flex-1 truncate font-semibold text-base">
          <Link href={`/types/${type.id}`} className="rounded hover:text-accent hover:underline hover:underline-offset-2">
            {type.name}
          </Link>
        </h2>
        <LiveBadge live={type.live} />
      </header>
      <dl className="flex-1 px-4 py-2">
        <Fact label="In stock">
          <Link href={`/profiles?${query}&state=Available`} className="rounded text-accent underline underline-offset-2">
            {cappedWords(type.available, cap)}
          </Link>{' '}
          <span className="text-quiet">of</span>{' '}
          <Link href={`/profiles?${query}`} className="rounded text-accent underline underline-offset-2">
            {cappedWords(type.profiles, cap)}
          </Link>
        </Fact>
        <Fact label="Template">{type.templateId ? 'packages are made from it' : <span className="text-quiet">none</span>}</Fact>
        <Fact label="Class">{type.profileClass}</Fact>
        <Fact label="Service provider">{type.serviceProviderName ?? <span className="text-quiet">from the package</span>}</Fact>
        <Fact label="Profile name">{type.profileName ?? <span className="text-quiet">from the package</span>}</Fact>
        <Fact label="Protected with">{type.protection === 'random' ? 'random keys' : 'session keys'}</Fact>
        <Fact label="Attempts allowed">
          {type.downloadLimit} downloads, {type.confirmationLimit} confirmation codes
        </Fact>
        <Fact label="A person's no">{type.onRejection === 'keep' ? 'keeps the order for another try' : 'ends the order'}</Fact>
        {type.confirmationCodeRequired || type.orderValidDays ? (
          <Fact label="Orders">
            {[
              type.confirmationCodeRequired ? 'confirmation code' : '',
              type.orderValidDays ? `valid ${countWords(type.orderValidDays, 'day')}` : '',
            ]
              .filter(Boolean)
              .join(', ')}
          </Fact>
        ) : null}
        {type.strict ? <Fact label="Strict">memory, version and services are refusals</Fact> : null}
      </dl>
    </article>
  )
}

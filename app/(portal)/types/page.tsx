import type { Metadata } from 'next'
import { PageHeader } from '@/components/shell/page-header'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { COUNT_CAP } from '@/lib/db/portal/profile-list'
import { typesWithStock } from '@/lib/db/portal/types'
import { NewType } from './new-type'
import { NoTypes } from './no-types'
import { TypeCard } from './type-card'

export const metadata: Metadata = { title: 'Types' }

export default async function TypesPage() {
  const { account } = await requirePage('type:read')
  const types = await typesWithStock(database(), COUNT_CAP)
  return (
    <>
      <PageHeader
        title="Types"
        description="What profiles of one kind have in common: the names a person sees, whether real devices may have them, and how often a code can be tried."
        actions={may(account.role, 'type:write') && types.length > 0 ? <NewType /> : null}
      />
      {types.length === 0 ? (
        <NoTypes mayMake={may(account.role, 'type:write')} />
      ) : (
        <ul className="grid gap-4 md:grid-cols-2 2xl:grid-cols-3">
          {types.map(type => (
            <li key={type.id}>
              <TypeCard type={type} cap={COUNT_CAP} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

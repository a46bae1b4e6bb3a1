import type { Metadata } from 'next'
import { PageHeader } from '@/components/shell/page-header'
import { listAccounts } from '@/lib/accounts/account'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { env } from '@/lib/env'
import { recentStrangers } from '@/lib/smdp/es9/strangers'
import { pkiOverview } from '@/lib/smdp/pki/overview'
import { AddressCard } from './address-card'
import { CertificatesCard } from './certificates-card'
import { PeopleCard } from './people-card'
import { StrangersCard } from './strangers-card'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage() {
  const { account } = await requirePage('settings:read')
  const db = database()
  const seesPeople = may(account.role, 'account:read')
  const [pki, people] = await Promise.all([pkiOverview(db), seesPeople ? listAccounts(db) : []])
  const { smdpAddress, smdpAddresses } = env()
  return (
    <>
      <PageHeader title="Settings" description="Under which name devices reach this server, whom it trusts, and who works here." />
      <div className="flex max-w-5xl flex-col gap-4">
        <AddressCard smdpAddress={smdpAddress} aliases={smdpAddresses.slice(1)} />
        <CertificatesCard cis={pki.cis} credentials={pki.credentials} now={new Date()} />
        {seesPeople ? <PeopleCard people={people} ownId={account.id} mayChange={may(account.role, 'account:write')} /> : null}
        <StrangersCard refusals={recentStrangers()} />
      </div>
    </>
  )
}

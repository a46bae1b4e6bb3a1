import type { Metadata } from 'next'
import { PageHeader } from '@/components/shell/page-header'
import { listAccounts } from '@/lib/accounts/account'
import { listApiKeys } from '@/lib/accounts/api-keys'
import { approvalSettings } from '@/lib/accounts/approvals/settings'
import { may } from '@/lib/accounts/roles'
import { hide, sightOf, supportSeesCodes } from '@/lib/accounts/sight'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { readCountryCode } from '@/lib/db/portal/phone-numbers'
import { env } from '@/lib/env'
import { listPgpKeys } from '@/lib/inventory/pgp-keys'
import { listTransportKeys } from '@/lib/inventory/transport-keys'
import { readBrand } from '@/lib/orders/brand'
import { readEidPolicy } from '@/lib/orders/eid-policy'
import { listPartners } from '@/lib/partners/partner'
import { recentStrangers } from '@/lib/smdp/es9/strangers'
import { pkiOverview } from '@/lib/smdp/pki/overview'
import { vaultOverview } from '@/lib/vault/overview'
import { vault } from '@/lib/vault/vault'
import { MailCard } from '../mail/mail-card'
import { AddressCard } from './address-card'
import { ApiCard } from './api/settings-card'
import { ApiKeysCard } from './api-keys-card'
import { BrandCard } from './brand-card'
import { CertificatesCard } from './certificates-card'
import { DeviceNames } from './device-names'
import { EidCard } from './eid-card'
import { FileKeysCard } from './file-keys-card'
import { brandDraft } from './kept-brand'
import { KeysAtRestCard } from './keys-at-rest-card'
import { PartnersCard } from './partners-card'
import { PeopleCard } from './people-card'
import { PersonalDataCard } from './personal-data/settings-card'
import { PhoneCountryCard } from './phone-country-card'
import { SecondPersonCard } from './second-person-card'
import { StrangersCard } from './strangers-card'
import { SupportCodesCard } from './support-codes-card'
import { WebhooksSettingsCard } from './webhooks/settings-card'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage() {
  const { account, actor } = await requirePage('settings:read')
  const db = database()
  const seesPeople = may(account.role, 'account:read')
  const mayChange = may(account.role, 'settings:write')
  const seesVault = may(account.role, 'keys:write')
  const sight = await sightOf(db, account.role)
  const { smdpAddress, smdpAddresses, dataDir, masterKey } = env()
  const [pki, people, rules, brand, eidPolicy, transportKeys, pgpKeys, keysAtRest, apiKeys, codesForSupport, countryCode, partners] =
    await Promise.all([
      pkiOverview(db),
      seesPeople ? listAccounts(db) : [],
      approvalSettings(db),
      readBrand(db),
      readEidPolicy(db),
      listTransportKeys(db, actor),
      listPgpKeys(db, actor),
      seesVault ? vaultOverview(db, vault(), { dataDir, ...masterKey }) : undefined,
      may(account.role, 'api-key:read') ? listApiKeys(db, actor) : undefined,
      supportSeesCodes(db),
      readCountryCode(db),
      listPartners(db, actor),
    ])
  return (
    <>
      <PageHeader
        title="Settings"
        description="Under which name devices reach this server, whom it trusts, who works here, and which keys it keeps."
      />
      <div className="flex max-w-5xl flex-col gap-4">
        <AddressCard smdpAddress={smdpAddress} aliases={smdpAddresses.slice(1)} />
        <MailCard />
        <CertificatesCard cis={pki.cis} credentials={pki.credentials} now={new Date()} />
        {seesPeople ? <PeopleCard people={people} ownId={account.id} mayChange={may(account.role, 'account:write')} /> : null}
        {apiKeys ? <ApiKeysCard keys={apiKeys} now={new Date()} mayChange={may(account.role, 'api-key:write')} /> : null}
        <SecondPersonCard rules={rules} mayChange={mayChange} />
        <BrandCard kept={brandDraft(brand)} mayChange={mayChange} />
        <SupportCodesCard seen={codesForSupport} mayChange={mayChange} />
        <PhoneCountryCard code={countryCode ?? ''} mayChange={mayChange} />
        <DeviceNames mayChange={may(account.role, 'device:write')} />
        <EidCard policy={eidPolicy} mayChange={mayChange} />
        <PersonalDataCard role={account.role} />
        <PartnersCard names={partners.map(({ name }) => name)} />
        <ApiCard />
        <WebhooksSettingsCard />
        <FileKeysCard transportKeys={transportKeys} pgpKeys={pgpKeys} />
        {keysAtRest ? <KeysAtRestCard {...keysAtRest} /> : null}
        <StrangersCard refusals={hide(recentStrangers(), sight)} />
      </div>
    </>
  )
}

import Link from 'next/link'
import type { ReactNode } from 'react'
import { byteWords } from '@/components/number-words'
import { Card } from '@/components/ui/card'
import { Identifier } from '@/components/ui/identifier'
import { RelativeTime } from '@/components/ui/relative-time'
import { may, type Role } from '@/lib/accounts/roles'
import type { ProfileDetail } from '@/lib/db/portal/profile-detail'
import { DeviceEid } from './device-eid'

const Row = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="grid gap-x-4 py-1.5 sm:grid-cols-[9.5rem_1fr]">
    <dt className="text-quiet">{label}</dt>
    <dd className="min-w-0">{children}</dd>
  </div>
)

/** What is known about a profile. */
export function Facts({ profile, role }: { profile: ProfileDetail; role: Role }) {
  return (
    <Card title="Facts" className="max-lg:order-1">
      <dl className="-my-1.5 divide-y">
        <Row label="Type">
          <Link href={`/profiles?type=${encodeURIComponent(profile.type)}`} className="rounded text-accent underline underline-offset-2">
            {profile.type}
          </Link>
          <span className="text-quiet"> · {profile.profileClass}</span>
        </Row>
        {profile.serviceProviderName ? <Row label="Service provider">{profile.serviceProviderName}</Row> : null}
        {profile.packageName ? <Row label="Name in the package">{profile.packageName}</Row> : null}
        {profile.imsi ? (
          <Row label="IMSI">
            <Identifier value={profile.imsi} what="IMSI" />
          </Row>
        ) : null}
        {profile.msisdn ? (
          <Row label="Phone number">
            <Identifier value={profile.msisdn} what="MSISDN" />
          </Row>
        ) : null}
        {profile.eid ? (
          <Row
            label={
              profile.runtimeState === 'Deleted'
                ? 'Was on the eUICC'
                : profile.state === 'Installed'
                  ? 'On the eUICC'
                  : 'Taken by the eUICC'
            }
          >
            <DeviceEid key={profile.eid} iccid={profile.iccid} eid={profile.eid} mayReveal={may(role, 'identity:reveal')} />
          </Row>
        ) : null}
        {profile.runtimeSince ? (
          <Row label="Last heard">
            <RelativeTime at={profile.runtimeSince} />
          </Row>
        ) : null}
        <Row label="Package">
          SAIP {profile.saipVersion}, {byteWords(profile.packageBytes)}
          {profile.ofTemplate ? <span className="text-quiet">, made of the template at delivery</span> : null}
        </Row>
        {profile.mandatoryServices.length > 0 ? (
          <Row label="The eUICC must have">
            <ul className="flex flex-wrap gap-1">
              {profile.mandatoryServices.map(service => (
                <li key={service} className="rounded bg-muted px-1.5 text-xs leading-5">
                  {service}
                </li>
              ))}
            </ul>
          </Row>
        ) : null}
        {profile.batch ? (
          <Row label="Batch">
            {may(role, 'batch:read') ? (
              <Link href={`/batches/${profile.batch.id}`} className="rounded text-accent underline underline-offset-2">
                {profile.batch.id}
              </Link>
            ) : (
              profile.batch.id
            )}
            <span className="text-quiet">
              {' '}
              · {profile.batch.file}
              {profile.batch.line === null ? '' : `, line ${profile.batch.line}`}
            </span>
          </Row>
        ) : null}
        <Row label="Uploaded">
          <RelativeTime at={profile.createdAt} /> <span className="text-quiet">by {profile.createdBy}</span>
        </Row>
      </dl>
    </Card>
  )
}

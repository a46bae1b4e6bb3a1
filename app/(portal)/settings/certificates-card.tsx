import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { LiveBadge } from '@/components/profile/state-badge'
import { dateWords } from '@/components/time-words'
import { Badge } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { Notice } from '@/components/ui/notice'
import type { PkiOverview } from '@/lib/smdp/pki/overview'
import { byUrgency, expiryOf } from './expiry'

const icons = { good: CircleCheck, warn: TriangleAlert, bad: CircleAlert }

const ROLES: Record<string, string> = {
  DPauth: 'proves this server to eUICCs',
  DPpb: 'signs profile packages',
  DPtls: 'TLS of the SM-DP+ address',
}

function ExpiryBadge({ notAfter, now, retired }: { notAfter: Date; now: Date; retired: boolean }) {
  const { tone, word } = expiryOf(notAfter, now)
  return retired ? <span className="text-quiet text-xs">Out of use</span> : <Badge tone={tone} word={word} icon={icons[tone]} />
}

const ShortId = ({ value, what }: { value: string; what: string }) => (
  <span className="inline-flex items-center gap-1 whitespace-nowrap">
    <span className="identifier" title={value}>
      {value.slice(0, 8)}…
    </span>
    <CopyButton text={value} what={what} />
  </span>
)

const Table = ({ label, head, children }: { label: string; head: string[]; children: ReactNode }) => (
  <section aria-label={label} className="-mx-4 overflow-x-auto px-4">
    <table className="w-full">
      <caption className="pb-1 text-left font-medium">{label}</caption>
      <thead>
        <tr className="text-left text-quiet text-xs">
          {head.map(word => (
            <th key={word} scope="col" className="whitespace-nowrap border-b py-1.5 pr-4 font-medium">
              {word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y [&_td]:py-1.5 [&_td]:pr-4 [&_td]:align-middle">{children}</tbody>
    </table>
  </section>
)

interface CertificatesCardProps extends PkiOverview {
  now: Date
}

/** Whom this server trusts and with what it answers, what ends first on top. */
export function CertificatesCard({ cis, credentials, now }: CertificatesCardProps) {
  const live = cis.some(ci => ci.live)
  const names = new Map(cis.map(ci => [ci.keyId, ci.name]))
  return (
    <Card title="Certificates">
      <div className="flex flex-col gap-5">
        {live ? null : (
          <Notice tone="warn" title="Only test devices accept these certificates.">
            The private keys of a test CI are public, so no real device trusts them. To serve real devices, put the certificates and keys
            that your CI gave you into a folder and run{' '}
            <code className="identifier rounded bg-surface px-1">npm run -s cli -- pki import FOLDER --live</code>
          </Notice>
        )}
        <Table label="Certificate issuers (CI)" head={['Name', 'For', 'Key', 'Curve', 'Ends', 'State']}>
          {byUrgency(cis).map(ci => (
            <tr key={ci.keyId}>
              <td className="min-w-36">{ci.name}</td>
              <td>
                <LiveBadge live={ci.live} />
              </td>
              <td>
                <ShortId value={ci.keyId} what="key identifier" />
              </td>
              <td className="whitespace-nowrap">{ci.curve}</td>
              <td className="whitespace-nowrap">
                <time dateTime={ci.notAfter.toISOString()}>{dateWords(ci.notAfter)}</time>
              </td>
              <td>
                <ExpiryBadge notAfter={ci.notAfter} now={now} retired={false} />
              </td>
            </tr>
          ))}
        </Table>
        <Table label="Certificates of this server" head={['Role', 'Under', 'Curve', 'Names', 'OID', 'Fingerprint', 'Ends', 'State']}>
          {byUrgency(credentials).map(credential => (
            <tr key={credential.fingerprint} className={credential.retiredAt ? 'text-quiet' : undefined}>
              <td className="whitespace-nowrap">
                <span className="font-medium">{credential.role}</span>
                <span className="block text-quiet text-xs">{ROLES[credential.role]}</span>
              </td>
              <td className="min-w-28">{names.get(credential.ciKeyId) ?? credential.ciKeyId.slice(0, 8)}</td>
              <td className="whitespace-nowrap">{credential.curve}</td>
              <td className="break-all">{credential.dnsNames.join(', ') || '–'}</td>
              <td className="identifier whitespace-nowrap">{credential.oid}</td>
              <td>
                <ShortId value={credential.fingerprint} what="fingerprint" />
              </td>
              <td className="whitespace-nowrap">
                <time dateTime={credential.notAfter.toISOString()}>{dateWords(credential.notAfter)}</time>
              </td>
              <td>
                <ExpiryBadge notAfter={credential.notAfter} now={now} retired={credential.retiredAt !== null} />
              </td>
            </tr>
          ))}
        </Table>
        <p className="text-quiet text-xs">
          More certificates are taken in with <code className="identifier">npm run -s cli -- pki import FOLDER</code>: roles are read from
          the certificates, keys and chains are checked first. A running server takes them up within a second.
        </p>
      </div>
    </Card>
  )
}

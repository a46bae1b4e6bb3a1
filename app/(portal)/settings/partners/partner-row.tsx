import { CircleAlert, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { Badge } from '@/components/ui/badge'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Partner } from '@/lib/partners/partner'
import { expiryOf } from '../expiry'
import { CallbackState } from './callback-state'

const typesOf = ({ allTypes, types }: Partner): string => (allTypes ? 'every type' : types.map(({ name }) => name).join(', '))

/** Nobody can call, or soon nobody can: when the last of its certificates ends. */
function CertificateState({ certificates, now }: { certificates: Partner['certificates']; now: Date }) {
  if (certificates.length === 0) return <Badge tone="bad" icon={CircleAlert} word="No certificate" meaning="It cannot call." />
  const ends = certificates.map(({ notAfter }) => notAfter)
  if (ends.includes(null)) return null
  const last = new Date(Math.max(...ends.map(end => end?.getTime() ?? 0)))
  const { tone, word } = expiryOf(last, now)
  if (tone === 'good') return null
  return <Badge tone={tone} icon={tone === 'bad' ? CircleAlert : TriangleAlert} word={word} meaning="The last of its certificates." />
}

/** One partner in the list of them. */
export const PartnerRow = ({ partner, now }: { partner: Partner; now: Date }) => (
  <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
    <div className="min-w-0 flex-1 basis-60">
      <p className="break-words">
        <Link href={`/settings/partners/${partner.id}`} className="rounded font-medium text-accent underline underline-offset-2">
          {partner.name}
        </Link>{' '}
        <span className="identifier text-quiet text-xs">{partner.identifier}</span>
      </p>
      <p className="break-words text-quiet text-xs">
        orders {typesOf(partner)} ·{' '}
        {partner.lastCallAt ? (
          <>
            last call <RelativeTime at={partner.lastCallAt} />
          </>
        ) : (
          'has not called yet'
        )}
      </p>
    </div>
    <CertificateState certificates={partner.certificates} now={now} />
    <CallbackState callback={partner.callback} />
  </li>
)

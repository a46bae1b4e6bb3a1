import { KeyRound } from 'lucide-react'
import Link from 'next/link'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { RelativeTime } from '@/components/ui/relative-time'
import type { TransportKeyRow } from '@/lib/db/transport-key-rows'
import { EnterKey } from './enter-key'
import { EnterPart } from './enter-part'
import { RetireKey } from './retire-key'

interface TransportKeysCardProps {
  keys: TransportKeyRow[]
  /** E-mail of who looks at this */
  own: string
  vendors: string[]
  /** A key entered by one person needs a second one. */
  byTwo: boolean
  mayWrite: boolean
}

const nameOf = ({ keyIndex, vendor }: TransportKeyRow) => `key ${keyIndex} ${vendor ? `of ${vendor}` : 'of any vendor'}`

function State({ of: { kcv, approvalId, enteredBy, parts, retiredAt } }: { of: TransportKeyRow }) {
  if (retiredAt)
    return (
      <span className="text-quiet">
        Retired <RelativeTime at={retiredAt} />
      </span>
    )
  if (!kcv) return <span className="font-medium text-warn">{`${enteredBy.length} of ${parts} parts entered`}</span>
  if (approvalId)
    return (
      <Link href="/approvals" className="font-medium text-warn underline">
        Waits for a second person
      </Link>
    )
  return <span className="font-medium text-good">In use</span>
}

const Key = ({ of: key, own, mayWrite }: { of: TransportKeyRow; own: string; mayWrite: boolean }) => (
  <li className="flex flex-wrap items-center gap-x-6 gap-y-2 py-3">
    <div className="min-w-0 flex-1 basis-44">
      <p className="truncate font-medium">
        <span className="identifier">{key.keyIndex}</span> <span>{key.vendor ? `of ${key.vendor}` : 'of any vendor'}</span>
      </p>
      <p className="break-words text-quiet text-xs">
        {key.algorithm} {key.mode}
        {key.iv ? ' with an initial vector' : ''} · {key.enteredBy.length > 1 ? key.enteredBy.join(' and ') : key.createdBy},{' '}
        <RelativeTime at={key.createdAt} />
      </p>
    </div>
    <dl className="w-24">
      <dt className="text-quiet text-xs">Check value</dt>
      <dd className="identifier">{key.kcv ?? '–'}</dd>
    </dl>
    <p className="w-40">
      <State of={key} />
    </p>
    {mayWrite && !key.retiredAt ? (
      <div className="flex flex-wrap gap-2">
        {key.kcv ? null : <EnterPart id={key.id} name={nameOf(key)} again={key.enteredBy.includes(own)} />}
        <RetireKey id={key.id} name={nameOf(key)} whole={key.kcv !== null} />
      </div>
    ) : null}
  </li>
)

/** Keys under which vendors encrypt K and the like within their files. */
export function TransportKeysCard({ keys, own, vendors, byTwo, mayWrite }: TransportKeysCardProps) {
  const current = keys.filter(key => !key.retiredAt)
  const retired = keys.filter(key => key.retiredAt)
  return (
    <Card
      title="Transport keys"
      description="For K, OPc and the like within a vendor’s output file; the file names the key by its number."
      actions={mayWrite ? <EnterKey vendors={vendors} byTwo={byTwo} /> : null}
    >
      {current.length === 0 ? (
        <EmptyState icon={KeyRound} title="There is no transport key.">
          Vendors that encrypt values within their files hand one out on paper, in one piece or in parts for several people.
        </EmptyState>
      ) : (
        <ul className="-my-3 divide-y">
          {current.map(key => (
            <Key key={key.id} of={key} own={own} mayWrite={mayWrite} />
          ))}
        </ul>
      )}
      {retired.length > 0 ? (
        <details className="mt-4 border-t pt-3">
          <summary className="text-quiet">{retired.length === 1 ? 'One retired key' : `${retired.length} retired keys`}</summary>
          <ul className="divide-y">
            {retired.map(key => (
              <Key key={key.id} of={key} own={own} mayWrite={false} />
            ))}
          </ul>
        </details>
      ) : null}
    </Card>
  )
}

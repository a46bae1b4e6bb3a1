'use client'

import { Download, FileKey } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { CopyButton } from '@/components/ui/copy-button'
import { EmptyState } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { problemTitle, useAction } from '@/components/use-action'
import type { PgpKeyRow } from '@/lib/db/pgp-key-rows'
import { makePgp, retirePgp } from './actions'

const grouped = (fingerprint: string) => fingerprint.replace(/(.{4})(?=.)/g, '$1 ')

const fileOf = ({ fingerprint }: PgpKeyRow) => `/settings/keys/pgp/${fingerprint}`

/** The PGP key to which vendors encrypt whole files. */
export function PgpCard({ keys, mayWrite }: { keys: PgpKeyRow[]; mayWrite: boolean }) {
  const router = useRouter()
  const made = useCallback(() => {
    toast.success('The key is made. Give its public half to your vendors.')
    router.refresh()
  }, [router])
  const retired = useCallback(() => {
    toast.success('The key is retired.')
    router.refresh()
  }, [router])
  const make = useAction(makePgp, made)
  const retire = useAction(retirePgp, retired)
  const current = keys.find(key => !key.retiredAt)
  const before = keys.filter(key => key.retiredAt)
  const message = make.message || retire.message
  return (
    <Card title="PGP key" description="For whole files: vendors encrypt to it, this server alone can read them.">
      <div className="flex flex-col gap-4">
        {current ? (
          <>
            <dl>
              <dt className="text-quiet text-xs">Fingerprint</dt>
              <dd className="flex items-start gap-1">
                <span className="identifier min-w-0 break-words">{grouped(current.fingerprint)}</span>
                <CopyButton text={current.fingerprint} what="fingerprint" />
              </dd>
              <dd className="break-words text-quiet text-xs">
                made by {current.createdBy} <RelativeTime at={current.createdAt} />
              </dd>
            </dl>
            <div className="flex flex-wrap gap-2">
              <Button asChild variant="primary">
                <a href={fileOf(current)} download>
                  <Download aria-hidden /> Public key
                </a>
              </Button>
              {mayWrite ? (
                <>
                  <ConfirmDialog
                    trigger={<Button disabled={make.pending}>{make.pending ? 'Making a key…' : 'Make a new key'}</Button>}
                    title="Make a new PGP key?"
                    description="Vendors have to get the new public key. Files that are encrypted to the present one are read all the same."
                    confirm="Make a new key"
                    keep="Keep this one"
                    onConfirm={() => make.run({})}
                  />
                  <ConfirmDialog
                    trigger={<Button disabled={retire.pending}>Retire</Button>}
                    title="Retire the PGP key?"
                    description="It is shown to nobody any more. Files that are encrypted to it are read all the same."
                    confirm="Retire the key"
                    keep="Keep it"
                    onConfirm={() => retire.run({ fingerprint: current.fingerprint })}
                  />
                </>
              ) : null}
            </div>
          </>
        ) : (
          <EmptyState
            icon={FileKey}
            title="There is no PGP key."
            action={
              mayWrite ? (
                <Button variant="primary" disabled={make.pending} onClick={() => make.run({})}>
                  {make.pending ? 'Making a key, a few seconds…' : 'Make a key'}
                </Button>
              ) : null
            }
          >
            Make one and give its public half to your vendors. Its private half never leaves this server.
          </EmptyState>
        )}
        {message ? (
          <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live>
            {message}
          </Notice>
        ) : null}
        {before.length > 0 ? (
          <details className="border-t pt-3">
            <summary className="text-quiet">{before.length === 1 ? 'One retired key' : `${before.length} retired keys`}</summary>
            <ul className="divide-y">
              {before.map(key => (
                <li key={key.id} className="py-2">
                  <span className="identifier block break-words">{grouped(key.fingerprint)}</span>
                  {key.retiredAt ? (
                    <span className="text-quiet text-xs">
                      retired <RelativeTime at={key.retiredAt} />
                    </span>
                  ) : null}
                </li>
              ))}
            </ul>
          </details>
        ) : null}
      </div>
    </Card>
  )
}

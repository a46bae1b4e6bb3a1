'use client'

import { CircleAlert, CircleCheck, Plus, TriangleAlert } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import { dateWords } from '@/components/time-words'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Dialog } from '@/components/ui/dialog'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { problemTitle, useAction } from '@/components/use-action'
import type { PartnerCertificateRow } from '@/lib/db/partners/partner-certificate-rows'
import { expiryOf } from '../../expiry'
import { addCertificate, dropCertificate } from '../actions'
import { CertificateField, givenCertificate, noCertificate } from '../certificate-field'

const icons = { good: CircleCheck, warn: TriangleAlert, bad: CircleAlert }

function AddCertificate({ id }: { id: string }) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [draft, setDraft] = useState(noCertificate)
  const done = useCallback(
    ({ kind }: { kind: 'client' | 'ca' }) => {
      setOpen(false)
      setDraft(noCertificate)
      toast.success(kind === 'ca' ? 'Every client certificate of this CA is taken from now on.' : 'The certificate is taken from now on.')
      router.refresh()
    },
    [router],
  )
  const { run, refuse, pending, message, fields } = useAction(addCertificate, done)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const answer = await givenCertificate(draft)
    if ('missing' in answer) return refuse('', { certificate: answer.missing })
    run({ id, certificate: answer.given })
  }
  const known = fields.certificate ?? fields.fingerprint
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="Add a certificate"
      description="Those that are there stay: remove the old one when the partner has changed over."
      trigger={
        <Button size="sm">
          <Plus aria-hidden /> Add
        </Button>
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate autoComplete="off">
        <CertificateField draft={draft} onChange={setDraft} errors={fields} />
        {message && message !== known ? <Notice tone="bad" title={message} live /> : null}
        <footer className="flex justify-end">
          <Button type="submit" variant="primary" disabled={pending}>
            {pending ? 'Reading it…' : 'Add the certificate'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

interface CertificatesCardProps {
  id: string
  certificates: PartnerCertificateRow[]
  now: Date
  mayChange: boolean
}

/** By which certificates a partner is known. */
export function CertificatesCard({ id, certificates, now, mayChange }: CertificatesCardProps) {
  const router = useRouter()
  const removed = useCallback(() => {
    toast.success('The certificate is refused from now on.')
    router.refresh()
  }, [router])
  const { run, pending, message } = useAction(dropCertificate, removed)
  return (
    <Card
      title="Certificates"
      description="Whoever proves in the TLS handshake to have the key of one of these is this partner."
      actions={mayChange ? <AddCertificate id={id} /> : null}
    >
      <div className="flex flex-col gap-3">
        {message ? (
          <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live>
            {message}
          </Notice>
        ) : null}
        {certificates.length === 0 ? <Notice tone="warn" title="There is none, so this partner cannot call." /> : null}
        <ul aria-label="Certificates" className="-my-2 divide-y empty:hidden">
          {certificates.map(({ id: certificateId, kind, subject, fingerprint, notAfter, addedAt, addedBy }) => {
            const expiry = notAfter && expiryOf(notAfter, now)
            return (
              <li key={certificateId} className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2">
                <div className="min-w-0 flex-1 basis-60">
                  <p className="break-words font-medium">{subject || 'Known by its fingerprint alone'}</p>
                  <Identifier value={fingerprint} what="fingerprint" className="text-xs" />
                  <p className="break-words text-quiet text-xs">
                    {kind === 'ca' ? 'CA: all client certificates that it issues' : 'This certificate alone'}
                    {notAfter ? ` · ends ${dateWords(notAfter)}` : ''} · added <RelativeTime at={addedAt} /> by {addedBy}
                  </p>
                </div>
                {expiry ? <Badge tone={expiry.tone} word={expiry.word} icon={icons[expiry.tone]} /> : null}
                {mayChange ? (
                  <ConfirmDialog
                    trigger={
                      <Button
                        size="sm"
                        variant="ghost"
                        className="text-bad"
                        disabled={pending}
                        aria-label={`Remove ${subject || fingerprint.slice(0, 8)}`}
                      >
                        Remove
                      </Button>
                    }
                    title="Remove this certificate?"
                    description={
                      certificates.length === 1
                        ? 'It is the only one: this partner cannot call any more until another one is added.'
                        : 'Whoever shows it is refused from then on.'
                    }
                    confirm="Remove"
                    keep="Keep it"
                    pending={pending}
                    onConfirm={() => run({ id, certificateId })}
                  />
                ) : null}
              </li>
            )
          })}
        </ul>
      </div>
    </Card>
  )
}

'use client'

import { useState } from 'react'
import { dateWords } from '@/components/time-words'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import type { CertificateFacts } from '@/lib/partners/certificate'
import type { CallbackDraft } from './callback-draft'

interface TlsFieldsProps {
  draft: CallbackDraft
  set: (changes: Partial<CallbackDraft>) => void
  /** What is kept now of the CA of the partner's server and of the certificate that this server shows. */
  trusted: CertificateFacts | undefined
  shown: CertificateFacts | undefined
  errors: Record<string, string>
}

const factWords = (facts: CertificateFacts | undefined): string | undefined =>
  facts && `Now: ${facts.subject}, ends ${dateWords(facts.notAfter)}. Another file takes its place.`

/** What the server takes as text; a larger body would not reach it. */
const maxBytes = 100_000

function PemFile({
  label,
  hint,
  error,
  onRead,
}: {
  label: string
  hint: string
  error: string | undefined
  onRead: (pem: string) => void
}) {
  const [tooLarge, setTooLarge] = useState(false)
  return (
    <Field label={label} hint={hint} error={tooLarge ? 'This file is too large for certificates.' : error}>
      {control => (
        <Input
          {...control}
          type="file"
          className="py-1.5"
          accept=".pem,.crt,.cer,.key"
          onChange={async event => {
            const file = event.target.files?.[0]
            setTooLarge(file !== undefined && file.size > maxBytes)
            onRead(file && file.size <= maxBytes ? await file.text() : '')
          }}
        />
      )}
    </Field>
  )
}

/** Asks by which CA the partner's server is known, and what this server shows there. */
export function TlsFields({ draft, set, trusted, shown, errors }: TlsFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Its server is known by">
        {control => (
          <Select {...control} value={draft.trusts} onChange={event => set({ trusts: event.target.value === 'own' ? 'own' : 'system' })}>
            <option value="system">A public CA</option>
            <option value="own">A CA of its own</option>
          </Select>
        )}
      </Field>
      {draft.trusts === 'own' ? (
        <PemFile
          label="Its CA"
          hint={factWords(trusted) ?? 'PEM; several are all trusted.'}
          error={errors.trustedCa ?? errors['callback.trustedCa']}
          onRead={trustedCa => set({ trustedCa })}
        />
      ) : (
        <span className="hidden sm:block" />
      )}
      <Field label="This server shows there">
        {control => (
          <Select
            {...control}
            value={draft.shows}
            onChange={event => set({ shows: event.target.value === 'own' ? 'own' : 'ours', certificate: '', key: '' })}
          >
            <option value="ours">Its own TLS certificate (CERT.DPtls)</option>
            <option value="own">A certificate made for this partner</option>
          </Select>
        )}
      </Field>
      {draft.shows === 'own' ? (
        <>
          <span className="hidden sm:block" />
          <PemFile
            label="Client certificate"
            hint={factWords(shown) ?? 'PEM, with its chain behind it if there is one.'}
            error={errors.clientCertificate ?? errors['callback.client.certificate']}
            onRead={certificate => set({ certificate })}
          />
          <PemFile
            label="Its private key"
            hint="PEM, not encrypted. It is kept encrypted here and shown to nobody."
            error={errors.clientKey ?? errors['callback.client.key']}
            onRead={key => set({ key })}
          />
        </>
      ) : null}
    </div>
  )
}

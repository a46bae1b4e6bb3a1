'use client'

import { useState } from 'react'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import type { WebhookDraft } from './webhook-draft'

interface TrustFieldsProps {
  draft: WebhookDraft
  set: (changes: Partial<WebhookDraft>) => void
  error: string | undefined
}

/** What the server takes as text; a larger body would not reach it. */
const maxBytes = 100_000
const tooLargeSentence = 'This file is too large for certificates.'

/** Asks by which CA a webhook's server is known. */
export function TrustFields({ draft, set, error }: TrustFieldsProps) {
  const [tooLarge, setTooLarge] = useState(false)
  const read = async (file: File | undefined) => {
    const fits = file !== undefined && file.size <= maxBytes
    setTooLarge(file !== undefined && !fits)
    set({ trustedCa: fits ? await file.text() : '' })
  }
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
        <Field
          label="Its CA"
          hint="PEM; another file takes the place of what was given before."
          error={tooLarge ? tooLargeSentence : error}
        >
          {control => (
            <Input {...control} type="file" className="py-1.5" accept=".pem,.crt,.cer" onChange={event => read(event.target.files?.[0])} />
          )}
        </Field>
      ) : null}
    </div>
  )
}

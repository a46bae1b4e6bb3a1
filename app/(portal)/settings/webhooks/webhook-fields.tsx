'use client'

import { CheckField, Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import type { WebhookEventName } from '@/lib/partners/webhooks/events'
import { SomeOrAll } from './some-or-all'
import { TrustFields } from './trust-fields'
import type { WebhookDraft } from './webhook-draft'

/** What a webhook can be narrowed down to. */
export interface WebhookChoices {
  events: { name: WebhookEventName; meaning: string }[]
  types: { id: string; name: string }[]
  partners: { id: string; name: string }[]
}

interface WebhookFieldsProps {
  draft: WebhookDraft
  set: (changes: Partial<WebhookDraft>) => void
  choices: WebhookChoices
  errors: Record<string, string>
}

/** Asks where a webhook is and what it is told. */
export function WebhookFields({ draft, set, choices, errors }: WebhookFieldsProps) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Address" className="sm:col-span-2" error={errors.url}>
          {control => (
            <Input
              {...control}
              inputMode="url"
              placeholder="https://shop.example.com/slipway"
              value={draft.url}
              onChange={event => set({ url: event.target.value })}
            />
          )}
        </Field>
        <Field label="Name" optional hint="As people here call it; else its host name." error={errors.name}>
          {control => <Input {...control} maxLength={60} value={draft.name} onChange={event => set({ name: event.target.value })} />}
        </Field>
        <Field label="Whose orders" error={errors.partnerId}>
          {control => (
            <Select {...control} value={draft.partnerId} onChange={event => set({ partnerId: event.target.value })}>
              <option value="">Everybody’s</option>
              {choices.partners.map(({ id, name }) => (
                <option key={id} value={id}>
                  Only of {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      {/^\s*http:/i.test(draft.url) ? (
        <CheckField
          label="Without TLS is meant"
          hint="Everybody on the way can read what is told. On this very machine that is fine."
          checked={draft.inTheClear}
          onChange={inTheClear => set({ inTheClear })}
        />
      ) : (
        <TrustFields draft={draft} set={set} error={errors.trustedCa} />
      )}
      <SomeOrAll
        legend="What it is told"
        every="Every event, those of later versions too"
        choices={choices.events.map(({ name, meaning }) => ({ value: name, label: name, hint: meaning.replaceAll('`', '') }))}
        chosen={draft.events}
        onChange={events => set({ events })}
        error={errors.events}
      />
      <SomeOrAll
        legend="Of which profile types"
        every="Of every type, those made later too"
        choices={choices.types.map(({ id, name }) => ({ value: id, label: name }))}
        chosen={draft.typeIds}
        onChange={typeIds => set({ typeIds })}
        error={errors.typeIds}
      />
    </>
  )
}

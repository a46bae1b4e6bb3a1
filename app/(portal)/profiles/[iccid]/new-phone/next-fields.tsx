'use client'

import { ChevronRight } from 'lucide-react'
import { EidField, type EidPolicy } from '@/components/profile/eid-field'
import type { OrderDraft } from '@/components/profile/order-draft'
import { ConfirmationCodeFields } from '@/components/profile/order-fields'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { isLanguage, LANGUAGE_NAMES, LANGUAGES } from '@/lib/customer-page/language'

interface NextFieldsProps {
  draft: OrderDraft
  onChange: (draft: OrderDraft) => void
  problems: Record<string, string>
  eidPolicy: EidPolicy
  /** The only eUICC that may have it, so that none can be typed */
  onlyEid?: string | undefined
}

/** What can be set for the code of the next phone; what is seldom needed is folded away. */
export function NextFields({ draft, onChange, problems, eidPolicy, onlyEid }: NextFieldsProps) {
  const edit = <Name extends keyof OrderDraft>(field: Name, value: OrderDraft[Name]) => onChange({ ...draft, [field]: value })
  const marked = ['eid', 'language', 'confirmationCode', 'expiresAt'].some(field => problems[field])
  return (
    <div className="flex flex-col gap-4">
      <Field label="Customer’s e-mail" optional hint="Where the new link can go." error={problems.customerEmail}>
        {control => (
          <Input
            {...control}
            type="email"
            autoComplete="off"
            maxLength={254}
            value={draft.customerEmail}
            onChange={event => edit('customerEmail', event.target.value)}
          />
        )}
      </Field>
      {onlyEid ? (
        <p>
          Only the eUICC <span className="identifier break-all">{onlyEid}</span> can use the code.
        </p>
      ) : null}
      <details className="group" open={marked || undefined}>
        <summary className="inline-flex list-none items-center gap-1 rounded text-accent [&::-webkit-details-marker]:hidden">
          <ChevronRight className="size-4 transition-transform group-open:rotate-90" aria-hidden />
          {onlyEid ? 'Language, confirmation code, validity' : 'EID, language, confirmation code, validity'}
        </summary>
        <div className="mt-3 grid gap-4 sm:grid-cols-2">
          {onlyEid ? null : (
            <EidField
              optional
              className="sm:col-span-2"
              hint="Of the new phone, 32 digits. With it only this device can use the code."
              policy={eidPolicy}
              value={draft.eid}
              onChange={eid => edit('eid', eid)}
              error={problems.eid}
            />
          )}
          <ConfirmationCodeFields draft={draft} edit={edit} error={problems.confirmationCode} single />
          <Field label="Customer’s language" hint="Of the customer’s page and mail." error={problems.language}>
            {control => (
              <Select
                {...control}
                value={draft.language}
                onChange={event => edit('language', isLanguage(event.target.value) ? event.target.value : '')}
              >
                <option value="">As their device has it</option>
                {LANGUAGES.map(language => (
                  <option key={language} value={language}>
                    {LANGUAGE_NAMES[language]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label="Valid until" optional hint="Left empty, the type decides." error={problems.expiresAt}>
            {control => (
              <Input {...control} type="datetime-local" value={draft.expiresAt} onChange={event => edit('expiresAt', event.target.value)} />
            )}
          </Field>
        </div>
      </details>
    </div>
  )
}

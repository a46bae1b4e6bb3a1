'use client'

import { ChevronRight, Dices } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { CheckField, Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { isLanguage, LANGUAGE_NAMES, LANGUAGES } from '@/lib/customer-page/language'
import { EidField, type EidPolicy } from './eid-field'
import { type CodeChoice, draftProblems, makeConfirmationCode, type OrderDraft } from './order-draft'

const CODE_CHOICES: Record<CodeChoice, { one: string; many: string }> = {
  asType: { one: 'As the type has it', many: 'As the type has it' },
  none: { one: 'None', many: 'None' },
  each: { one: 'One made for it', many: 'One of its own for each' },
  typed: { one: 'This one', many: 'The same for all' },
}

interface OrderFieldsProps {
  draft: OrderDraft
  onChange: (draft: OrderDraft) => void
  problems: Record<string, string>
  /** One order may be bound to a device, have a customer and a matching ID of its own; many may not. */
  single: boolean
  /** The device is known and not asked for. */
  deviceKnown?: boolean
  eidPolicy?: EidPolicy
}

/** What can be set for new orders; what is seldom needed is folded away. */
export function OrderFields({ draft, onChange, problems, single, deviceKnown, eidPolicy = 'refuse' }: OrderFieldsProps) {
  const [early, setEarly] = useState<Record<string, string>>({})
  // Checked while typing, never on leaving a field: a sentence that appears then moves the button away from under the pointer.
  const edit = <Name extends keyof OrderDraft>(field: Name, value: OrderDraft[Name]) => {
    const next = { ...draft, [field]: value }
    const { [field]: known, ...others } = early
    const problem = draftProblems(next, eidPolicy)[field]
    const tellsEarly = field === 'matchingId' || field === 'codeTries' || field === 'expiresAt' || (known !== undefined && field !== 'eid')
    setEarly(problem && tellsEarly ? { ...others, [field]: problem } : others)
    onChange(next)
  }
  const error = (field: keyof OrderDraft) => early[field] ?? problems[field]
  const seldom = ['matchingId', 'smdsAddress', 'expiresAt', 'codeTries', 'confirmationLimit', 'language'].some(field => problems[field])

  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        label="Reference"
        optional
        className={single ? '' : 'sm:col-span-2'}
        hint={single ? 'What you call the order, to find it by.' : 'What you call these orders, to find them by.'}
        error={error('reference')}
      >
        {control => (
          <Input
            {...control}
            autoComplete="off"
            maxLength={64}
            value={draft.reference}
            onChange={event => edit('reference', event.target.value)}
          />
        )}
      </Field>
      {single ? (
        <Field label="Customer’s e-mail" optional hint="Where the link to the customer’s page can go." error={error('customerEmail')}>
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
      ) : null}
      {single && !deviceKnown ? (
        <EidField
          optional
          className="sm:col-span-2"
          hint="32 digits. With it only this device can use the code; without it the first that does."
          policy={eidPolicy}
          value={draft.eid}
          onChange={eid => edit('eid', eid)}
          error={error('eid')}
        />
      ) : null}
      <ConfirmationCodeFields draft={draft} edit={edit} error={error('confirmationCode')} single={single} />
      <details className="group sm:col-span-2" open={seldom || undefined}>
        <summary className="inline-flex list-none items-center gap-1 rounded text-accent [&::-webkit-details-marker]:hidden">
          <ChevronRight className="size-4 transition-transform group-open:rotate-90" aria-hidden />
          Validity, tries, language, later release{single ? ', matching ID, SM-DS' : ''}
        </summary>
        <div className="mt-3 grid gap-4 sm:grid-cols-2">
          <Field
            label="Valid until"
            optional
            hint="After this no device can use it. Left empty, the type decides."
            error={error('expiresAt')}
          >
            {control => (
              <Input {...control} type="datetime-local" value={draft.expiresAt} onChange={event => edit('expiresAt', event.target.value)} />
            )}
          </Field>
          {draft.codeChoice !== 'none' ? (
            <Field
              label="Tries for the code"
              optional
              hint="Wrong confirmation codes after which the order ends. Left empty, the type decides."
              error={error('codeTries') ?? problems.confirmationLimit}
            >
              {control => (
                <Input
                  {...control}
                  inputMode="numeric"
                  autoComplete="off"
                  maxLength={3}
                  value={draft.codeTries}
                  onChange={event => edit('codeTries', event.target.value)}
                />
              )}
            </Field>
          ) : null}
          <Field label="Customer’s language" hint="Of the customer’s page and mail." error={error('language')}>
            {control => (
              <Select
                {...control}
                value={draft.language}
                onChange={event => edit('language', isLanguage(event.target.value) ? event.target.value : '')}
              >
                <option value="">As the customer’s device has it</option>
                {LANGUAGES.map(language => (
                  <option key={language} value={language}>
                    {LANGUAGE_NAMES[language]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {single && !draft.withoutCode ? (
            <Field label="Own matching ID" optional hint="Capitals, digits and dashes. Else one is made." error={error('matchingId')}>
              {control => (
                <Input
                  {...control}
                  className="identifier"
                  autoComplete="off"
                  maxLength={64}
                  value={draft.matchingId}
                  onChange={event => edit('matchingId', event.target.value.toUpperCase())}
                />
              )}
            </Field>
          ) : null}
          {single && !draft.withoutCode ? (
            <Field
              label="SM-DS"
              optional
              hint="Where the device looks by itself, such as lpa.ds.gsma.com. It needs the EID."
              error={error('smdsAddress')}
            >
              {control => (
                <Input
                  {...control}
                  inputMode="url"
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                  maxLength={255}
                  value={draft.smdsAddress}
                  onChange={event => edit('smdsAddress', event.target.value)}
                />
              )}
            </Field>
          ) : null}
          <CheckField
            className="sm:col-span-2"
            label="Release later"
            hint="Devices are turned away until somebody releases the order."
            checked={draft.releaseLater}
            onChange={releaseLater => edit('releaseLater', releaseLater)}
          />
          {single ? (
            <CheckField
              className="sm:col-span-2"
              label="Without an activation code"
              hint="A default SM-DP+ order: the device asks this server by itself and is known by its EID, which has to be given."
              checked={draft.withoutCode}
              onChange={withoutCode => edit('withoutCode', withoutCode)}
            />
          ) : null}
        </div>
      </details>
    </div>
  )
}

interface ConfirmationCodeFieldsProps {
  draft: OrderDraft
  edit: <Name extends keyof OrderDraft>(field: Name, value: OrderDraft[Name]) => void
  error: string | undefined
  single: boolean
}

const hintOf = ({ codeChoice }: OrderDraft, single: boolean): string => {
  if (codeChoice === 'none') return 'The activation code is enough.'
  if (codeChoice === 'each' && single) return 'It is shown once, when the code is issued.'
  if (codeChoice === 'each') return 'They are kept for a day, for you to take with the files; then only their hashes are.'
  if (codeChoice === 'typed') return 'The device asks for it as well.'
  return single ? 'Where the type asks for one, it is made and shown once.' : 'Where the type asks for one, each order gets its own.'
}

/** Whether a confirmation code is asked for, and which. */
export function ConfirmationCodeFields({ draft, edit, error, single }: ConfirmationCodeFieldsProps) {
  return (
    <>
      <Field label="Confirmation code" hint={hintOf(draft, single)} className={draft.codeChoice === 'typed' ? '' : 'sm:col-span-2'}>
        {control => (
          <Select
            {...control}
            value={draft.codeChoice}
            onChange={event => {
              const chosen = (Object.keys(CODE_CHOICES) as CodeChoice[]).find(each => each === event.target.value)
              if (chosen) edit('codeChoice', chosen)
            }}
          >
            {(Object.keys(CODE_CHOICES) as CodeChoice[]).map(choice => (
              <option key={choice} value={choice}>
                {CODE_CHOICES[choice][single ? 'one' : 'many']}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {draft.codeChoice === 'typed' ? (
        <Field label="The code" hint="Only its hash is kept: note it now." error={error}>
          {control => (
            <div className="flex gap-2">
              <Input
                {...control}
                className="identifier"
                autoComplete="off"
                maxLength={64}
                value={draft.confirmationCode}
                onChange={event => edit('confirmationCode', event.target.value)}
              />
              <Button onClick={() => edit('confirmationCode', makeConfirmationCode())}>
                <Dices aria-hidden /> Make one
              </Button>
            </div>
          )}
        </Field>
      ) : null}
    </>
  )
}

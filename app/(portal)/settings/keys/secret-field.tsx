'use client'

import { useState } from 'react'
import { classNames } from '@/components/class-names'
import { CheckField, Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

interface SecretFieldProps {
  label: string
  hint: string
  value: string
  onChange: (value: string) => void
  error?: string | undefined
}

/** Digits of a key, hidden unless the person wants to see what they type; no password manager asks to keep them. */
export function SecretField({ label, hint, value, onChange, error }: SecretFieldProps) {
  const [shown, setShown] = useState(false)
  const digits = value.replace(/[^0-9a-f]/gi, '').length
  return (
    <div className="flex flex-col gap-2">
      <Field label={label} hint={digits ? `${digits} digits` : hint} error={error}>
        {control => (
          <Input
            {...control}
            className={classNames('identifier', !shown && '[-webkit-text-security:disc]')}
            value={value}
            onChange={event => onChange(event.target.value)}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={400}
          />
        )}
      </Field>
      <CheckField label="Show the digits" checked={shown} onChange={setShown} />
    </div>
  )
}

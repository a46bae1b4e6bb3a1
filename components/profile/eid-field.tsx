'use client'

import { type ReactNode, useState } from 'react'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Eid, TypedEid } from '@/lib/rsp/identifiers'

/** What becomes of an EID whose check digits do not fit: a test laboratory may have cards with such. */
export type EidPolicy = 'refuse' | 'warn'

/** An EID as it was typed, without spaces and dashes. */
export const bareEid = (text: string): string => text.replace(/[\s-]/g, '')

/** What is wrong with a typed EID; undefined for none at all and for a good one. */
export function eidProblem(text: string, policy: EidPolicy = 'refuse'): string | undefined {
  if (!text.trim()) return undefined
  return (policy === 'warn' ? Eid.safeParse(bareEid(text)) : TypedEid.safeParse(text)).error?.issues[0]?.message
}

interface EidFieldProps {
  value: string
  onChange: (value: string) => void
  hint: ReactNode
  error?: string | undefined
  policy?: EidPolicy
  optional?: boolean
  className?: string
}

/** Where an EID is typed: it is checked as soon as it is whole. */
export function EidField({ value, onChange, hint, error, policy = 'refuse', optional, className }: EidFieldProps) {
  const [early, setEarly] = useState<string>()
  const whole = bareEid(value).length >= 32
  const doubtful = policy === 'warn' && whole && eidProblem(value) !== undefined
  const edit = (next: string) => {
    // A sentence that stands stays until the EID is right: it does not come and go with each digit.
    setEarly(early || bareEid(next).length >= 32 ? eidProblem(next, policy) : undefined)
    onChange(next)
  }
  return (
    <Field
      label="EID"
      {...(optional ? { optional } : {})}
      {...(className ? { className } : {})}
      hint={
        doubtful ? (
          <span className="text-warn">The check digits of this EID do not fit. It is taken all the same, as the settings say.</span>
        ) : (
          hint
        )
      }
      error={early ?? error}
    >
      {control => (
        <Input
          {...control}
          className="identifier"
          inputMode="numeric"
          autoComplete="off"
          spellCheck={false}
          maxLength={60}
          value={value}
          onChange={event => edit(event.target.value)}
        />
      )}
    </Field>
  )
}

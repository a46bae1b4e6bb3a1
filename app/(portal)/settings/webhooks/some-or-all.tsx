'use client'

import { useId } from 'react'
import { CheckField } from '@/components/ui/field'

interface Choice<Value> {
  value: Value
  label: string
  hint?: string
}

interface SomeOrAllProps<Value> {
  legend: string
  /** Words for all of them */
  every: string
  choices: Choice<Value>[]
  /** Undefined: all */
  chosen: Value[] | undefined
  onChange: (chosen: Value[] | undefined) => void
  error: string | undefined
}

/** Asks for all of something or for some of it. */
export function SomeOrAll<Value extends string>({ legend, every, choices, chosen, onChange, error }: SomeOrAllProps<Value>) {
  const name = useId()
  const errorId = `${name}-error`
  return (
    <fieldset className="min-w-0" aria-describedby={error ? errorId : undefined}>
      <legend className="mb-1 font-medium text-sm">{legend}</legend>
      <div className="flex flex-col gap-1.5">
        {[true, false].map(all => (
          <label key={String(all)} className="flex items-center gap-2">
            <input
              type="radio"
              name={name}
              className="size-4"
              checked={(chosen === undefined) === all}
              onChange={() => onChange(all ? undefined : [])}
            />
            {all ? every : 'Only these'}
          </label>
        ))}
      </div>
      {chosen ? (
        <div className="mt-2 flex max-h-52 flex-col gap-1.5 overflow-y-auto border-l-2 pl-4">
          {choices.length === 0 ? <p className="text-quiet">There are none yet.</p> : null}
          {choices.map(({ value, label, hint }) => (
            <CheckField
              key={value}
              label={label}
              {...(hint ? { hint } : {})}
              checked={chosen.includes(value)}
              onChange={checked => onChange(checked ? [...chosen, value] : chosen.filter(each => each !== value))}
            />
          ))}
        </div>
      ) : null}
      {error ? (
        <p id={errorId} className="mt-1 text-bad text-xs">
          {error}
        </p>
      ) : null}
    </fieldset>
  )
}

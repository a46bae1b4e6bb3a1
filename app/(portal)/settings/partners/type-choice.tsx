'use client'

import { useId } from 'react'
import { CheckField } from '@/components/ui/field'

export interface TypeName {
  id: string
  name: string
}

interface TypeChoiceProps {
  types: TypeName[]
  allTypes: boolean
  typeIds: string[]
  onChange: (chosen: { allTypes: boolean; typeIds: string[] }) => void
  error: string | undefined
}

/** Asks what a partner may order of: everything, or some profile types. */
export function TypeChoice({ types, allTypes, typeIds, onChange, error }: TypeChoiceProps) {
  const name = useId()
  const errorId = `${name}-error`
  return (
    <fieldset aria-describedby={error ? errorId : undefined}>
      <legend className="mb-1 font-medium text-sm">Profile types that it may order</legend>
      <div className="flex flex-col gap-1.5">
        {[true, false].map(every => (
          <label key={String(every)} className="flex items-center gap-2">
            <input
              type="radio"
              name={name}
              className="size-4"
              checked={allTypes === every}
              onChange={() => onChange({ allTypes: every, typeIds })}
            />
            {every ? 'Every type, those made later too' : 'Only these'}
          </label>
        ))}
      </div>
      {allTypes ? null : (
        <div className="mt-2 flex max-h-52 flex-col gap-1.5 overflow-y-auto border-l-2 pl-4">
          {types.length === 0 ? <p className="text-quiet">There are no profile types yet.</p> : null}
          {types.map(type => (
            <CheckField
              key={type.id}
              label={type.name}
              checked={typeIds.includes(type.id)}
              onChange={checked =>
                onChange({ allTypes, typeIds: checked ? [...typeIds, type.id] : typeIds.filter(each => each !== type.id) })
              }
            />
          ))}
        </div>
      )}
      {error ? (
        <p id={errorId} className="mt-1 text-bad text-xs">
          {error}
        </p>
      ) : null}
    </fieldset>
  )
}

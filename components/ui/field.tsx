import { type ReactNode, useId } from 'react'
import { classNames } from '@/components/class-names'
import { Checkbox } from './input'

/** What the control of a field must carry so that label, hint and error belong to it. */
export interface ControlProps {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  error?: string | undefined
  optional?: boolean
  className?: string
  children: (control: ControlProps) => ReactNode
}

/** A label, its control, and a hint, in whose place the sentence stands that says what to mend. */
export function Field({ label, hint, error, optional, className, children }: FieldProps) {
  const id = useId()
  const described = error ? `${id}-error` : hint ? `${id}-hint` : undefined
  return (
    <div className={classNames('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className="font-medium text-sm">
        {label}
        {optional ? <span className="ml-1.5 font-normal text-quiet">optional</span> : null}
      </label>
      {children({ id, 'aria-describedby': described, 'aria-invalid': error ? true : undefined })}
      {hint && !error ? (
        <p id={`${id}-hint`} className="text-quiet text-xs">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="text-bad text-xs">
          {error}
        </p>
      ) : null}
    </div>
  )
}

interface CheckFieldProps {
  label: string
  hint?: string
  checked: boolean
  onChange: (checked: boolean) => void
  className?: string
}

/** A box to tick, with its label and a hint. */
export function CheckField({ label, hint, checked, onChange, className }: CheckFieldProps) {
  const id = useId()
  return (
    <div className={classNames('flex items-start gap-2', className)}>
      <Checkbox
        id={id}
        className="mt-0.5"
        checked={checked}
        onChange={event => onChange(event.target.checked)}
        aria-describedby={hint ? `${id}-hint` : undefined}
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint ? (
          <p id={`${id}-hint`} className="text-quiet text-xs">
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  )
}

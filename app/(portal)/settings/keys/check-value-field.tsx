import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

interface CheckValueFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  error: string | undefined
}

/** Asks for the check value that stands on the paper beside a key or a part of one. */
export const CheckValueField = ({ label, value, onChange, error }: CheckValueFieldProps) => (
  <Field label={label} optional hint="If the paper has it: a slip of the finger is then refused" error={error}>
    {control => (
      <Input
        {...control}
        className="identifier"
        value={value}
        onChange={event => onChange(event.target.value)}
        autoComplete="off"
        maxLength={40}
      />
    )}
  </Field>
)

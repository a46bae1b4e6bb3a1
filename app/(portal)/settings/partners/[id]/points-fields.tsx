'use client'

import { Checkbox, Input } from '@/components/ui/input'
import { POINT_NAMES, POINTS, type PointName } from '@/lib/partners/notification-points'
import type { CallbackDraft } from './callback-draft'

interface PointsFieldsProps {
  points: CallbackDraft['points']
  onChange: (points: CallbackDraft['points']) => void
  errors: Record<string, string>
}

function Point({ name, points, onChange, errors }: PointsFieldsProps & { name: PointName }) {
  const { number, meaning } = POINTS[name]
  const text = points[name]
  const error = errors[`callback.points.${name}`]
  const id = `point-${name}`
  const tick = (wanted: boolean) => {
    const { [name]: _, ...others } = points
    onChange(wanted ? { ...others, [name]: String(number) } : others)
  }
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
      <label htmlFor={id} className="flex min-w-0 flex-1 basis-48 items-start gap-2">
        <Checkbox id={id} className="mt-0.5" checked={text !== undefined} onChange={event => tick(event.target.checked)} />
        <span className={text === undefined ? 'text-quiet' : undefined}>{meaning}</span>
      </label>
      <Input
        className="identifier w-20"
        inputMode="numeric"
        maxLength={4}
        aria-label={`Number of the point: ${meaning}`}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        disabled={text === undefined}
        value={text ?? ''}
        onChange={event => onChange({ ...points, [name]: event.target.value })}
      />
      {error ? (
        <p id={`${id}-error`} className="w-full text-bad text-xs">
          {error}
        </p>
      ) : null}
    </li>
  )
}

/** Asks which notification points a partner wants, and under which numbers. */
export const PointsFields = (props: PointsFieldsProps) => (
  <fieldset className="min-w-0">
    <legend className="font-medium text-sm">What it is told, and under which number (notificationPointId)</legend>
    <p className="text-quiet text-xs">1 to 4 are the specification’s. What 5 and above mean is agreed with each partner.</p>
    <ul className="mt-1 divide-y">
      {POINT_NAMES.map(name => (
        <Point key={name} name={name} {...props} />
      ))}
    </ul>
  </fieldset>
)

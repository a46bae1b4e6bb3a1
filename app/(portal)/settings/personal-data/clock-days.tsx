'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { useAction } from '@/components/use-action'
import type { ClockKind } from '@/lib/accounts/personal-data/clocks'
import { keepFor } from './actions'

interface ClockDaysProps {
  kind: ClockKind
  title: string
  days: number | null
  usualDays: number | null
  mayChange: boolean
}

const words = (days: number | null): string => (days === null ? 'for ever' : days === 1 ? '1 day' : `${days} days`)

/** How long a kind is kept, and for those who may, to change it. Less is asked about first. */
export function ClockDays({ kind, title, days, usualDays, mayChange }: ClockDaysProps) {
  const router = useRouter()
  const [typed, setTyped] = useState(days === null ? '' : String(days))
  const done = useCallback(
    (kept: { days: number | null }) => {
      toast.success(kept.days === null ? 'Kept for ever from now on.' : `Kept for ${words(kept.days)} from now on.`)
      router.refresh()
    },
    [router],
  )
  const { run, pending, message, fields } = useAction(keepFor, done)
  if (!mayChange) return <p className="shrink-0 font-medium">Kept {days === null ? words(days) : `for ${words(days)}`}</p>
  const wanted = typed.trim() === '' ? null : Number(typed)
  const changed = wanted !== days
  const less = wanted !== null && (days === null || wanted < days)
  const keep = (
    <Button size="sm" className="h-9" disabled={!changed || pending} {...(less ? {} : { type: 'submit' as const })}>
      {pending ? 'Setting …' : 'Set'}
    </Button>
  )
  return (
    <form
      className="w-full shrink-0 sm:w-52"
      onSubmit={event => {
        event.preventDefault()
        if (changed && !less) run({ kind, days: wanted })
      }}
    >
      <Field
        label="Days"
        hint={
          typed.trim() === ''
            ? 'Empty: for ever'
            : usualDays === null || wanted === usualDays
              ? 'Empty keeps it for ever'
              : `Usual: ${words(usualDays)}`
        }
        {...((fields.days ?? message) ? { error: fields.days ?? message } : {})}
      >
        {field => (
          <div className="flex gap-2">
            <Input
              {...field}
              aria-label={`${title}: days`}
              inputMode="numeric"
              pattern="[0-9]*"
              placeholder="for ever"
              value={typed}
              onChange={event => setTyped(event.target.value.replace(/\D/g, '').slice(0, 6))}
            />
            {less && changed ? (
              <ConfirmDialog
                trigger={keep}
                title={`Keep this for ${words(wanted)} only?`}
                description={`${title}: whatever is older is erased with the next run, within a day. It cannot be brought back.`}
                confirm={`Keep ${words(wanted)}`}
                keep="Leave it as it is"
                pending={pending}
                onConfirm={() => run({ kind, days: wanted })}
              />
            ) : (
              keep
            )}
          </div>
        )}
      </Field>
    </form>
  )
}

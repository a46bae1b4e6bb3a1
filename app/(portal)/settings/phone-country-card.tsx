'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { keepCountryCode } from './phone-country-action'

/** In which country customers read out their phone numbers. */
export function PhoneCountryCard({ code, mayChange }: { code: string; mayChange: boolean }) {
  const router = useRouter()
  const [typed, setTyped] = useState(code)
  const done = useCallback(
    (kept: { code: string }) => {
      setTyped(kept.code)
      toast.success(
        kept.code ? `Numbers without a country code are looked for under +${kept.code} as well.` : 'No country is assumed any more.',
      )
      router.refresh()
    },
    [router],
  )
  const { run, pending, message, fields } = useAction(keepCountryCode, done)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run({ code: typed })
  }
  return (
    <Card
      title="Phone numbers that customers read out"
      description="People say their number as it is dialled at home. With the country’s calling code, the search finds it under that country as well."
    >
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3" noValidate>
        <Field
          label="Country calling code"
          optional
          hint="Such as 49; empty to look for numbers only as they are typed"
          error={fields.code}
        >
          {control => (
            <Input
              {...control}
              inputMode="tel"
              autoComplete="off"
              maxLength={6}
              className="w-32"
              value={typed}
              disabled={!mayChange}
              onChange={event => setTyped(event.target.value)}
            />
          )}
        </Field>
        {mayChange ? (
          <Button type="submit" size="sm" disabled={pending || typed === code}>
            {pending ? 'Keeping it…' : 'Keep this'}
          </Button>
        ) : null}
      </form>
      {message ? (
        <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live className="mt-3">
          {message}
        </Notice>
      ) : null}
    </Card>
  )
}

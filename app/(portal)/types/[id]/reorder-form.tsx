'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { reorder } from './reorder-action'

interface ReorderFormProps {
  typeId: string
  /** How many would be sensible; undefined when nobody can know */
  suggested: number | undefined
  /** There are numbers to continue */
  continues: boolean
}

/** Makes an order to the card vendor ready: how many, and from which numbers on. */
export function ReorderForm({ typeId, suggested, continues }: ReorderFormProps) {
  const router = useRouter()
  const headingId = useId()
  const [quantity, setQuantity] = useState(suggested === undefined ? '' : String(suggested))
  const [vendor, setVendor] = useState('')
  const [firstIccid, setFirstIccid] = useState('')
  const [firstImsi, setFirstImsi] = useState('')
  const [made, setMade] = useState(false)
  const done = useCallback(() => {
    setMade(true)
    setFirstIccid('')
    setFirstImsi('')
    router.refresh()
  }, [router])
  const { run, pending, message, fields } = useAction(reorder, done)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setMade(false)
    run({ typeId, quantity, vendor, firstIccid, firstImsi })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3" aria-labelledby={headingId} noValidate>
      <div>
        <h3 id={headingId} className="font-semibold">
          Order more
        </h3>
        <p className="text-quiet text-sm">
          Makes the file for the vendor, with the next free numbers. They are kept for this order and not given away again.
        </p>
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="How many" error={fields.quantity}>
          {control => (
            <Input
              {...control}
              inputMode="numeric"
              autoComplete="off"
              value={quantity}
              onChange={event => setQuantity(event.target.value)}
            />
          )}
        </Field>
        <Field label="Vendor" optional error={fields.vendor}>
          {control => <Input {...control} autoComplete="off" value={vendor} onChange={event => setVendor(event.target.value)} />}
        </Field>
      </div>
      <details open={!continues || Boolean(fields.firstIccid || fields.firstImsi)}>
        <summary className="w-fit rounded text-accent text-sm">{continues ? 'Begin with other numbers' : 'First numbers'}</summary>
        <div className="mt-2 grid gap-3 sm:grid-cols-2">
          <Field
            label="First ICCID"
            optional={continues}
            error={fields.firstIccid}
            hint={continues ? 'Left empty: after the highest of this type' : 'This type has no numbers yet that could be continued'}
          >
            {control => (
              <Input
                {...control}
                className="identifier"
                inputMode="numeric"
                autoComplete="off"
                value={firstIccid}
                onChange={event => setFirstIccid(event.target.value)}
              />
            )}
          </Field>
          <Field label="First IMSI" optional error={fields.firstImsi} hint="Left empty: after the highest, if this type has any">
            {control => (
              <Input
                {...control}
                className="identifier"
                inputMode="numeric"
                autoComplete="off"
                value={firstImsi}
                onChange={event => setFirstImsi(event.target.value)}
              />
            )}
          </Field>
        </div>
      </details>
      {message ? <Notice tone="bad" title={message} live /> : null}
      {made ? <Notice tone="good" title="The order is ready. Its files are above, under “Orders made ready”." live /> : null}
      <div>
        <Button type="submit" disabled={pending}>
          {pending ? 'Looking for free numbers…' : 'Make the order ready'}
        </Button>
      </div>
    </form>
  )
}

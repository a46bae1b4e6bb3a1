'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import type { EnteredTransportKey } from '@/lib/inventory/transport-keys'
import { enterPart } from './actions'
import { CheckValueField } from './check-value-field'
import { EnteredStep } from './entered-step'
import { SecretField } from './secret-field'

interface EnterPartProps {
  id: string
  /** "Key 11 of Cards" */
  name: string
  /** This person has entered their part already. */
  again: boolean
}

/** Takes in one person's part of a key that others have begun. */
export function EnterPart({ id, name, again }: EnterPartProps) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [key, setKey] = useState('')
  const [checkValue, setCheckValue] = useState('')
  const [entered, setEntered] = useState<EnteredTransportKey>()
  const done = useCallback((result: EnteredTransportKey) => {
    setKey('')
    setCheckValue('')
    setEntered(result)
  }, [])
  const { run, refuse, pending, message, fields } = useAction(enterPart, done)
  const change = (shown: boolean) => {
    setOpen(shown)
    // Not before: the page without this button would take the check value away.
    if (entered) router.refresh()
    setEntered(undefined)
    setKey('')
    setCheckValue('')
    refuse('')
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run({ id, key, ...(checkValue.trim() ? { checkValue } : {}) })
  }
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      busy={pending}
      title={again ? `Enter your part of ${name} again` : `Enter your part of ${name}`}
      description={
        again
          ? 'It takes the place of what you entered before.'
          : 'Another person has entered theirs. The key is the parts by exclusive or.'
      }
      trigger={
        <Button
          size="sm"
          variant={again ? 'outline' : 'primary'}
          aria-label={`${again ? 'Enter my part again' : 'Enter my part'}: ${name}`}
        >
          {again ? 'Enter my part again' : 'Enter my part'}
        </Button>
      }
    >
      {entered ? (
        <EnteredStep entered={entered} onDone={() => change(false)} />
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4" noValidate autoComplete="off">
          <SecretField label="Your part" hint="As long as the others" value={key} onChange={setKey} error={fields.key} />
          <CheckValueField label="Check value of your part" value={checkValue} onChange={setCheckValue} error={fields.checkValue} />
          {message ? <Notice tone="bad" title={message} live /> : null}
          <footer className="flex justify-end">
            <Button type="submit" variant="primary" disabled={pending}>
              {pending ? 'Keeping it…' : 'Keep my part'}
            </Button>
          </footer>
        </form>
      )}
    </Dialog>
  )
}

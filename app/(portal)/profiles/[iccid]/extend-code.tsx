'use client'

import { CalendarPlus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { problemTitle, useAction } from '@/components/use-action'
import { extendCode } from './extend-actions'

const CHOICES = { '1': 'A day more', '7': 'A week more', '30': '30 days more', moment: 'Until…', none: 'Without end' } as const
type Choice = keyof typeof CHOICES

const isChoice = (text: string): text is Choice => Object.hasOwn(CHOICES, text)

const dayMs = 86_400_000

/** From now, or from the end that is set where that is still to come. */
const later = (expiresAt: Date, days: number): Date => new Date(Math.max(expiresAt.getTime(), Date.now()) + days * dayMs)

interface ExtendCodeProps {
  iccid: string
  expiresAt: Date
  /** It has run out: this is what is to be done first. */
  primary: boolean
}

/** Lets a code be good for longer. */
export function ExtendCode({ iccid, expiresAt, primary }: ExtendCodeProps) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [choice, setChoice] = useState<Choice>('7')
  const [moment, setMoment] = useState('')
  const done = useCallback(() => {
    toast.success('The code is good for longer now.')
    setOpen(false)
    router.refresh()
  }, [router])
  const { run, refuse, pending, message, fields } = useAction(extendCode, done)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (choice === 'none') return run({ iccid, expiresAt: null })
    if (choice !== 'moment') return run({ iccid, expiresAt: later(expiresAt, Number(choice)) })
    const until = new Date(moment)
    if (Number.isNaN(until.getTime())) return refuse('', { expiresAt: 'Until when? Choose a day and a time.' })
    run({ iccid, expiresAt: until })
  }
  const show = (shown: boolean) => {
    setOpen(shown)
    setMoment('')
    refuse('')
  }
  return (
    <Dialog
      open={open}
      onOpenChange={show}
      busy={pending}
      trigger={
        <Button variant={primary ? 'primary' : 'outline'}>
          <CalendarPlus aria-hidden /> Extend…
        </Button>
      }
      title="Extend the code"
      description="The customer keeps the code that they have; it is good for longer."
    >
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <Field
          label="How long"
          hint={
            <>
              It is good until: <RelativeTime at={expiresAt} />.
            </>
          }
          error={choice === 'moment' ? undefined : fields.expiresAt}
        >
          {control => (
            <Select {...control} value={choice} onChange={event => isChoice(event.target.value) && setChoice(event.target.value)}>
              {Object.entries(CHOICES).map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {choice === 'moment' ? (
          <Field label="Valid until" error={fields.expiresAt}>
            {control => <Input {...control} type="datetime-local" value={moment} onChange={event => setMoment(event.target.value)} />}
          </Field>
        ) : null}
        {message ? (
          <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live>
            {message}
          </Notice>
        ) : null}
        <footer className="flex flex-wrap justify-end gap-2">
          <DialogClose asChild>
            <Button>Not now</Button>
          </DialogClose>
          <Button type="submit" variant="primary" disabled={pending}>
            {pending ? 'One moment…' : 'Extend it'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

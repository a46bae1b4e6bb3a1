'use client'

import { Mail } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { isLanguage, LANGUAGE_NAMES, LANGUAGES, type Language } from '@/lib/customer-page/language'
import { mailCustomerLink } from './link-actions'

interface MailLinkProps {
  iccid: string
  customerEmail: string | null
  language: Language | null
  mailServer: boolean
  again: boolean
}

/** Mails the customer the link, to the order's address unless another one is typed. */
export function MailLink({ iccid, customerEmail, language, mailServer, again }: MailLinkProps) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [to, setTo] = useState(customerEmail ?? '')
  const [chosen, setChosen] = useState<Language>(language ?? 'en')
  const done = useCallback(
    ({ sent }: { sent: boolean }) => {
      toast.success(sent ? 'The mail is on its way.' : 'The mail waits in the outbox: no mail server is set.')
      setOpen(false)
      router.refresh()
    },
    [router],
  )
  const { run, refuse, pending, message, fields } = useAction(mailCustomerLink, done)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (to.trim()) run({ iccid, to: to.trim(), language: chosen })
    else refuse('', { to: 'Where should it go?' })
  }
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button variant={again ? 'outline' : 'primary'}>
          <Mail aria-hidden /> {again ? 'Mail it again…' : 'Mail it…'}
        </Button>
      }
      title="Mail the link"
      description="A short mail with the link to the customer’s page. It holds neither the code nor a confirmation code."
    >
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <Field label="To" error={fields.to}>
          {control => (
            <Input {...control} type="email" autoComplete="off" maxLength={254} value={to} onChange={event => setTo(event.target.value)} />
          )}
        </Field>
        <Field label="Language" error={fields.language}>
          {control => (
            <Select {...control} value={chosen} onChange={event => isLanguage(event.target.value) && setChosen(event.target.value)}>
              {LANGUAGES.map(each => (
                <option key={each} value={each}>
                  {LANGUAGE_NAMES[each]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {mailServer ? null : (
          <Notice tone="info" title="No mail server is set.">
            The mail waits in the outbox until there is one.
          </Notice>
        )}
        {message ? (
          <Notice tone="bad" title={problemTitle('No mail was sent.', message)} live>
            {message}
          </Notice>
        ) : null}
        <footer className="flex flex-wrap justify-end gap-2">
          <DialogClose asChild>
            <Button>Not now</Button>
          </DialogClose>
          <Button type="submit" variant="primary" disabled={pending}>
            {pending ? 'Mailing…' : 'Mail the link'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

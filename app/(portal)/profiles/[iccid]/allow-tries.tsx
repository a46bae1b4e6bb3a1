'use client'

import { RotateCcw } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { allowMoreTries } from './extend-actions'

interface Tries {
  used: number
  limit: number
}

interface AllowTriesProps {
  iccid: string
  downloads: Tries
  /** Null: the order asks for no confirmation code */
  codes: Tries | null
}

/** Few are left, so that this is what is wanted. */
const isShort = ({ used, limit }: Tries): boolean => limit - used <= 1

const suggested = (tries: Tries, more: number): string => String(isShort(tries) ? tries.limit + more : tries.limit)

/** Lets a code be tried more often. */
export function AllowTries({ iccid, downloads, codes }: AllowTriesProps) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState({ downloadLimit: '', confirmationLimit: '' })
  const done = useCallback(() => {
    toast.success('The code may be tried more often now.')
    setOpen(false)
    router.refresh()
  }, [router])
  const { run, refuse, pending, message, fields } = useAction(allowMoreTries, done)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const [downloadLimit, confirmationLimit] = [Number(typed.downloadLimit), Number(typed.confirmationLimit)]
    const changes = {
      ...(downloadLimit === downloads.limit ? {} : { downloadLimit }),
      ...(!codes || confirmationLimit === codes.limit ? {} : { confirmationLimit }),
    }
    if (Object.keys(changes).length === 0) refuse('', { downloadLimit: 'Choose a higher number.' })
    else run({ iccid, ...changes })
  }
  const show = (shown: boolean) => {
    setOpen(shown)
    setTyped({ downloadLimit: suggested(downloads, 5), confirmationLimit: codes ? suggested(codes, 3) : '' })
    refuse('')
  }
  const field = (name: 'downloadLimit' | 'confirmationLimit', label: string, { used, limit }: Tries) => (
    <Field label={label} hint={`${used} of ${limit} are used.`} error={fields[name]}>
      {control => (
        <Input
          {...control}
          inputMode="numeric"
          autoComplete="off"
          maxLength={4}
          value={typed[name]}
          onChange={event => setTyped({ ...typed, [name]: event.target.value })}
        />
      )}
    </Field>
  )
  return (
    <Dialog
      open={open}
      onOpenChange={show}
      busy={pending}
      trigger={
        <Button>
          <RotateCcw aria-hidden /> More tries…
        </Button>
      }
      title="Allow more attempts"
      description="How often the code may be tried in all. What was counted stays counted."
    >
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        {field('downloadLimit', 'Download attempts', downloads)}
        {codes ? field('confirmationLimit', 'Confirmation code attempts', codes) : null}
        {codes ? (
          <p className="text-quiet">
            A confirmation code is short: with many attempts it can be guessed. Make sure that it is the customer.
          </p>
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
            {pending ? 'One moment…' : 'Allow them'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

'use client'

import { Download } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { toast } from 'sonner'
import { countWords } from '@/components/number-words'
import { saveFile } from '@/components/save-file'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'

const unanswered = 'The file did not arrive whole. What was to be handed over still is: try again.'

/** Fetches a file. @throws Error with a sentence for people */
async function fetchFile(wanted: { notExported: true } | { from?: string; to?: string }): Promise<{ name: string; text: string }> {
  const answer = await fetch('/api/replacements', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
  }).catch(() => undefined)
  if (!answer) throw new Error(unanswered)
  if (!answer.ok) {
    const told: { message?: string } = await answer.json().catch(() => ({}))
    throw new Error(told.message ?? unanswered)
  }
  const text = await answer.text().catch(() => undefined)
  if (text === undefined) throw new Error(unanswered)
  const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1]
  return { name: name ?? 'replacements.csv', text }
}

/** Gives the exchange file: what is new, or what happened between two days. */
export function ExchangeFile({ waiting }: { waiting: boolean }) {
  const router = useRouter()
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState('')
  const [open, setOpen] = useState(false)
  const [days, setDays] = useState({ from: '', to: '' })

  const take = async (wanted: Parameters<typeof fetchFile>[0]) => {
    setPending(true)
    setProblem('')
    try {
      const { name, text } = await fetchFile(wanted)
      const rows = text.split('\n').length - 2
      if (rows > 0) {
        saveFile(name, 'text/csv;charset=utf-8', text)
        toast.success(`${countWords(rows, 'replacement')} in ${name}.`)
        setOpen(false)
      } else setProblem('There are no replacements to put into a file.')
      router.refresh()
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : unanswered)
    } finally {
      setPending(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    take({ ...(days.from ? { from: days.from } : {}), ...(days.to ? { to: days.to } : {}) })
  }
  const notice = problem ? (
    <Notice tone="warn" title="No file." live>
      {problem}
    </Notice>
  ) : null

  return (
    <Card
      title="Exchange file"
      actions={
        <div className="flex flex-wrap gap-2">
          <Dialog
            open={open}
            onOpenChange={shown => {
              setOpen(shown)
              setProblem('')
            }}
            title="Exchange file of some days"
            description="Everything between two days, also what is in another file already. Days are those of UTC."
            trigger={<Button>Of some days…</Button>}
          >
            <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
              <div className="grid gap-4 sm:grid-cols-2">
                <Field label="From" optional>
                  {control => (
                    <Input {...control} type="date" value={days.from} onChange={event => setDays({ ...days, from: event.target.value })} />
                  )}
                </Field>
                <Field label="To, this day included" optional>
                  {control => (
                    <Input {...control} type="date" value={days.to} onChange={event => setDays({ ...days, to: event.target.value })} />
                  )}
                </Field>
              </div>
              {notice}
              <footer className="flex justify-end">
                <Button type="submit" variant="primary" disabled={pending}>
                  <Download aria-hidden /> {pending ? 'Making…' : 'Save as CSV'}
                </Button>
              </footer>
            </form>
          </Dialog>
          <Button variant="primary" disabled={pending || !waiting} onClick={() => take({ notExported: true })}>
            <Download aria-hidden /> {pending && !open ? 'Making…' : 'Save what is new'}
          </Button>
        </div>
      }
    >
      <div className="flex flex-col gap-3">
        <p>
          For billing and the subscriber database, as CSV: old and new ICCID and IMSI, phone number and reference.{' '}
          {waiting
            ? 'There are replacements that no file has told of yet; taking the file marks them as handed over.'
            : 'Nothing waits to be handed over.'}
        </p>
        {open ? null : notice}
      </div>
    </Card>
  )
}

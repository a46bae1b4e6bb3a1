'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input, TextArea } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { saveBrand } from './brand-actions'
import { type BrandDraft, brandInput } from './brand-draft'
import { BrandPreview } from './brand-preview'
import { LogoField } from './logo-field'

const wholeColour = /^#[0-9a-f]{6}$/i

/** How the operator appears on the customer's page and in its mails, with the page beside it. */
export function BrandCard({ kept, mayChange }: { kept: BrandDraft; mayChange: boolean }) {
  const router = useRouter()
  const [base, setBase] = useState(kept)
  const [draft, setDraft] = useState(kept)
  const saved = useCallback(
    (brand: BrandDraft) => {
      setBase(brand)
      setDraft(brand)
      toast.success('Saved. Customers see it within seconds.')
      router.refresh()
    },
    [router],
  )
  const { run, refuse, pending, message, fields } = useAction(saveBrand, saved)
  const set = (changes: Partial<BrandDraft>) => setDraft(now => ({ ...now, ...changes }))
  const changed = JSON.stringify(draft) !== JSON.stringify(base)
  const logoProblem = Object.entries(fields).find(([name]) => name.startsWith('logo'))?.[1]

  const submit = (event: FormEvent) => {
    event.preventDefault()
    run(brandInput(draft))
  }
  const discard = () => {
    setDraft(base)
    refuse('')
  }

  return (
    <Card
      title="Brand of the customer’s page"
      description="What customers see when they open their link, and who the mail says it is from."
    >
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <form onSubmit={submit} noValidate>
          <fieldset disabled={!mayChange || pending} className="flex flex-col gap-4">
            <legend className="sr-only">Brand</legend>
            <Field
              label="Name"
              optional
              hint="What customers know you by. Left empty: the service provider name of the profile’s type."
              error={fields.name}
            >
              {control => (
                <Input
                  {...control}
                  autoComplete="off"
                  maxLength={64}
                  value={draft.name}
                  onChange={event => set({ name: event.target.value })}
                />
              )}
            </Field>
            <Field
              label="Colour"
              hint="Of buttons and links; the text on it is black or white, whichever reads better."
              error={fields.colour}
            >
              {control => (
                <div className="flex gap-2">
                  <input
                    type="color"
                    aria-label="Choose the colour"
                    className="h-9 w-12 shrink-0 rounded-md border border-control/70 bg-surface p-1"
                    value={wholeColour.test(draft.colour) ? draft.colour : '#000000'}
                    onChange={event => set({ colour: event.target.value })}
                  />
                  <Input
                    {...control}
                    className="identifier max-w-32"
                    autoComplete="off"
                    spellCheck={false}
                    maxLength={7}
                    value={draft.colour}
                    onChange={event => set({ colour: event.target.value })}
                  />
                </div>
              )}
            </Field>
            <LogoField logo={draft.logo} onChange={logo => set({ logo })} error={logoProblem} />
            <Field label="Help link" optional hint="https://…, mailto:… or tel:…" error={fields.helpUrl}>
              {control => (
                <Input
                  {...control}
                  autoComplete="off"
                  spellCheck={false}
                  maxLength={500}
                  value={draft.helpUrl}
                  onChange={event => set({ helpUrl: event.target.value })}
                />
              )}
            </Field>
            <Field
              label="Help text"
              optional
              hint="Shown as it is in every language: opening hours, a phone number. No markup."
              error={fields.helpText}
            >
              {control => (
                <TextArea
                  {...control}
                  rows={3}
                  maxLength={500}
                  value={draft.helpText}
                  onChange={event => set({ helpText: event.target.value })}
                />
              )}
            </Field>
            {message ? (
              <Notice tone="bad" title={problemTitle('Nothing was saved.', message)} live>
                {message}
              </Notice>
            ) : null}
            {mayChange ? (
              <footer className="flex flex-wrap items-center justify-end gap-2">
                <span role="status" className="min-w-0 flex-1 text-quiet">
                  {changed ? 'Not saved yet.' : 'Nothing has changed.'}
                </span>
                <Button disabled={!changed || pending} onClick={discard}>
                  Discard
                </Button>
                <Button type="submit" variant="primary" disabled={!changed || pending}>
                  {pending ? 'Saving…' : 'Save'}
                </Button>
              </footer>
            ) : null}
          </fieldset>
        </form>
        <BrandPreview draft={draft} />
      </div>
    </Card>
  )
}

'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react'
import { toast } from 'sonner'
import { classNames } from '@/components/class-names'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { saveType } from '../actions'
import { DevicePreview } from './device-preview'
import { changedFields, draftInput, FIELD_NAMES, type TypeDraft, withMyChanges } from './draft'
import { NotificationsSection } from './notifications-section'
import { ReuseSection } from './reuse-section'
import { DeliverySection, OrdersSection, RightsSection, ShownSection, StockSection } from './sections'
import { WhatChangesReach } from './what-changes-reach'

interface TypeSettingsProps {
  id: string
  version: number
  /** As it is kept */
  kept: TypeDraft
  inUse: boolean
  packageName: string | null
  mayEdit: boolean
}

const list = new Intl.ListFormat('en', { type: 'conjunction' })
const named = (fields: (keyof TypeDraft)[]) => list.format(fields.map(field => FIELD_NAMES[field]))

/** The settings of a type with their preview. Others' changes come into the form when the page hears of them, under one's own. */
export function TypeSettings({ id, version, kept, inUse, packageName, mayEdit }: TypeSettingsProps) {
  const router = useRouter()
  const [base, setBase] = useState({ version, draft: kept })
  const [draft, setDraft] = useState(kept)
  const [met, setMet] = useState<(keyof TypeDraft)[]>()
  const mine = changedFields(base.draft, draft)
  const form = useRef<HTMLFormElement>(null)

  const saved = useCallback(
    (answer: { version: number; draft: TypeDraft }) => {
      setBase(answer)
      setDraft(answer.draft)
      setMet(undefined)
      toast.success('Saved.')
      router.refresh()
    },
    [router],
  )
  const { run, refuse, pending, message, fields } = useAction(saveType, saved)

  if (version > base.version) {
    if (mine.length > 0) setMet(changedFields(base.draft, kept))
    setDraft(withMyChanges(kept, base.draft, draft))
    setBase({ version, draft: kept })
  }
  const overtaken = fields.version !== undefined
  useEffect(() => {
    if (overtaken) router.refresh()
  }, [overtaken, router])

  // A refusal may be far from the button: the first field that it marks is shown.
  useEffect(() => {
    if (!pending && Object.keys(fields).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [fields, pending])

  useEffect(() => {
    if (mine.length === 0) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [mine.length])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    run({ id, version: base.version, ...draftInput(draft) })
  }
  const discard = () => {
    setDraft(base.draft)
    setMet(undefined)
    refuse('')
  }
  const section = { draft, problems: fields, set: (changes: Partial<TypeDraft>) => setDraft(now => ({ ...now, ...changes })) }

  return (
    <form ref={form} onSubmit={submit} noValidate className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <aside className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-4 lg:order-2">
        <DevicePreview draft={draft} packageName={packageName} />
        <div className="max-lg:hidden">
          <WhatChangesReach inUse={inUse} />
        </div>
      </aside>
      <div className="flex min-w-0 flex-col gap-4">
        <fieldset disabled={!mayEdit || pending} className="flex min-w-0 flex-col gap-4">
          <legend className="sr-only">Settings</legend>
          <ShownSection {...section} />
          <OrdersSection {...section} />
          <ReuseSection {...section} />
          <RightsSection {...section} />
          <NotificationsSection {...section} />
          <StockSection {...section} />
          <DeliverySection {...section} inUse={inUse} />
        </fieldset>
        {met ? (
          <Notice tone="warn" title="Somebody else has saved this type meanwhile." live>
            {met.length > 0 ? `They changed ${named(met)}. ` : ''}
            {mine.some(field => met.includes(field)) ? 'Where you both changed the same, yours stands in the form. ' : ''}
            Their changes are in the form now, yours are not saved yet. Look at it again, then save.
          </Notice>
        ) : null}
        {message && !overtaken ? (
          <Notice tone="bad" title={problemTitle('Nothing was saved.', message)} live>
            {message}
          </Notice>
        ) : null}
        {mayEdit ? (
          <footer
            className={classNames(
              'flex flex-wrap items-center justify-end gap-x-3 gap-y-2 rounded-lg border bg-raised px-4 py-2.5',
              mine.length > 0 && 'sticky bottom-2 z-10 shadow-lg',
            )}
          >
            <span role="status" className="min-w-0 flex-1 text-quiet">
              {mine.length > 0 ? `Not saved: ${named(mine)}` : 'Nothing has changed.'}
            </span>
            <Button disabled={mine.length === 0 || pending} onClick={discard}>
              Discard
            </Button>
            <Button type="submit" variant="primary" disabled={mine.length === 0 || pending}>
              {pending ? 'Saving…' : 'Save'}
            </Button>
          </footer>
        ) : null}
        <div className="lg:hidden">
          <WhatChangesReach inUse={inUse} />
        </div>
      </div>
    </form>
  )
}

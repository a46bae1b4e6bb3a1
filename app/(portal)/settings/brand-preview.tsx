'use client'

import { useEffect, useRef, useState } from 'react'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { Skeleton } from '@/components/ui/skeleton'
import { LANGUAGE_NAMES, LANGUAGES, type Language } from '@/lib/customer-page/language'
import { previewPage } from './brand-actions'
import { type BrandDraft, brandInput } from './brand-draft'
import { PREVIEW_DEVICES, PREVIEW_SITUATIONS, type PreviewDevice, type PreviewSituation } from './preview-choices'

const DEVICES: Record<PreviewDevice, string> = { iphone: 'iPhone', android: 'Android', desktop: 'Computer' }
const SITUATIONS: Record<PreviewSituation, string> = { ready: 'Ready', installed: 'Installed', usedUp: 'Used up' }

/** Calm after typing, before the page is drawn anew. */
const calmMs = 250

interface ChoiceProps<Value extends string> {
  label: string
  value: Value
  values: readonly Value[]
  words: Record<Value, string>
  onChange: (value: Value) => void
}

const Choice = <Value extends string>({ label, value, values, words, onChange }: ChoiceProps<Value>) => (
  <Field label={label}>
    {control => (
      <Select
        {...control}
        value={value}
        onChange={event => {
          const chosen = values.find(each => each === event.target.value)
          if (chosen) onChange(chosen)
        }}
      >
        {values.map(each => (
          <option key={each} value={each}>
            {words[each]}
          </option>
        ))}
      </Select>
    )}
  </Field>
)

/** The customer's page as the brand in the form would make it. A brand that cannot be used yet leaves the last one standing. */
export function BrandPreview({ draft }: { draft: BrandDraft }) {
  const [shown, setShown] = useState<{ language: Language; device: PreviewDevice; situation: PreviewSituation }>({
    language: 'en',
    device: 'iphone',
    situation: 'ready',
  })
  const [html, setHtml] = useState<string>()
  const latest = useRef(0)

  useEffect(() => {
    latest.current += 1
    const turn = latest.current
    const timer = setTimeout(async () => {
      const answer = await previewPage({ brand: brandInput(draft), ...shown }).catch(() => undefined)
      if (answer?.ok && turn === latest.current) setHtml(answer.data.html)
    }, calmMs)
    return () => clearTimeout(timer)
  }, [draft, shown])

  return (
    <section aria-label="Preview" className="flex min-w-0 flex-col gap-3">
      <div className="grid grid-cols-3 gap-2">
        <Choice
          label="On"
          value={shown.device}
          values={PREVIEW_DEVICES}
          words={DEVICES}
          onChange={device => setShown({ ...shown, device })}
        />
        <Choice
          label="When"
          value={shown.situation}
          values={PREVIEW_SITUATIONS}
          words={SITUATIONS}
          onChange={situation => setShown({ ...shown, situation })}
        />
        <Choice
          label="In"
          value={shown.language}
          values={LANGUAGES}
          words={LANGUAGE_NAMES}
          onChange={language => setShown({ ...shown, language })}
        />
      </div>
      {html === undefined ? (
        <Skeleton className="h-[36rem] rounded-2xl" />
      ) : (
        <iframe
          title="The customer’s page, as it would look"
          sandbox=""
          srcDoc={html}
          className="h-[36rem] w-full rounded-2xl border-4 border-muted bg-surface"
        />
      )}
    </section>
  )
}

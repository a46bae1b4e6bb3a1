'use client'

import { Search } from 'lucide-react'
import { useCallback, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { SUBJECT_KIND_NAMES, SUBJECT_KINDS, type Subject } from '@/lib/accounts/personal-data/subject'
import { erase, lookUp } from './actions'
import { ErasedNotice } from './erased-notice'
import { FoundSubscriber, type LookedUp } from './found-subscriber'

type Erasure = Extract<Awaited<ReturnType<typeof erase>>, { ok: true }>['data']

/** Finds what is held about one subscriber, to export or to erase it. */
export function SubscriberCard({ mayErase }: { mayErase: boolean }) {
  const [by, setBy] = useState<Subject['by']>('iccid')
  const [value, setValue] = useState('')
  const [found, setFound] = useState<LookedUp>()
  const [erasure, setErasure] = useState<Erasure>()
  const lookedUp = useCallback((answer: LookedUp) => {
    setErasure(undefined)
    setFound(answer)
  }, [])
  const erased = useCallback((answer: Erasure) => {
    setFound(undefined)
    setValue('')
    setErasure(answer)
  }, [])
  const { run, pending, message, fields } = useAction(lookUp, lookedUp)
  const erasing = useAction(erase, erased)
  const isPhone = by === 'msisdn'
  return (
    <Card
      title="One subscriber"
      description="Everything that is held about them as one file, or erased. By ICCID, phone number and IMSI that is whoever has the profile now, or had it last."
    >
      <form
        className="flex flex-col gap-3 sm:flex-row sm:items-start"
        onSubmit={event => {
          event.preventDefault()
          setFound(undefined)
          run({ by, value })
        }}
      >
        <Field label="Find by" className="sm:w-44">
          {field => (
            <Select
              {...field}
              value={by}
              onChange={event => {
                const chosen = SUBJECT_KIND_NAMES.find(name => name === event.target.value)
                if (chosen) setBy(chosen)
              }}
            >
              {SUBJECT_KIND_NAMES.map(name => (
                <option key={name} value={name}>
                  {SUBJECT_KINDS[name]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field
          label={SUBJECT_KINDS[by]}
          className="flex-1"
          {...(isPhone ? { hint: 'With the country code, as in +49 171 …' } : {})}
          {...(fields.value ? { error: fields.value } : {})}
        >
          {field => (
            <Input {...field} autoComplete="off" spellCheck={false} value={value} onChange={event => setValue(event.target.value)} />
          )}
        </Field>
        <Button type="submit" variant="primary" className="sm:mt-6" disabled={pending || value.trim() === ''}>
          <Search aria-hidden /> {pending ? 'Looking …' : 'Look up'}
        </Button>
      </form>
      {pending ? (
        <p role="status" className="mt-3 text-quiet text-sm">
          Looking through orders, timelines and notifications. With millions of them that takes some seconds.
        </p>
      ) : null}
      {message && !fields.value ? (
        <Notice tone="bad" title={problemTitle('Nothing was looked up.', message)} live className="mt-3">
          {message}
        </Notice>
      ) : null}
      {found && !pending ? (
        <FoundSubscriber
          {...found}
          mayErase={mayErase}
          erasing={erasing.pending}
          problem={erasing.message}
          onErase={spareLive => erasing.run({ subject: found.subject, spareLive })}
        />
      ) : null}
      {erasure ? <ErasedNotice {...erasure} /> : null}
    </Card>
  )
}

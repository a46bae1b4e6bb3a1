'use client'

import { type FormEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { makeType } from './actions'
import { CLASSES, choice } from './choices'

interface Draft {
  name: string
  live: boolean
  profileClass: (typeof CLASSES)[number]['value']
  serviceProviderName: string
  profileName: string
}

const start: Draft = { name: '', live: false, profileClass: 'operational', serviceProviderName: '', profileName: '' }

/** Makes a profile type out of the least that must be said. */
export function TypeForm({ onMade }: { onMade: (made: { id: string; name: string }) => void }) {
  const [draft, setDraft] = useState(start)
  const { run, pending, message, fields } = useAction(makeType, onMade)
  const set = <Key extends keyof Draft>(key: Key, value: Draft[Key]) => setDraft({ ...draft, [key]: value })

  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    run(draft)
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name" hint="For you and your systems." error={fields.name}>
          {control => <Input {...control} autoComplete="off" value={draft.name} onChange={event => set('name', event.target.value)} />}
        </Field>
        <Field label="For" hint="Fixed once the type has profiles." error={fields.live}>
          {control => (
            <Select {...control} value={draft.live ? 'live' : 'test'} onChange={event => set('live', event.target.value === 'live')}>
              <option value="test">Test devices</option>
              <option value="live">Real devices (live)</option>
            </Select>
          )}
        </Field>
        <Field label="Service provider name" optional hint="Shown on the device. Else from the package." error={fields.serviceProviderName}>
          {control => (
            <Input
              {...control}
              autoComplete="off"
              value={draft.serviceProviderName}
              onChange={event => set('serviceProviderName', event.target.value)}
            />
          )}
        </Field>
        <Field label="Profile name" optional hint="Shown on the device. Else from the package." error={fields.profileName}>
          {control => (
            <Input {...control} autoComplete="off" value={draft.profileName} onChange={event => set('profileName', event.target.value)} />
          )}
        </Field>
        <Field label="Class" error={fields.profileClass}>
          {control => (
            <Select {...control} value={draft.profileClass} onChange={event => set('profileClass', choice(event.target.value, CLASSES))}>
              {CLASSES.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <p className="text-quiet">Its page then has the rest: icon, template, rights, default order settings, stock.</p>
      {message ? (
        <Notice tone="bad" title={problemTitle('The type was not made.', message)} live>
          {message}
        </Notice>
      ) : null}
      <footer className="flex justify-end">
        <Button type="submit" variant="primary" disabled={pending}>
          {pending ? 'Making…' : 'Make type'}
        </Button>
      </footer>
    </form>
  )
}

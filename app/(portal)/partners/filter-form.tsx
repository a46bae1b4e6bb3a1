'use client'

import { X } from 'lucide-react'
import type { FormEvent } from 'react'
import { useUrlState } from '@/components/data-table/use-url-state'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import type { Correspondent } from '@/lib/db/partners/workbench'
import { POINT_NAMES } from '@/lib/partners/notification-points'
import { FUNCTIONS, nameWords } from './names'
import { OUTCOME_WORDS } from './outcome-badge'
import type { TrafficView } from './query'

interface FilterFormProps {
  view: TrafficView
  correspondents: Correspondent[]
  /** Names of what webhooks are told */
  events: readonly string[]
}

const NONE = {
  way: undefined,
  who: undefined,
  what: undefined,
  result: undefined,
  iccid: undefined,
  from: undefined,
  to: undefined,
}

const Names = ({ of, label }: { of: Correspondent[]; label: string }) =>
  of.length === 0 ? null : (
    <optgroup label={label}>
      {of.map(({ kind, id, name, removed }) => (
        <option key={id} value={`${kind}:${id}`}>
          {removed ? `${name} (removed)` : name}
        </option>
      ))}
    </optgroup>
  )

/** What the list is narrowed to; all of it stands in the URL. */
export function FilterForm({ view, correspondents, events }: FilterFormProps) {
  const { change, pending } = useUrlState()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    change(Object.fromEntries(Object.keys(NONE).map(name => [name, String(given.get(name) ?? '').trim()])))
  }
  const filtered = Object.values(view).some(Boolean)
  return (
    <search className="mb-4">
      <form
        onSubmit={submit}
        action="/partners"
        // The fields follow the URL, also when it is gone back to.
        key={JSON.stringify(view)}
        className="grid items-end gap-3 rounded-lg border bg-surface p-4 sm:grid-cols-2 lg:grid-cols-4"
      >
        <Field label="Who">
          {control => (
            <Select {...control} name="who" defaultValue={view.who}>
              <option value="">Anybody</option>
              <Names label="Partners" of={correspondents.filter(({ kind }) => kind === 'partner')} />
              <Names label="Webhooks" of={correspondents.filter(({ kind }) => kind === 'webhook')} />
            </Select>
          )}
        </Field>
        <Field label="Which way">
          {control => (
            <Select {...control} name="way" defaultValue={view.way}>
              <option value="">Both</option>
              <option value="calls">What they asked</option>
              <option value="told">What they were told</option>
            </Select>
          )}
        </Field>
        <Field label="What">
          {control => (
            <Select {...control} name="what" defaultValue={view.what}>
              <option value="">Anything</option>
              <optgroup label="Calls">
                {FUNCTIONS.map(name => (
                  <option key={name}>{name}</option>
                ))}
              </optgroup>
              <optgroup label="Told to partners">
                {POINT_NAMES.map(name => (
                  <option key={name} value={name}>
                    {nameWords(name)}
                  </option>
                ))}
              </optgroup>
              <optgroup label="Told to webhooks">
                {events.map(name => (
                  <option key={name}>{name}</option>
                ))}
              </optgroup>
            </Select>
          )}
        </Field>
        <Field label="Result">
          {control => (
            <Select {...control} name="result" defaultValue={view.result}>
              <option value="">Any</option>
              {Object.entries(OUTCOME_WORDS).map(([outcome, words]) => (
                <option key={outcome} value={outcome}>
                  {words}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="ICCID" className="lg:col-span-2">
          {control => (
            <Input
              {...control}
              name="iccid"
              className="identifier"
              inputMode="numeric"
              maxLength={30}
              defaultValue={view.iccid}
              placeholder="Whole, or how it begins"
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </Field>
        <Field label="From (UTC)">{control => <Input {...control} type="date" name="from" defaultValue={view.from} />}</Field>
        <Field label="To, that day included">{control => <Input {...control} type="date" name="to" defaultValue={view.to} />}</Field>
        <div className="flex flex-wrap gap-2 sm:col-span-full">
          <Button type="submit" variant="primary" size="sm" disabled={pending}>
            {pending ? 'Looking…' : 'Show'}
          </Button>
          {filtered ? (
            <Button size="sm" variant="ghost" onClick={() => change(NONE)}>
              <X aria-hidden /> Show all
            </Button>
          ) : null}
        </div>
      </form>
    </search>
  )
}

'use client'

import { X } from 'lucide-react'
import { type FormEvent, useId } from 'react'
import { useUrlState } from '@/components/data-table/use-url-state'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { actionWords } from './action-words'
import type { AuditView } from './query'

interface FilterFormProps {
  view: AuditView
  actors: string[]
  actions: readonly string[]
}

const RESULTS = ['ok', 'not allowed', 'begun', 'waiting', 'failed', 'cancelled', 'broken off']
const NONE = { who: undefined, what: undefined, target: undefined, result: undefined, from: undefined, to: undefined }

/** What the list is narrowed to; all of it stands in the URL. */
export function FilterForm({ view, actors, actions }: FilterFormProps) {
  const { change, pending } = useUrlState()
  const names = useId()
  const results = useId()
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
        action="/audit"
        // The fields follow the URL, also when it is gone back to.
        key={JSON.stringify(view)}
        className="grid items-end gap-3 rounded-lg border bg-surface p-4 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-6"
      >
        <Field label="Who">
          {control => <Input {...control} name="who" list={names} defaultValue={view.who} placeholder="Part of it" autoComplete="off" />}
        </Field>
        <Field label="What">
          {control => (
            <Select {...control} name="what" defaultValue={view.what}>
              <option value="">Anything</option>
              {actions.map(action => (
                <option key={action} value={action}>
                  {actionWords(action)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="On what">
          {control => (
            <Input
              {...control}
              name="target"
              defaultValue={view.target}
              placeholder="ICCID, EID, 8943*"
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </Field>
        <Field label="Result">
          {control => <Input {...control} name="result" list={results} defaultValue={view.result} placeholder="Any" autoComplete="off" />}
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
        <datalist id={names}>
          {actors.map(name => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <datalist id={results}>
          {RESULTS.map(name => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </form>
    </search>
  )
}

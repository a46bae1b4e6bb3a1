'use client'

import { type FormEvent, useCallback, useState } from 'react'
import { Button } from '@/components/ui/button'
import { CheckField, Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { makeType } from './actions'
import { type Icon, IconField } from './icon-field'

type PolicyRule = 'ppr1' | 'ppr2'

interface Draft {
  name: string
  live: boolean
  profileClass: 'operational' | 'provisioning' | 'test'
  serviceProviderName: string
  profileName: string
  protection: 'session' | 'random'
  downloadLimit: string
  confirmationLimit: string
  onRejection: 'keep' | 'end'
  strict: boolean
  policyRules: PolicyRule[]
}

const start: Draft = {
  name: '',
  live: false,
  profileClass: 'operational',
  serviceProviderName: '',
  profileName: '',
  protection: 'session',
  downloadLimit: '10',
  confirmationLimit: '3',
  onRejection: 'keep',
  strict: false,
  policyRules: [],
}

const POLICY_RULES: { rule: PolicyRule; label: string }[] = [
  { rule: 'ppr1', label: 'Disabling is not allowed (PPR1)' },
  { rule: 'ppr2', label: 'Deleting is not allowed (PPR2)' },
]

const choice = <T extends string>(value: string, all: readonly T[], fallback: T): T => all.find(each => each === value) ?? fallback

/** Makes a profile type. */
export function TypeForm({ onMade }: { onMade: (name: string) => void }) {
  const [draft, setDraft] = useState(start)
  const [icon, setIcon] = useState<Icon>()
  const done = useCallback(({ name }: { name: string }) => onMade(name), [onMade])
  const { run, pending, message, fields } = useAction(makeType, done)
  const set = <Key extends keyof Draft>(key: Key, value: Draft[Key]) => setDraft({ ...draft, [key]: value })

  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    run({ ...draft, ...(icon ? { icon } : {}) })
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name" hint="For you and your systems." error={fields.name}>
          {control => <Input {...control} autoComplete="off" value={draft.name} onChange={event => set('name', event.target.value)} />}
        </Field>
        <Field label="For" hint="Live types go to real devices only, test types to test devices only." error={fields.live}>
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
              maxLength={32}
              value={draft.serviceProviderName}
              onChange={event => set('serviceProviderName', event.target.value)}
            />
          )}
        </Field>
        <Field label="Profile name" optional hint="Shown on the device. Else from the package." error={fields.profileName}>
          {control => (
            <Input {...control} maxLength={64} value={draft.profileName} onChange={event => set('profileName', event.target.value)} />
          )}
        </Field>
        <Field label="Class" error={fields.profileClass}>
          {control => (
            <Select
              {...control}
              value={draft.profileClass}
              onChange={event => set('profileClass', choice(event.target.value, ['operational', 'provisioning', 'test'], 'operational'))}
            >
              <option value="operational">Operational</option>
              <option value="provisioning">Provisioning</option>
              <option value="test">Test</option>
            </Select>
          )}
        </Field>
        <IconField icon={icon} onChange={setIcon} error={fields.icon} />
        <Field label="Download attempts" hint="How often a code may be tried." error={fields.downloadLimit}>
          {control => (
            <Input
              {...control}
              inputMode="numeric"
              value={draft.downloadLimit}
              onChange={event => set('downloadLimit', event.target.value)}
            />
          )}
        </Field>
        <Field label="Confirmation code attempts" hint="Wrong codes until the order ends." error={fields.confirmationLimit}>
          {control => (
            <Input
              {...control}
              inputMode="numeric"
              value={draft.confirmationLimit}
              onChange={event => set('confirmationLimit', event.target.value)}
            />
          )}
        </Field>
        <Field label="Protection" hint="Random keys: packages can be protected before the device is known." error={fields.protection}>
          {control => (
            <Select
              {...control}
              value={draft.protection}
              onChange={event => set('protection', choice(event.target.value, ['session', 'random'], 'session'))}
            >
              <option value="session">Session keys</option>
              <option value="random">Random keys</option>
            </Select>
          )}
        </Field>
        <Field label="When a person says no" hint="To a profile that the device offers them." error={fields.onRejection}>
          {control => (
            <Select
              {...control}
              value={draft.onRejection}
              onChange={event => set('onRejection', choice(event.target.value, ['keep', 'end'], 'keep'))}
            >
              <option value="keep">Keep the order for another try</option>
              <option value="end">End the order, as the specification has it</option>
            </Select>
          )}
        </Field>
        <fieldset className="flex flex-col gap-1.5 sm:col-span-2">
          <legend className="mb-1 font-medium text-sm">
            Policy rules <span className="ml-0.5 font-normal text-quiet">optional</span>
          </legend>
          {POLICY_RULES.map(({ rule, label }) => (
            <CheckField
              key={rule}
              label={label}
              checked={draft.policyRules.includes(rule)}
              onChange={checked => {
                const others = draft.policyRules.filter(each => each !== rule)
                set('policyRules', checked ? [...others, rule] : others)
              }}
            />
          ))}
          <p className="text-quiet text-xs">Packages of such a type must name their owner; many eUICCs refuse these rules.</p>
        </fieldset>
        <CheckField
          className="sm:col-span-2"
          label="Strict"
          hint="Refuse eUICCs with too little memory, another package version or missing services, instead of warning."
          checked={draft.strict}
          onChange={checked => set('strict', checked)}
        />
      </div>
      {message ? (
        <Notice tone="bad" title="The type was not made." live>
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

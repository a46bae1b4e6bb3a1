'use client'

import { TriangleAlert } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { classNames } from '@/components/class-names'
import { CheckField } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { type ColumnDraft, isSecret, type Meaning } from './mapping-draft'
import { MeaningOptions } from './meaning-options'

/** A column of the file as it may be shown. */
export interface FileColumn {
  name: string
  /** 0 to 1; undefined where nothing was guessed */
  confidence: number | undefined
  /** Described, never a secret */
  samples: string[]
}

const surelyFrom = 0.75

interface ColumnRowProps {
  file: FileColumn
  draft: ColumnDraft
  /** Nobody has looked at the guess yet. */
  guessed: boolean
  sealed: boolean
  problem: string | undefined
  onChange: (change: Partial<ColumnDraft>) => void
  onSealed: (sealed: boolean) => void
}

const Small = ({ label, className, children }: { label: string; className: string; children: (id: string) => ReactNode }) => {
  const id = useId()
  return (
    <div className={classNames('flex min-w-0 flex-col gap-0.5', className)}>
      <label htmlFor={id} className="text-quiet text-xs">
        {label}
      </label>
      {children(id)}
    </div>
  )
}

/** One column: its name, what its values look like, and what it means. */
export function ColumnRow({ file, draft, guessed, sealed, problem, onChange, onSealed }: ColumnRowProps) {
  const id = useId()
  const { to } = draft
  const used = to !== 'extra' && to !== 'ignore'
  const unsure = guessed && used && file.confidence !== undefined && file.confidence < surelyFrom
  const samples = [...new Set(file.samples)]
  return (
    <li
      className={classNames(
        'grid gap-x-4 gap-y-2 border-b px-4 py-3 last:border-b-0 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_minmax(0,17rem)] sm:items-start',
        problem && 'bg-bad-soft',
      )}
    >
      <div className="flex min-w-0 flex-wrap items-baseline gap-x-4 gap-y-0.5 sm:contents">
        <p className={classNames('min-w-0 break-words font-medium sm:pt-2', !used && 'text-quiet')}>{file.name}</p>
        <p className="identifier min-w-0 break-words text-quiet sm:pt-2">{samples.join(', ')}</p>
      </div>
      <div className="flex min-w-0 flex-col gap-1.5">
        <Select
          aria-label={`What ${file.name} means`}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem || unsure ? `${id}-note` : undefined}
          value={to}
          onChange={event => onChange({ to: event.target.value as Meaning })}
        >
          <MeaningOptions />
        </Select>
        {to === 'otaKey' ? (
          <div className="grid grid-cols-2 gap-2">
            <Small label="Key version" className="">
              {control => (
                <Input
                  id={control}
                  inputMode="numeric"
                  value={draft.keyVersion}
                  onChange={event => onChange({ keyVersion: event.target.value })}
                />
              )}
            </Small>
            <Small label="Key identifier" className="">
              {control => (
                <Input id={control} inputMode="numeric" value={draft.keyId} onChange={event => onChange({ keyId: event.target.value })} />
              )}
            </Small>
            <Small label="Security domain (AID; empty: the issuer's)" className="col-span-2">
              {control => (
                <Input
                  id={control}
                  className="identifier"
                  autoComplete="off"
                  spellCheck={false}
                  value={draft.securityDomain}
                  onChange={event => onChange({ securityDomain: event.target.value })}
                />
              )}
            </Small>
          </div>
        ) : null}
        {isSecret(to) ? <CheckField label="Encrypted by the vendor" checked={sealed} onChange={onSealed} /> : null}
        {problem || unsure ? (
          <p id={`${id}-note`} className={classNames('flex gap-1.5 text-xs', problem ? 'text-bad' : 'text-warn')}>
            <TriangleAlert className="mt-px size-3.5 shrink-0" aria-hidden />
            {problem ?? 'A guess: look whether it is right.'}
          </p>
        ) : null}
      </div>
    </li>
  )
}

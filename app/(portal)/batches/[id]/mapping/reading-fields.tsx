'use client'

import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import type { CsvMapping } from '@/lib/inventory/formats/mapping'
import type { MappingDraft } from './mapping-draft'

export type Reading = Pick<MappingDraft, 'delimiter' | 'skipLines' | 'hasHeader'>

const delimiters: { value: CsvMapping['delimiter']; label: string; words: string }[] = [
  { value: ',', label: 'Comma  ,', words: 'commas' },
  { value: ';', label: 'Semicolon  ;', words: 'semicolons' },
  { value: '\t', label: 'Tab', words: 'tabs' },
  { value: '|', label: 'Vertical bar  |', words: 'vertical bars' },
  { value: ' ', label: 'Blanks', words: 'blanks' },
]

/** "Semicolons between the columns, names in line 3" */
export function readingWords({ delimiter, skipLines, hasHeader }: Reading): string {
  const between = delimiters.find(({ value }) => value === delimiter)?.words ?? ''
  const first = Number(skipLines) + 1
  return `${between.charAt(0).toUpperCase()}${between.slice(1)} between the columns, ${hasHeader ? 'their names' : 'no names, the first row'} in line ${first}`
}

interface ReadingFieldsProps {
  reading: Reading
  problem: string | undefined
  disabled: boolean
  onChange: (reading: Reading) => void
}

/** Where the table begins in its file and what divides its columns. */
export function ReadingFields({ reading, problem, disabled, onChange }: ReadingFieldsProps) {
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <Field label="Between the columns">
        {control => (
          <Select
            {...control}
            disabled={disabled}
            value={reading.delimiter}
            onChange={event =>
              onChange({ ...reading, delimiter: delimiters.find(each => each.value === event.target.value)?.value ?? ',' })
            }
          >
            {delimiters.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Lines before the table" error={problem}>
        {control => (
          <Input
            {...control}
            disabled={disabled}
            inputMode="numeric"
            value={reading.skipLines}
            onChange={event => onChange({ ...reading, skipLines: event.target.value })}
          />
        )}
      </Field>
      <Field label="Its first line">
        {control => (
          <Select
            {...control}
            disabled={disabled}
            value={reading.hasHeader ? 'names' : 'row'}
            onChange={event => onChange({ ...reading, hasHeader: event.target.value === 'names' })}
          >
            <option value="names">has the columns' names</option>
            <option value="row">is a row already</option>
          </Select>
        )}
      </Field>
    </div>
  )
}

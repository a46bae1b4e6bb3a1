import { FIELDS, type FieldName } from '@/lib/inventory/formats/row'
import type { Meaning } from './mapping-draft'

const groups: { label: string; fields: FieldName[] }[] = [
  { label: 'Identifiers', fields: ['iccid', 'imsi', 'msisdn'] },
  { label: 'Keys', fields: ['k', 'opc', 'op', 'tuakK', 'topc'] },
  { label: 'Codes', fields: ['pin1', 'puk1', 'pin2', 'puk2', 'adm1'] },
  { label: 'Files', fields: ['acc', 'smsp'] },
]

const notUsed: { value: Meaning; label: string }[] = [
  { value: 'extra', label: 'Keep by its name' },
  { value: 'ignore', label: 'Leave out' },
]

/** What a column can mean. */
export const MeaningOptions = () => (
  <>
    {notUsed.map(({ value, label }) => (
      <option key={value} value={value}>
        {label}
      </option>
    ))}
    {groups.map(({ label, fields }) => (
      <optgroup key={label} label={label}>
        {fields.map(field => (
          <option key={field} value={field}>
            {FIELDS[field].label}
          </option>
        ))}
        {label === 'Keys' ? <option value="otaKey">OTA key…</option> : null}
      </optgroup>
    ))}
  </>
)

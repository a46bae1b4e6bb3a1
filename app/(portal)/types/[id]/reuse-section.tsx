import { CheckField, Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { choice, RETURNS, REUSE_DEVICES } from '../choices'
import { reuseWords } from './reuse-words'
import { Section, type SectionProps, TextSetting } from './sections'

/** Whether a profile may be downloaded again after it was installed, and what becomes of it when it was deleted. */
export function ReuseSection(props: SectionProps) {
  const { draft, set, problems } = props
  return (
    <Section title="New phone" description="Who may download a profile again that was installed, and when.">
      <Field label="Who may download again" className="sm:col-span-2" error={problems.reuseDevice}>
        {control => (
          <Select
            {...control}
            value={draft.reuseDevice}
            onChange={event => set({ reuseDevice: choice(event.target.value, REUSE_DEVICES) })}
          >
            {REUSE_DEVICES.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <fieldset disabled={draft.reuseDevice === 'none'} className="grid gap-4 disabled:opacity-55 sm:col-span-2 sm:grid-cols-2">
        <legend className="sr-only">When it may be downloaded again</legend>
        <CheckField
          className="sm:col-span-2"
          label="Only after it was deleted"
          hint="The phone that has it must have reported so. Without this, two phones may hold the profile."
          checked={draft.reuseAfterDeletion}
          onChange={reuseAfterDeletion => set({ reuseAfterDeletion })}
        />
        <TextSetting {...props} name="reuseLimit" label="How many times" optional numeric hint="Empty: as often as needed." />
        <TextSetting {...props} name="reuseWaitHours" label="Hours to wait in between" numeric hint="From the last code on. 0: none." />
      </fieldset>
      <Field label="Back to stock" className="sm:col-span-2" error={problems.returnsToStock}>
        {control => (
          <Select
            {...control}
            value={draft.returnsToStock}
            onChange={event => set({ returnsToStock: choice(event.target.value, RETURNS) })}
          >
            {RETURNS.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <p role="status" className="rounded-md bg-muted px-3 py-2 sm:col-span-2">
        {reuseWords(draft)}
      </p>
    </Section>
  )
}

import type { ReactNode } from 'react'
import { Card } from '@/components/ui/card'
import { CheckField, Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { CLASSES, choice, PROTECTIONS, REJECTIONS } from '../choices'
import { IconField } from '../icon-field'
import type { PolicyRule, TypeDraft } from './draft'

export interface SectionProps {
  draft: TypeDraft
  set: (changes: Partial<TypeDraft>) => void
  /** Sentences by the names of TypeInput */
  problems: Record<string, string>
}

type TextName = {
  [Name in keyof TypeDraft]: TypeDraft[Name] extends string ? (string extends TypeDraft[Name] ? Name : never) : never
}[keyof TypeDraft]

interface TextProps extends SectionProps {
  name: TextName
  label: string
  hint?: ReactNode
  optional?: boolean
  numeric?: boolean
  identifier?: boolean
  problem?: string | undefined
}

/** A setting that is typed. */
export const TextSetting = ({ draft, set, problems, name, label, hint, optional, numeric, identifier, problem }: TextProps) => (
  <Field label={label} hint={hint} optional={optional ?? false} error={problem ?? problems[name]}>
    {control => (
      <Input
        {...control}
        autoComplete="off"
        {...(numeric ? { inputMode: 'numeric' } : {})}
        {...(identifier ? { className: 'identifier' } : {})}
        value={draft[name]}
        onChange={event => set({ [name]: event.target.value })}
      />
    )}
  </Field>
)

export const Section = ({ title, description, children }: { title: string; description: string; children: ReactNode }) => (
  <Card title={title} description={description}>
    <div className="grid gap-4 sm:grid-cols-2">{children}</div>
  </Card>
)

const charactersOf = (text: string, most: number) => `Else from the package. ${[...text].length} of ${most} characters.`

export function ShownSection(props: SectionProps) {
  const { draft, set, problems } = props
  return (
    <Section
      title="What devices show"
      description="On the screen on which a person agrees to the download, and in the settings afterwards."
    >
      <TextSetting {...props} name="profileName" label="Profile name" optional hint={charactersOf(draft.profileName, 64)} />
      <TextSetting
        {...props}
        name="serviceProviderName"
        label="Service provider name"
        optional
        hint={charactersOf(draft.serviceProviderName, 32)}
      />
      <IconField icon={draft.icon} onChange={icon => set({ icon })} error={problems.icon} />
      <Field label="Class" hint="Operational is what subscribers get." error={problems.profileClass}>
        {control => (
          <Select {...control} value={draft.profileClass} onChange={event => set({ profileClass: choice(event.target.value, CLASSES) })}>
            {CLASSES.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </Section>
  )
}

const POLICY_RULES: { rule: PolicyRule; label: string; hint: string }[] = [
  {
    rule: 'ppr1',
    label: 'Disabling is not allowed (PPR1)',
    hint: 'The profile stays enabled. Only the first one on an eUICC can have it.',
  },
  { rule: 'ppr2', label: 'Deleting is not allowed (PPR2)', hint: 'The profile stays on the eUICC.' },
  { rule: 'pprUpdateControl', label: 'The owner may change the rules later (PPR update)', hint: '' },
]

export function RightsSection(props: SectionProps) {
  const { draft, set, problems } = props
  return (
    <Section title="Owner and rules" description="Whose profile it is, and what a person may not do with it.">
      <TextSetting
        {...props}
        name="ownerMccMnc"
        label="Owner, MCC and MNC"
        optional
        numeric
        identifier
        hint="As in 26202. Else from the package, where rules need an owner. Devices compare it with the IMSI."
        problem={problems['owner.mccMnc']}
      />
      <div className="grid grid-cols-2 gap-4">
        <TextSetting {...props} name="ownerGid1" label="GID1" optional identifier hint="Hexadecimal." problem={problems['owner.gid1']} />
        <TextSetting {...props} name="ownerGid2" label="GID2" optional identifier hint="Hexadecimal." problem={problems['owner.gid2']} />
      </div>
      <fieldset className="flex flex-col gap-1.5 sm:col-span-2">
        <legend className="mb-1 font-medium text-sm">
          Policy rules <span className="ml-0.5 font-normal text-quiet">optional</span>
        </legend>
        {POLICY_RULES.map(({ rule, label, hint }) => (
          <CheckField
            key={rule}
            label={label}
            {...(hint ? { hint } : {})}
            checked={draft.policyRules.includes(rule)}
            onChange={checked =>
              set({
                policyRules: POLICY_RULES.map(each => each.rule).filter(each =>
                  each === rule ? checked : draft.policyRules.includes(each),
                ),
              })
            }
          />
        ))}
        <p className="text-quiet text-xs">Rules need an owner; many eUICCs refuse them.</p>
      </fieldset>
    </Section>
  )
}

export function OrdersSection(props: SectionProps) {
  const { draft, set, problems } = props
  return (
    <Section title="Orders" description="What an order of this type is like where nothing else is said.">
      <CheckField
        className="sm:col-span-2"
        label="With a confirmation code"
        hint="Where none is given, one is made and shown once. The device asks the person for it."
        checked={draft.confirmationCodeRequired}
        onChange={confirmationCodeRequired => set({ confirmationCodeRequired })}
      />
      <TextSetting {...props} name="orderValidDays" label="Valid for days" optional numeric hint="Empty: without end." />
      <Field label="When a person says no" hint="To a profile that the device offers them." error={problems.onRejection}>
        {control => (
          <Select {...control} value={draft.onRejection} onChange={event => set({ onRejection: choice(event.target.value, REJECTIONS) })}>
            {REJECTIONS.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <TextSetting {...props} name="downloadLimit" label="Download attempts" numeric hint="How often a code may be tried." />
      <TextSetting
        {...props}
        name="confirmationLimit"
        label="Confirmation code attempts"
        numeric
        hint="Wrong codes until the order ends."
      />
    </Section>
  )
}

export function DeliverySection({ inUse, ...props }: SectionProps & { inUse: boolean }) {
  const { draft, set, problems } = props
  return (
    <Section title="Name and delivery" description="What it is called here, and which devices get it in which way.">
      <TextSetting {...props} name="name" label="Name" hint="For you and your systems: orders over ES2+ name it." />
      <Field
        label="For"
        hint={inUse ? 'Fixed: the type has profiles. Make another type for other devices.' : 'Fixed once the type has profiles.'}
        error={problems.live}
      >
        {control => (
          <Select
            {...control}
            disabled={inUse}
            value={draft.live ? 'live' : 'test'}
            onChange={event => set({ live: event.target.value === 'live' })}
          >
            <option value="test">Test devices</option>
            <option value="live">Real devices (live)</option>
          </Select>
        )}
      </Field>
      <Field label="Protection" hint="Random keys: packages can be protected before the device is known." error={problems.protection}>
        {control => (
          <Select {...control} value={draft.protection} onChange={event => set({ protection: choice(event.target.value, PROTECTIONS) })}>
            {PROTECTIONS.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <CheckField
        className="sm:pt-6"
        label="Strict"
        hint="Refuse eUICCs with too little memory, another package version or missing services, instead of warning."
        checked={draft.strict}
        onChange={strict => set({ strict })}
      />
    </Section>
  )
}

export function StockSection(props: SectionProps) {
  const recipients = Object.entries(props.problems).find(([name]) => name.startsWith('alertRecipients'))?.[1]
  return (
    <Section title="Stock alert" description="When to say that it runs low, and how many to order then.">
      <TextSetting {...props} name="alertLevel" label="Alert below" optional numeric hint="Available profiles. Empty: no alert." />
      <TextSetting
        {...props}
        name="reorderQuantity"
        label="Reorder quantity"
        optional
        numeric
        hint="Profiles in one order to the vendor."
      />
      <div className="sm:col-span-2">
        <TextSetting
          {...props}
          name="alertRecipients"
          label="E-mail to"
          optional
          hint="Several with commas between them."
          problem={recipients}
        />
      </div>
    </Section>
  )
}

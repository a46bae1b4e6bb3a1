import { Plus, X } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { CheckField, Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import type { NotificationEvent } from './draft'
import { Section, type SectionProps } from './sections'

const EVENTS: { event: NotificationEvent; label: string }[] = [
  { event: 'install', label: 'Installed' },
  { event: 'enable', label: 'Enabled' },
  { event: 'disable', label: 'Disabled' },
  { event: 'delete', label: 'Deleted' },
]
const all = EVENTS.map(({ event }) => event)

/** To whom devices report what becomes of the profile. */
export function NotificationsSection({ draft, set, problems }: SectionProps) {
  const { notifications } = draft
  const change = (at: number, changes: Partial<(typeof notifications)[number]>) =>
    set({ notifications: notifications.map((each, i) => (i === at ? { ...each, ...changes } : each)) })

  return (
    <Section title="Notifications" description="To whom devices report what becomes of the profile.">
      <div className="flex flex-col gap-3 sm:col-span-2">
        {notifications.length === 0 ? (
          <p>
            All four events come to this server, so that profiles’ pages can tell what devices do.{' '}
            <span className="text-quiet">List addresses only where another server is to hear of them too, or instead.</span>
          </p>
        ) : (
          <ul className="flex flex-col gap-3">
            {Object.entries(notifications).map(([place, { address, events }]) => (
              <li key={place} className="rounded-md border p-3">
                <div className="flex items-end gap-2">
                  <Field
                    label={`Address ${Number(place) + 1}`}
                    optional
                    className="flex-1"
                    hint="Host name. Empty: this server."
                    error={problems[`notifications.${place}.address`]}
                  >
                    {control => (
                      <Input
                        {...control}
                        className="identifier"
                        autoComplete="off"
                        placeholder="this server"
                        value={address}
                        onChange={event => change(Number(place), { address: event.target.value })}
                      />
                    )}
                  </Field>
                  <Button
                    variant="ghost"
                    size="icon"
                    className="mb-6"
                    aria-label={`Remove address ${Number(place) + 1}`}
                    onClick={() => set({ notifications: notifications.filter((_, i) => i !== Number(place)) })}
                  >
                    <X aria-hidden />
                  </Button>
                </div>
                <fieldset className="mt-2">
                  <legend className="sr-only">Events for address {Number(place) + 1}</legend>
                  <div className="flex flex-wrap gap-x-5 gap-y-1.5">
                    {EVENTS.map(({ event, label }) => (
                      <CheckField
                        key={event}
                        label={label}
                        checked={events.includes(event)}
                        onChange={checked =>
                          change(Number(place), { events: all.filter(each => (each === event ? checked : events.includes(each))) })
                        }
                      />
                    ))}
                  </div>
                  {problems[`notifications.${place}.events`] ? (
                    <p className="mt-1 text-bad text-xs">{problems[`notifications.${place}.events`]}</p>
                  ) : null}
                </fieldset>
              </li>
            ))}
          </ul>
        )}
        <div>
          <Button size="sm" onClick={() => set({ notifications: [...notifications, { address: '', events: all }] })}>
            <Plus aria-hidden /> Add an address
          </Button>
        </div>
      </div>
    </Section>
  )
}

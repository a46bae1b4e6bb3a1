'use client'

import { Ellipsis, UserPlus } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type FormEvent, type ReactNode, useCallback, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Identifier } from '@/components/ui/identifier'
import { Input, Select } from '@/components/ui/input'
import { Menu, MenuItem } from '@/components/ui/menu'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { problemTitle, useAction } from '@/components/use-action'
import type { AccountRow } from '@/lib/accounts/account'
import { mailedLinkHours } from '@/lib/accounts/link-times'
import { ROLE_NAMES, ROLES, type Role } from '@/lib/accounts/roles'
import { changeAccount, type Invitation, invite, makePasswordLink, sendPasswordLink } from './actions'
import { PeopleSessions } from './people-sessions'
import { ResetFactor } from './reset-factor'

/** The link to hand to somebody, which nobody can see again, or that it was mailed. */
const InvitationNotice = ({ invitation: { email, link } }: { invitation: Invitation }) =>
  link ? (
    <Notice tone="good" title={`Send this link to ${email}.`} live>
      <Identifier value={link.url} what="link" wrap />
      <p className="text-quiet text-xs">
        It sets a password, once, and ends <RelativeTime at={link.expiresAt} />. It is not shown again.
      </p>
    </Notice>
  ) : (
    <Notice tone="good" title={`A mail with a link is on its way to ${email}.`} live>
      <p>
        The link sets a password, once, within {mailedLinkHours} hours. The{' '}
        <Link href="/mail" className="rounded text-accent underline underline-offset-2">
          outbox
        </Link>{' '}
        tells whether the mail went out. Should it not arrive, send another one, or show a link and hand it over yourself.
      </p>
    </Notice>
  )

interface InviteDialogProps {
  canMail: boolean
  onInvited: (invitation: Invitation) => void
}

function InviteDialog({ canMail, onInvited }: InviteDialogProps) {
  const [open, setOpen] = useState(false)
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('operator')
  const done = useCallback(
    (invitation: Invitation) => {
      setOpen(false)
      setEmail('')
      setName('')
      onInvited(invitation)
    },
    [onInvited],
  )
  const { run, pending, message, fields } = useAction(invite, done)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run({ email, name, role })
  }
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="Add a person"
      description={
        canMail
          ? 'They get a mail with a link, with which they set their own password.'
          : 'You get a link to send to them. With it they set their own password.'
      }
      trigger={
        <Button size="sm">
          <UserPlus aria-hidden /> Add a person
        </Button>
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <Field label="E-mail address" error={fields.email}>
          {control => <Input {...control} type="email" autoComplete="off" value={email} onChange={event => setEmail(event.target.value)} />}
        </Field>
        <Field label="Name" optional error={fields.name}>
          {control => <Input {...control} autoComplete="off" value={name} onChange={event => setName(event.target.value)} />}
        </Field>
        <Field label="Role" hint={ROLES[role]} error={fields.role}>
          {control => (
            <Select
              {...control}
              value={role}
              onChange={event => setRole(ROLE_NAMES.find(each => each === event.target.value) ?? 'operator')}
            >
              {ROLE_NAMES.map(each => (
                <option key={each}>{each}</option>
              ))}
            </Select>
          )}
        </Field>
        {message ? <Notice tone="bad" title={message} live /> : null}
        <footer className="flex justify-end">
          <Button type="submit" variant="primary" disabled={pending}>
            {pending ? 'Adding…' : canMail ? 'Add and send a link' : 'Add and make a link'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

interface PeopleListProps {
  people: AccountRow[]
  ownId: string
  mayChange: boolean
  /** Links go to people by mail. */
  canMail: boolean
  children: ReactNode
}

/** The people, and what an administrator may do about them. */
export function PeopleList({ people, ownId, mayChange, canMail, children }: PeopleListProps) {
  const router = useRouter()
  const [sessionsOf, setSessionsOf] = useState<AccountRow>()
  const [resetting, setResetting] = useState<AccountRow>()
  const [invitation, setInvitation] = useState<Invitation>()
  const refresh = useCallback(() => router.refresh(), [router])
  const invited = useCallback(
    (made: Invitation) => {
      setInvitation(made)
      router.refresh()
    },
    [router],
  )
  const change = useAction(changeAccount, refresh)
  const link = useAction(makePasswordLink, invited)
  const mail = useAction(sendPasswordLink, invited)
  const message = change.message || link.message || mail.message
  const pending = change.pending || link.pending || mail.pending

  return (
    <Card title="People" actions={mayChange ? <InviteDialog canMail={canMail} onInvited={invited} /> : null}>
      <div className="flex flex-col gap-3">
        {invitation ? <InvitationNotice invitation={invitation} /> : null}
        {message ? (
          <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live>
            {message}
          </Notice>
        ) : null}
        <ul className="-my-2 divide-y">
          {people.map(person => (
            <li key={person.id} className="flex items-center gap-3 py-2">
              <div className="min-w-0 flex-1">
                <p className="truncate font-medium">
                  {person.name || person.email}
                  {person.id === ownId ? <span className="ml-1.5 font-normal text-quiet">you</span> : null}
                </p>
                <p className="truncate text-quiet text-xs">
                  {person.name ? `${person.email} · ` : ''}
                  {person.disabledAt ? (
                    'disabled'
                  ) : person.external && !person.lastSeenAt ? (
                    'single sign-on, never signed in'
                  ) : !person.hasPassword && !person.external ? (
                    'has not set a password yet'
                  ) : person.lastSeenAt ? (
                    <>
                      last seen <RelativeTime at={person.lastSeenAt} />
                    </>
                  ) : (
                    'never signed in'
                  )}
                  {person.hasPassword && !person.disabledAt && !person.hasSecondFactor ? ' · no second factor' : ''}
                </p>
              </div>
              <span className="text-quiet">{person.role}</span>
              {mayChange ? (
                <Menu
                  trigger={
                    <Button variant="ghost" size="icon" aria-label={`Change ${person.email}`} disabled={pending}>
                      <Ellipsis aria-hidden />
                    </Button>
                  }
                >
                  <MenuItem onSelect={() => setSessionsOf(person)}>Sessions{person.sessions > 0 ? ` (${person.sessions})` : ''}</MenuItem>
                  {person.hasSecondFactor ? <MenuItem onSelect={() => setResetting(person)}>Reset the second factor</MenuItem> : null}
                  {canMail && !person.disabledAt && !person.external ? (
                    <MenuItem onSelect={() => mail.run({ accountId: person.id, email: person.email })}>
                      {person.hasPassword ? 'Mail a new password link' : 'Mail the invitation again'}
                    </MenuItem>
                  ) : null}
                  {person.disabledAt || person.external ? null : (
                    <MenuItem onSelect={() => link.run({ accountId: person.id, email: person.email })}>
                      {canMail ? 'Show a new password link' : 'New password link'}
                    </MenuItem>
                  )}
                  {ROLE_NAMES.filter(role => role !== person.role).map(role => (
                    <MenuItem key={role} onSelect={() => change.run({ accountId: person.id, change: { role } })}>
                      Make {role}
                    </MenuItem>
                  ))}
                  <MenuItem onSelect={() => change.run({ accountId: person.id, change: { disabled: !person.disabledAt } })}>
                    {person.disabledAt ? 'Enable' : 'Disable'}
                  </MenuItem>
                </Menu>
              ) : null}
            </li>
          ))}
        </ul>
        {children}
        {sessionsOf ? <PeopleSessions person={sessionsOf} onClose={() => setSessionsOf(undefined)} /> : null}
        {resetting ? <ResetFactor person={resetting} onClose={() => setResetting(undefined)} /> : null}
      </div>
    </Card>
  )
}

'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { CheckField } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { ROLE_NAMES, ROLES, type Role } from '@/lib/accounts/roles'
import { chooseSecondFactorRoles } from './people-actions'

/** Which roles sign in with a second factor. */
export function SecondFactorRoles({ roles, mayChange }: { roles: Role[]; mayChange: boolean }) {
  const router = useRouter()
  const [chosen, setChosen] = useState(roles)
  const done = useCallback(() => {
    toast.success('From now on this is who needs a second factor.')
    router.refresh()
  }, [router])
  const { run, pending, message } = useAction(chooseSecondFactorRoles, done)
  const changed = ROLE_NAMES.some(role => chosen.includes(role) !== roles.includes(role))
  if (!mayChange) {
    return <p className="text-quiet text-sm">A second factor is needed by: {roles.length > 0 ? roles.join(', ') : 'nobody'}.</p>
  }
  return (
    <details className="text-sm">
      <summary className="cursor-pointer text-quiet">
        A second factor is needed by {roles.length === ROLE_NAMES.length ? 'every role' : roles.length > 0 ? roles.join(', ') : 'nobody'}
      </summary>
      <div className="mt-3 flex flex-col gap-2">
        {message ? <Notice tone="bad" title={message} live /> : null}
        {ROLE_NAMES.map(role => (
          <CheckField
            key={role}
            label={role}
            hint={ROLES[role]}
            checked={chosen.includes(role)}
            onChange={on => setChosen(on ? [...chosen, role] : chosen.filter(other => other !== role))}
          />
        ))}
        {chosen.length < roles.length ? (
          <Notice tone="warn" title="With a password alone, whoever learns it is in." className="mt-1">
            The portal holds the keys of a network.
          </Notice>
        ) : null}
        <div>
          <Button size="sm" disabled={pending || !changed} onClick={() => run({ roles: chosen })}>
            {pending ? 'Keeping it…' : 'Keep this'}
          </Button>
        </div>
      </div>
    </details>
  )
}

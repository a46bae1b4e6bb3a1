import { Button } from '@/components/ui/button'
import { RelativeTime } from '@/components/ui/relative-time'
import type { SignInFactor } from '@/lib/accounts/sessions'
import { browserName } from '@/lib/accounts/user-agent'

/** A session as a page shows it; times are ISO 8601. */
export interface ShownSession {
  id: string
  createdAt: string
  lastSeenAt: string
  userAgent: string
  address: string
  factor: SignInFactor | null
  /** The one that this page is looked at with */
  isThis?: boolean
}

const begunBy: Record<SignInFactor, string> = {
  password: 'password',
  totp: 'password and app',
  recovery: 'password and recovery code',
  passkey: 'passkey',
  oidc: 'single sign-on',
  link: 'one-time link',
}

interface SessionListProps {
  sessions: ShownSession[]
  pending: boolean
  onEnd: (id: string) => void
}

export const SessionList = ({ sessions, pending, onEnd }: SessionListProps) => (
  <ul className="divide-y">
    {sessions.map(session => (
      <li key={session.id} className="flex items-center gap-3 py-2">
        <div className="min-w-0 flex-1">
          <p className="truncate" title={session.userAgent}>
            {browserName(session.userAgent)}
            {session.isThis ? <span className="ml-1.5 text-quiet">this one</span> : null}
          </p>
          <p className="text-quiet text-xs">
            {session.address || 'address unknown'} · signed in <RelativeTime at={session.createdAt} />
            {session.factor ? ` by ${begunBy[session.factor]}` : ''} · last seen <RelativeTime at={session.lastSeenAt} />
          </p>
        </div>
        {session.isThis ? null : (
          <Button
            size="sm"
            disabled={pending}
            onClick={() => onEnd(session.id)}
            aria-label={`End the session of ${browserName(session.userAgent)}, ${session.address}`}
          >
            End
          </Button>
        )}
      </li>
    ))}
  </ul>
)

import type { Metadata } from 'next'
import { PageHeader } from '@/components/shell/page-header'
import { Card } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import { currentSession } from '@/lib/accounts/current-account'
import { relyingParty } from '@/lib/accounts/factors/passkeys'
import { ROLES } from '@/lib/accounts/roles'
import { listSessions } from '@/lib/accounts/sessions'
import { requirePage } from '@/lib/action'
import { countFactors, listPasskeyRows } from '@/lib/db/factor-rows'
import { database } from '@/lib/db/pool'
import { RemoveAuthenticator, SetAuthenticator } from './authenticator'
import { OwnSessions } from './own-sessions'
import { AddPasskey, PasskeyList } from './passkeys'
import { PasswordForm } from './password-form'
import { RenewCodes } from './recovery'

export const metadata: Metadata = { title: 'Your account' }

export default async function AccountPage() {
  const { account } = await requirePage('account:own')
  const db = database()
  const now = new Date()
  const [session, factors, passkeys, sessions] = await Promise.all([
    currentSession(),
    countFactors(db, account.id),
    listPasskeyRows(db, account.id),
    listSessions(db, account.id, now),
  ])
  const { totpSince, recoveryCodes } = factors
  const hasFactor = totpSince !== null || passkeys.length > 0
  return (
    <>
      <PageHeader title="Your account" description={`${account.email} · ${account.role}: ${ROLES[account.role]}.`} />
      <div className="flex max-w-3xl flex-col gap-4">
        {factors.external ? (
          <Card title="Single sign-on">
            <p className="text-quiet">You sign in at your organisation’s identity provider. Password and second factor are kept there.</p>
          </Card>
        ) : (
          <>
            <Card title="Authenticator app" actions={<SetAuthenticator replaces={totpSince !== null} />}>
              {totpSince ? (
                <div className="flex items-center justify-between gap-3">
                  <p>
                    Set up <RelativeTime at={totpSince.toISOString()} />.
                  </p>
                  <RemoveAuthenticator />
                </div>
              ) : (
                <p className="text-quiet">Not set up. An app on your phone shows a code that you type after your password.</p>
              )}
            </Card>
            <Card title="Passkeys" actions={relyingParty() ? <AddPasskey /> : null}>
              {passkeys.length > 0 ? (
                <div className="-my-2">
                  <PasskeyList
                    passkeys={passkeys.map(({ credentialId, name, createdAt, lastUsedAt, backedUp }) => ({
                      credentialId,
                      name,
                      createdAt: createdAt.toISOString(),
                      lastUsedAt: lastUsedAt?.toISOString() ?? null,
                      backedUp,
                    }))}
                  />
                </div>
              ) : (
                <p className="text-quiet">
                  {relyingParty()
                    ? 'None yet. A passkey signs you in without a password: the device asks for your finger, your face or its PIN.'
                    : 'Browsers allow passkeys only where the portal has a host name and HTTPS.'}
                </p>
              )}
            </Card>
            <Card title="Recovery codes" actions={hasFactor ? <RenewCodes /> : null}>
              <p className={recoveryCodes > 2 || !hasFactor ? 'text-quiet' : 'text-warn'}>
                {hasFactor
                  ? `${recoveryCodes} of them ${recoveryCodes === 1 ? 'is' : 'are'} left. Each opens your account once when your phone is not at hand.`
                  : 'They come with a second factor.'}
              </p>
            </Card>
          </>
        )}
        <OwnSessions
          sessions={sessions.map(({ id, createdAt, lastSeenAt, userAgent, address, factor }) => ({
            id,
            createdAt: createdAt.toISOString(),
            lastSeenAt: lastSeenAt.toISOString(),
            userAgent,
            address,
            factor,
            isThis: id === session?.id,
          }))}
        />
        {factors.external ? null : (
          <Card title="Password">
            <PasswordForm email={account.email} />
          </Card>
        )}
      </div>
    </>
  )
}

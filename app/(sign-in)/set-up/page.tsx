import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { Button } from '@/components/ui/button'
import { currentSession } from '@/lib/accounts/current-account'
import { relyingParty } from '@/lib/accounts/factors/passkeys'
import { offerTotp } from '@/lib/accounts/factors/totp'
import { safeNext } from '@/lib/accounts/safe-next'
import { vault } from '@/lib/vault/vault'
import { signOutAction } from '../actions'
import { AuthenticatorSteps } from '../factors/authenticator-steps'
import { SetUp } from './set-up'

export const metadata: Metadata = { title: 'Set up your second factor' }

export default async function SetUpPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const next = safeNext((await searchParams).next)
  const session = await currentSession()
  if (!session) redirect('/sign-in')
  if (!session.limited) redirect(next)
  const { account, factor } = session
  const { sealed, ...offered } = offerTotp(vault(), account)
  return (
    <>
      <SetUp
        next={next}
        sealed={sealed}
        passkeys={relyingParty() !== undefined}
        proven={factor === 'totp' || factor === 'passkey'}
        authenticator={<AuthenticatorSteps {...offered} />}
      />
      <form action={signOutAction} className="flex items-center justify-between gap-3 border-t pt-4 text-quiet text-sm">
        <span className="min-w-0 truncate">{account.email}</span>
        <Button type="submit" variant="ghost" size="sm">
          Sign out
        </Button>
      </form>
    </>
  )
}

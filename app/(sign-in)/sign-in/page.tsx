import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { Notice } from '@/components/ui/notice'
import { currentAccount } from '@/lib/accounts/current-account'
import { hasAdministrator } from '@/lib/accounts/first-administrator'
import { safeNext } from '@/lib/accounts/safe-next'
import { database } from '@/lib/db/pool'
import { SignInForm } from './sign-in-form'

export const metadata: Metadata = { title: 'Sign in' }

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const next = safeNext((await searchParams).next)
  if (await currentAccount()) redirect(next)
  const ready = await hasAdministrator(database())
  return (
    <>
      <h1 className="font-semibold text-xl tracking-tight">Sign in</h1>
      {ready ? null : (
        <Notice tone="info" title="Nobody can sign in yet">
          The first administrator sets a password with the link that the server printed when it started. Start it again for a new link.
        </Notice>
      )}
      <SignInForm next={next} />
      {ready ? <p className="text-quiet text-sm">Forgot your password? An administrator can give you a link to set a new one.</p> : null}
    </>
  )
}

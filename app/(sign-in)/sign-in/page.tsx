import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { Notice } from '@/components/ui/notice'
import { currentAccount } from '@/lib/accounts/current-account'
import { relyingParty } from '@/lib/accounts/factors/passkeys'
import { hasAdministrator } from '@/lib/accounts/first-administrator'
import { EXTERNAL_REFUSALS } from '@/lib/accounts/oidc'
import { safeNext } from '@/lib/accounts/safe-next'
import { database } from '@/lib/db/pool'
import { env } from '@/lib/env'
import { SignInForm } from './sign-in-form'
import { SingleSignOn } from './single-sign-on'

export const metadata: Metadata = { title: 'Sign in' }

const refusalSentence = (reason: unknown): string | undefined => Object.entries(EXTERNAL_REFUSALS).find(([name]) => name === reason)?.[1]

export default async function SignInPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { next: wanted, refused, error } = await searchParams
  const next = safeNext(wanted)
  const { oidc } = env()
  const refusal = oidc ? refusalSentence(refused ?? (error && 'failed')) : undefined
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
      {refusal ? <Notice tone="bad" title={refusal} live /> : null}
      {oidc ? <SingleSignOn next={next} /> : null}
      <SignInForm next={next} passkeys={relyingParty() !== undefined} />
      {ready ? <p className="text-quiet text-sm">Forgot your password? An administrator can give you a link to set a new one.</p> : null}
    </>
  )
}

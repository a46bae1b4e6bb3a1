import type { Metadata } from 'next'
import Link from 'next/link'
import { unclaimedEmail } from '@/lib/accounts/account'
import { findLink } from '@/lib/accounts/one-time-link'
import { ROLES } from '@/lib/accounts/roles'
import { database } from '@/lib/db/pool'
import { SetPasswordForm } from './set-password-form'

export const metadata: Metadata = { title: 'Set a password' }

export default async function SetPasswordPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params
  const account = await findLink(database(), token, new Date())
  if (!account) return <LinkOver />
  const unclaimed = account.email === unclaimedEmail
  return (
    <>
      <div>
        <h1 className="font-semibold text-xl tracking-tight">{unclaimed ? 'Welcome to Slipway' : 'Set your password'}</h1>
        <p className="mt-1.5 text-quiet text-sm">
          {unclaimed ? 'You are the first administrator. Say who you are and choose a password.' : `For ${account.email}.`}
        </p>
        <p className="mt-1.5 text-quiet text-sm">
          Your role: <span className="text-foreground">{account.role}</span>. {ROLES[account.role]}.
        </p>
      </div>
      <SetPasswordForm token={token} email={unclaimed ? undefined : account.email} />
    </>
  )
}

const LinkOver = () => (
  <div className="flex flex-col gap-3">
    <h1 className="font-semibold text-xl tracking-tight">This link is over</h1>
    <p>It was used already, or it is older than 30 minutes.</p>
    <p>Ask an administrator for a new one. For the very first account, start the server again: it prints a new link.</p>
    <p>
      <Link href="/sign-in" className="text-accent underline underline-offset-2">
        Sign in
      </Link>
    </p>
  </div>
)

import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { database } from '@/lib/db/pool'
import { vault } from '@/lib/vault/vault'
import type { Account } from './account'
import { forwardedAddress } from './forwarded-address'
import { safeNext } from './safe-next'
import { sessionCookieName, sidOfCookie } from './session-cookie'
import { type RunningSession, runningSession } from './sessions'
import type { Visitor } from './sign-in'

/** Where the request that is being answered comes from; the front door vouches for these headers. */
export async function visitor(): Promise<Visitor & { secure: boolean }> {
  const list = await headers()
  return {
    address: forwardedAddress(list.get('x-forwarded-for')),
    userAgent: list.get('user-agent') ?? '',
    secure: list.get('x-forwarded-proto') === 'https',
  }
}

/** The `sid` of the request's session cookie, whether or not the session still runs. */
export async function currentSid(): Promise<string | undefined> {
  const { secure } = await visitor()
  const value = (await cookies()).get(sessionCookieName(secure))?.value
  return value ? sidOfCookie(database(), vault(), value) : undefined
}

/** The session of the request, limited or not, read once for each request; null when there is none. For the pages and actions of signing in. */
export const currentSession = cache(async (): Promise<(RunningSession & { sid: string }) | null> => {
  const sid = await currentSid()
  const session = sid && (await runningSession(database(), sid, new Date()))
  return session ? { ...session, sid } : null
})

/** Who is signed in and may act; null when nobody is, or a second factor is still to be set up. */
export const currentAccount = cache(async (): Promise<Account | null> => {
  const session = await currentSession()
  return session && !session.limited ? session.account : null
})

/** Who is signed in; whoever is not goes to sign in, or to set up a second factor, and comes back. */
export async function requireAccount(): Promise<Account> {
  const account = await currentAccount()
  if (account) return account
  const path = safeNext((await headers()).get('x-slipway-path'))
  const page = (await currentSession()) ? '/set-up' : '/sign-in'
  redirect(path === '/' ? page : `${page}?next=${encodeURIComponent(path)}`)
}

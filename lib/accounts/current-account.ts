import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { database } from '@/lib/db/pool'
import { vault } from '@/lib/vault/vault'
import type { Account } from './account'
import { forwardedAddress } from './forwarded-address'
import { safeNext } from './safe-next'
import { sessionCookieName, sidOfCookie } from './session-cookie'
import { sessionAccount } from './sessions'
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

/** Who is signed in, read from the session table once for each request; null when nobody is. */
export const currentAccount = cache(async (): Promise<Account | null> => {
  const sid = await currentSid()
  return (sid && (await sessionAccount(database(), sid, new Date()))) || null
})

/** Who is signed in; whoever is not goes to sign in and comes back. */
export async function requireAccount(): Promise<Account> {
  const account = await currentAccount()
  if (account) return account
  const path = safeNext((await headers()).get('x-slipway-path'))
  redirect(path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`)
}

import { cookies } from 'next/headers'
import { sessionCookie } from '@/lib/accounts/session-cookie'
import type { SignedIn } from '@/lib/accounts/sign-in'
import { database } from '@/lib/db/pool'
import { vault } from '@/lib/vault/vault'

/** Gives this browser the session that has begun. */
export async function keepSession({ account, sid, expiresAt }: SignedIn, secure: boolean): Promise<void> {
  const jar = await cookies()
  jar.set(await sessionCookie(database(), vault(), { accountId: account.id, sid, expiresAt, secure }))
}

/** Where somebody goes who has signed in: to set up a second factor first, if one is missing. */
export function pathAfter({ limited }: SignedIn, next: string): string {
  if (!limited) return next
  return next === '/' ? '/set-up' : `/set-up?next=${encodeURIComponent(next)}`
}

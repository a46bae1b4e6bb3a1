import { decode, encode } from 'next-auth/jwt'
import { perProcess } from '@/lib/db/per-process'
import type { Database, Queryable } from '@/lib/db/pool'
import { deploymentSecret } from '@/lib/vault/deployment-secrets'
import type { Vault } from '@/lib/vault/vault'
import { beginSession, sessionHours } from './sessions'

/** The cookie that carries next-auth's token, as `cookies().set` and a browser under test take it. */
export interface SessionCookie {
  name: string
  value: string
  expires: Date
  path: '/'
  httpOnly: true
  sameSite: 'lax'
  secure: boolean
}

export const sessionSeconds = sessionHours * 3_600

/** next-auth's names; the browser takes one with the prefix over TLS only. */
export const sessionCookieName = (secure: boolean): string => (secure ? '__Secure-next-auth.session-token' : 'next-auth.session-token')

/** The secret of the deployment that cookies are encrypted with. */
export async function cookieSecret(db: Queryable, vault: Vault): Promise<string> {
  const secrets = perProcess('cookie-secrets', () => new WeakMap<Vault, string>())
  const known = secrets.get(vault)
  if (known) return known
  const secret = (await deploymentSecret(db, vault, 'sign-in-cookies')).toString('base64')
  secrets.set(vault, secret)
  return secret
}

/** The cookie of a session that has begun. */
export async function sessionCookie(
  db: Queryable,
  vault: Vault,
  session: { accountId: string; sid: string; expiresAt: Date; secure: boolean },
): Promise<SessionCookie> {
  const { accountId, sid, expiresAt, secure } = session
  const value = await encode({ token: { sub: accountId, sid }, secret: await cookieSecret(db, vault), maxAge: sessionSeconds })
  return { name: sessionCookieName(secure), value, expires: expiresAt, path: '/', httpOnly: true, sameSite: 'lax', secure }
}

/** The `sid` claim of a cookie; undefined when it is not one of ours. */
export async function sidOfCookie(db: Queryable, vault: Vault, value: string): Promise<string | undefined> {
  const secret = await cookieSecret(db, vault)
  const token = await decode({ token: value, secret }).catch(() => null)
  return typeof token?.sid === 'string' ? token.sid : undefined
}

/** Begins a session without a password, for browser tests: set the cookie and the account is signed in. */
export async function createSession(db: Database, vault: Vault, accountId: string, secure = false): Promise<SessionCookie> {
  const session = await beginSession(db, accountId)
  return sessionCookie(db, vault, { accountId, secure, ...session })
}

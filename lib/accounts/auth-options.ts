import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import type { Database } from '@/lib/db/pool'
import { env } from '@/lib/env'
import { FormError } from '@/lib/form-error'
import { reportIncident } from '@/lib/incident'
import type { Vault } from '@/lib/vault/vault'
import { visitor } from './current-account'
import { forwardedAddress } from './forwarded-address'
import { ExternalRefusal, oidcProvider, oidcProviderId, signInExternal } from './oidc'
import { cookieSecret, sessionSeconds } from './session-cookie'
import { sessionAccount, signOff } from './sessions'
import { signIn } from './sign-in'
import { answerChallenge } from './sign-in-second-step'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * next-auth on our own session table: its token carries nothing but the account's id and the `sid` of a row there, and a session
 * that has ended there has ended.
 */
export async function authOptions(db: Database, vault: Vault, { oidc } = env()): Promise<NextAuthOptions> {
  return {
    secret: await cookieSecret(db, vault),
    session: { strategy: 'jwt', maxAge: sessionSeconds },
    pages: { signIn: '/sign-in', signOut: '/', error: '/sign-in' },
    providers: [
      CredentialsProvider({
        name: 'E-mail and password',
        credentials: {
          email: { label: 'E-mail', type: 'email' },
          password: { label: 'Password', type: 'password' },
          code: { label: 'Code', type: 'text' },
        },
        authorize: async (credentials, request) => {
          const { headers } = request
          const from = { address: forwardedAddress(text(headers?.['x-forwarded-for'])), userAgent: text(headers?.['user-agent']) }
          const input = { email: text(credentials?.email), password: text(credentials?.password) }
          try {
            const first = await signIn(db, input, from)
            const { account, sid } =
              'session' in first
                ? first.session
                : await answerChallenge(db, vault, { token: first.challenge, code: text(credentials?.code) }, from)
            return { id: account.id, sid }
          } catch (error) {
            if (error instanceof FormError) return null
            throw new Error(`Something went wrong (${reportIncident(error, 'sign-in')}).`)
          }
        },
      }),
      ...(oidc ? [await oidcProvider(oidc)] : []),
    ],
    callbacks: {
      signIn: async ({ user, account, profile }) => {
        if (account?.provider !== oidcProviderId) return true
        if (!oidc) return false
        try {
          const { sid, account: known } = await signInExternal(db, oidc, { ...profile }, await visitor())
          Object.assign(user, { id: known.id, sid })
          return true
        } catch (error) {
          if (error instanceof ExternalRefusal) return `/sign-in?refused=${error.reason}`
          reportIncident(error, 'single sign-on')
          return '/sign-in?refused=failed'
        }
      },
      jwt: ({ token, user }) => (user && 'sid' in user ? { sub: user.id, sid: user.sid } : { sub: token.sub, sid: token.sid }),
      session: async ({ session, token }) => {
        const account = await sessionAccount(db, text(token.sid), new Date())
        if (!account) return { expires: new Date(0).toISOString() }
        const { email, name, role } = account
        return { expires: session.expires, user: { email, name, role } }
      },
    },
    events: {
      signOut: async ({ token }) => {
        if (token?.sid) await signOff(db, text(token.sid), new Date())
      },
    },
  }
}

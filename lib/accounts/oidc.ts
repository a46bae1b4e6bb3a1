import { readFile } from 'node:fs/promises'
import type { OAuthConfig } from 'next-auth/providers/oauth'
import { z } from 'zod'
import { insertExternalAccount, readExternalAccount, updateExternalAccount } from '@/lib/db/external-account-rows'
import { isUniqueViolation } from '@/lib/db/failures'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { type Account, accountActor, EmailInput, NameInput } from './account'
import { audit } from './audit'
import { type OidcSettings, roleOfGroups } from './oidc-settings'
import type { Role } from './roles'
import { endSessions } from './sessions'
import { openSession, type SignedIn, type Visitor } from './sign-in-begin'

export const oidcProviderId = 'oidc'

/** Why somebody who has signed in elsewhere does not get in here. */
export const EXTERNAL_REFUSALS = {
  'no-role': 'You are signed in at your identity provider, but none of your groups has a role here. Ask an administrator.',
  'no-email': 'Your identity provider does not say your e-mail address, or has not verified it. Ask whoever runs it.',
  'other-account': 'There is an account with a password under your e-mail address. Sign in with it, or ask an administrator.',
  disabled: 'Your account here is disabled. Ask an administrator.',
  failed: 'The sign-in at your identity provider did not come to its end. Try again.',
} as const
export type ExternalRefusalReason = keyof typeof EXTERNAL_REFUSALS

export class ExternalRefusal extends Error {
  override name = 'ExternalRefusal'
  constructor(readonly reason: ExternalRefusalReason) {
    super(EXTERNAL_REFUSALS[reason])
  }
}

const Claims = z.looseObject({
  sub: z.string().min(1).max(255),
  email: EmailInput,
  // OpenID Connect Core §5.1; one that is missing says nothing.
  email_verified: z.union([z.literal(true), z.literal('true')]).optional(),
  name: NameInput.optional().catch(undefined),
})

/** The generic OpenID Connect provider of next-auth: authorization code with PKCE, state and nonce; the ID token's claims are believed, no others. */
export async function oidcProvider({ issuer, clientId, clientSecret }: OidcSettings): Promise<OAuthConfig<Record<string, unknown>>> {
  const secret = 'value' in clientSecret ? clientSecret.value : (await readFile(clientSecret.file, 'utf8')).trim()
  return {
    id: oidcProviderId,
    name: 'Single sign-on',
    type: 'oauth',
    wellKnown: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    issuer,
    clientId,
    clientSecret: secret,
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    authorization: { params: { scope: 'openid email profile' } },
    profile: claims => ({ id: String(claims.sub) }),
  }
}

async function accountOf(tx: Transaction, issuer: string, claims: z.output<typeof Claims>, role: Role, now: Date): Promise<Account> {
  const { sub: subject, email, name = '' } = claims
  const found = await readExternalAccount(tx, issuer, subject)
  if (found?.disabledAt) throw new ExternalRefusal('disabled')
  if (found) {
    const account = { id: found.id, email, name: name || found.name, role }
    if (found.role !== role) await endSessions(tx, found.id, now)
    await updateExternalAccount(tx, account)
    if (found.role !== role || found.email !== email) {
      const detail = { role, before: found.role, ...(found.email === email ? {} : { emailBefore: found.email }), by: 'single sign-on' }
      await audit(tx, accountActor(account), 'account:write', { target: email, detail })
    }
    return account
  }
  const made = await insertExternalAccount(tx, { issuer, subject, email, name, role })
  if (!made) throw new Error('The account was not added.')
  const account = { id: made.id, email, name, role }
  await audit(tx, accountActor(account), 'account:write', { target: email, detail: { added: true, role, by: 'single sign-on' } })
  return account
}

/**
 * Begins the session of somebody whom the issuer has vouched for, with the role that their groups give now. An account is known by issuer and
 * subject, never by its e-mail address: whoever can choose an address elsewhere must not take over an account here.
 * @param claims of the verified ID token
 * @throws ExternalRefusal
 */
export async function signInExternal(
  db: Database,
  settings: OidcSettings,
  claims: Record<string, unknown>,
  { address, userAgent }: Visitor,
  now = new Date(),
): Promise<SignedIn> {
  const role = roleOfGroups(settings, claims)
  const parsed = Claims.safeParse(claims)
  if (!parsed.success) throw new ExternalRefusal('no-email')
  if (!role) {
    await dropRole(db, settings.issuer, parsed.data.sub, now)
    throw new ExternalRefusal('no-role')
  }
  try {
    return await transaction(db, async tx => {
      const account = await accountOf(tx, settings.issuer, parsed.data, role, now)
      return openSession(tx, account, { address, userAgent, factor: 'oidc', now })
    })
  } catch (error) {
    if (isUniqueViolation(error, 'account_email_key')) throw new ExternalRefusal('other-account')
    throw error
  }
}

/** Whoever has lost their groups loses the sessions that are left of them. */
const dropRole = (db: Database, issuer: string, subject: string, now: Date): Promise<void> =>
  transaction(db, async tx => {
    const found = await readExternalAccount(tx, issuer, subject)
    if (found) await endSessions(tx, found.id, now)
  })

import { z } from 'zod'
import { one, type Queryable } from '@/lib/db/pool'
import type { Actor } from './actor'
import { ROLE_NAMES, type Role } from './roles'

/** A member of staff. */
export interface Account {
  id: string
  /** Lower case. */
  email: string
  name: string
  role: Role
}

/** An account as the list of people shows it. */
export interface AccountRow extends Account {
  hasPassword: boolean
  createdAt: Date
  createdBy: string
  disabledAt: Date | null
  /** When a session of theirs was last used. */
  lastSeenAt: Date | null
  /** Running now */
  sessions: number
  /** An authenticator app or a passkey is set up. */
  hasSecondFactor: boolean
  /** They sign in elsewhere (OpenID Connect). */
  external: boolean
}

/**
 * The address of the account that the first start makes: nobody's, until the person with the first link says whose it is.
 * RFC 2606: .invalid never exists.
 */
export const unclaimedEmail = 'first-administrator@slipway.invalid'

export const EmailInput = z
  .string({ error: 'An e-mail address is needed.' })
  .trim()
  .toLowerCase()
  .max(254, 'An e-mail address has at most 254 characters.')
  .pipe(z.email('This is not an e-mail address.'))
  .refine(email => email !== unclaimedEmail, 'This is not an e-mail address.')

export const NameInput = z
  .string()
  .trim()
  .max(100, 'A name has at most 100 characters.')
  .regex(/^\P{Cc}*$/u, 'A name has no control characters.')

export const RoleInput = z.enum(ROLE_NAMES, { error: `A role is one of: ${ROLE_NAMES.join(', ')}.` })

/** Who a signed-in person is to the verbs. */
export const accountActor = (account: Account, address?: string): Actor => ({
  kind: 'account',
  name: account.email,
  role: account.role,
  accountId: account.id,
  ...(address ? { address } : {}),
})

/** All accounts by e-mail, the unclaimed one left out. */
export async function listAccounts(db: Queryable): Promise<AccountRow[]> {
  const { rows } = await db.query<AccountRow>({
    text: `SELECT id, email, name, role, password_hash IS NOT NULL AS "hasPassword", created_at AS "createdAt", created_by AS "createdBy",
        disabled_at AS "disabledAt", (SELECT max(last_seen_at) FROM account_session WHERE account_id = account.id) AS "lastSeenAt",
        (SELECT count(*)::int FROM account_session WHERE account_id = account.id AND revoked_at IS NULL AND expires_at > now()) AS sessions,
        totp_confirmed_at IS NOT NULL OR EXISTS (SELECT 1 FROM account_passkey WHERE account_id = account.id) AS "hasSecondFactor",
        oidc_subject IS NOT NULL AS external
      FROM account WHERE email <> $1 ORDER BY email`,
    values: [unclaimedEmail],
  })
  return rows
}

export const findAccount = (db: Queryable, email: string): Promise<Account | undefined> =>
  one<Account & Record<string, unknown>>(db, {
    text: 'SELECT id, email, name, role FROM account WHERE email = $1',
    values: [email.trim().toLowerCase()],
  })

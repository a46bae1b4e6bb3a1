import { type Database, one, type Queryable, transaction } from '@/lib/db/pool'
import { unclaimedEmail } from './account'
import { makeLink, type OneTimeLink } from './one-time-link'

/** Whether an administrator can sign in. */
export const hasAdministrator = async (db: Queryable): Promise<boolean> =>
  (await one(db, {
    text: `SELECT 1 FROM account WHERE role = 'administrator' AND password_hash IS NOT NULL AND disabled_at IS NULL LIMIT 1`,
  })) !== undefined

/**
 * The link with which the first administrator takes over, made at each start until one has a password; undefined from then on.
 * The account behind it is nobody's until the person says their e-mail address.
 */
export function firstAdministratorLink(db: Database, portalUrl: string, now = new Date()): Promise<OneTimeLink | undefined> {
  return transaction(db, async tx => {
    await tx.query({ text: `SELECT pg_advisory_xact_lock(hashtextextended('first administrator', 7270737))` })
    if (await hasAdministrator(tx)) return undefined
    await tx.query({
      text: `INSERT INTO account (email, role, created_by) VALUES ($1, 'administrator', 'start') ON CONFLICT DO NOTHING`,
      values: [unclaimedEmail],
    })
    const account = await one<{ id: string }>(tx, { text: 'SELECT id FROM account WHERE email = $1', values: [unclaimedEmail] })
    return account && makeLink(tx, account.id, portalUrl, now)
  })
}

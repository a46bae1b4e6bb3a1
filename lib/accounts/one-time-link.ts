import { createHash, randomBytes } from 'node:crypto'
import { one, type Queryable } from '@/lib/db/pool'
import type { Account } from './account'
import { linkMinutes } from './link-times'

/** A link with which a person sets a password, once; the database knows only the hash of its token. */
export interface OneTimeLink {
  url: string
  expiresAt: Date
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Makes a link for an account. Earlier ones stay good until one of them is used. */
export async function makeLink(
  db: Queryable,
  accountId: string,
  portalUrl: string,
  now: Date,
  minutes = linkMinutes,
): Promise<OneTimeLink> {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(now.getTime() + minutes * 60_000)
  await db.query({
    text: 'INSERT INTO one_time_link (token_hash, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)',
    values: [hashOf(token), accountId, now, expiresAt],
  })
  return { url: `${portalUrl}/set-password/${token}`, expiresAt }
}

/** Whose link it is; undefined when it was used, has expired or never was. */
export const findLink = (db: Queryable, token: string, now: Date): Promise<Account | undefined> =>
  one<Account & Record<string, unknown>>(db, {
    text: `SELECT account.id, email, name, role FROM one_time_link JOIN account ON account.id = account_id
      WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 AND disabled_at IS NULL`,
    values: [hashOf(token), now],
  })

/** Uses a link up, by compare-and-set, and all others of its account; false when somebody was quicker. */
export async function useLink(db: Queryable, token: string, now: Date): Promise<boolean> {
  const used = await one<{ account_id: string }>(db, {
    text: 'UPDATE one_time_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING account_id',
    values: [hashOf(token), now],
  })
  if (!used) return false
  await db.query({
    text: 'UPDATE one_time_link SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL',
    values: [used.account_id, now],
  })
  return true
}

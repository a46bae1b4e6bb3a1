import { createHash, randomBytes } from 'node:crypto'
import { endChallenges } from '@/lib/db/factor-rows'
import { one, type Queryable } from '@/lib/db/pool'
import type { Account } from './account'
import { ROLE_NAMES } from './roles'

export const sessionHours = 12
const seenEveryMs = 60_000
const forgetAfterDays = 30

/** How somebody proved who they are, when a session began. */
export type SignInFactor = 'password' | 'totp' | 'recovery' | 'passkey' | 'oidc' | 'link'

/** A session as its owner sees it in a list. `id` names it to `endSession`; it opens nothing. */
export interface SessionRow {
  id: string
  /** Null: begun before this was kept */
  factor: SignInFactor | null
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
  userAgent: string
  address: string
}

const hashOf = (sid: string): Buffer => createHash('sha256').update(sid).digest()

interface NewSession {
  userAgent?: string
  address?: string
  factor?: SignInFactor
  /** The person has to set up a second factor first: until then the session opens nothing else. */
  limited?: boolean
  now?: Date
}

/** Begins a session and returns its secret name, the `sid` claim; the database knows only its hash. */
export async function beginSession(
  db: Queryable,
  accountId: string,
  { userAgent = '', address = '', factor, limited = false, now = new Date() }: NewSession = {},
): Promise<{ sid: string; expiresAt: Date }> {
  const sid = randomBytes(32).toString('base64url')
  const expiresAt = new Date(now.getTime() + sessionHours * 3_600_000)
  await db.query({
    text: `INSERT INTO account_session (sid_hash, account_id, created_at, last_seen_at, expires_at, user_agent, address, factor, limited)
      VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8)`,
    values: [hashOf(sid), accountId, now, expiresAt, userAgent.slice(0, 300), address, factor ?? null, limited],
  })
  await db.query({
    text: 'DELETE FROM account_session WHERE expires_at < $1',
    values: [new Date(now.getTime() - forgetAfterDays * 86_400_000)],
  })
  return { sid, expiresAt }
}

/** A running session and whose it is. */
export interface RunningSession {
  account: Account
  /** As in the list of sessions */
  id: string
  factor: SignInFactor | null
  /** It opens nothing but the setting up of a second factor. */
  limited: boolean
}

/** The running session of a `sid`, limited or not; undefined when it has ended or its account is disabled. */
export async function runningSession(db: Queryable, sid: string, now: Date): Promise<RunningSession | undefined> {
  const sidHash = hashOf(sid)
  const row = await one<Account & Omit<RunningSession, 'account' | 'id'> & { lastSeenAt: Date }>(db, {
    name: 'running-session',
    text: `SELECT account.id, email, name, role, last_seen_at AS "lastSeenAt", factor, limited
      FROM account_session JOIN account ON account.id = account_id
      WHERE sid_hash = $1 AND revoked_at IS NULL AND expires_at > $2 AND disabled_at IS NULL`,
    values: [sidHash, now],
  })
  if (!row || !ROLE_NAMES.includes(row.role)) return undefined
  const { lastSeenAt, factor, limited, ...account } = row
  if (now.getTime() - lastSeenAt.getTime() > seenEveryMs) {
    await db.query({ text: 'UPDATE account_session SET last_seen_at = $2 WHERE sid_hash = $1', values: [sidHash, now] })
  }
  return { account, id: sidHash.toString('hex'), factor, limited }
}

/**
 * Who may act by this session: THE question before every page, action and route. Undefined when it has ended, its account is disabled, or a
 * second factor is still to be set up.
 */
export async function sessionAccount(db: Queryable, sid: string, now: Date): Promise<Account | undefined> {
  const session = await runningSession(db, sid, now)
  return session && !session.limited ? session.account : undefined
}

/** Notes with which second factor a session has proved itself. */
export const proveSession = (db: Queryable, sid: string, factor: 'totp' | 'passkey') =>
  db.query({ text: 'UPDATE account_session SET factor = $2 WHERE sid_hash = $1', values: [hashOf(sid), factor] })

/** Lifts the limit of a session that has proved itself with the second factor set up in it; false when it has not. */
export const liftLimit = async (db: Queryable, sid: string, now: Date): Promise<boolean> =>
  (await one(db, {
    text: `UPDATE account_session SET limited = false
      WHERE sid_hash = $1 AND limited AND factor IN ('totp', 'passkey') AND revoked_at IS NULL AND expires_at > $2 RETURNING 1 AS lifted`,
    values: [hashOf(sid), now],
  })) !== undefined

/** An account's running sessions, the last used first. */
export async function listSessions(db: Queryable, accountId: string, now: Date): Promise<SessionRow[]> {
  const { rows } = await db.query<SessionRow>({
    text: `SELECT encode(sid_hash, 'hex') AS id, created_at AS "createdAt", last_seen_at AS "lastSeenAt", expires_at AS "expiresAt",
        user_agent AS "userAgent", address, factor
      FROM account_session WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY last_seen_at DESC`,
    values: [accountId, now],
  })
  return rows
}

/** Ends one session of an account, by the id of its list. */
export const endSession = (db: Queryable, accountId: string, id: string, now: Date) =>
  db.query({
    text: `UPDATE account_session SET revoked_at = $3 WHERE account_id = $1 AND sid_hash = decode($2, 'hex') AND revoked_at IS NULL`,
    values: [accountId, /^[0-9a-f]{64}$/.test(id) ? id : '', now],
  })

/** Ends the session with this `sid`. */
export const signOff = (db: Queryable, sid: string, now: Date) =>
  db.query({ text: 'UPDATE account_session SET revoked_at = $2 WHERE sid_hash = $1 AND revoked_at IS NULL', values: [hashOf(sid), now] })

/** Ends all sessions of an account, and every sign-in that is half done; but the one with the `sid` of `except`. */
export async function endSessions(db: Queryable, accountId: string, now: Date, { except }: { except?: string } = {}): Promise<void> {
  await db.query({
    text: 'UPDATE account_session SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL AND sid_hash IS DISTINCT FROM $3',
    values: [accountId, now, except === undefined ? null : hashOf(except)],
  })
  await endChallenges(db, accountId)
}

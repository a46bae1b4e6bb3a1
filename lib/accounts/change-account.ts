import { removeFactors } from '@/lib/db/factor-rows'
import { type Database, one, type Transaction, transaction } from '@/lib/db/pool'
import { env } from '@/lib/env'
import { FormError } from '@/lib/form-error'
import { isMailAddress } from '@/lib/mail/mail-settings'
import type { Account } from './account'
import { type Actor, requireMay } from './actor'
import { audit } from './audit'
import { makeLink, type OneTimeLink } from './one-time-link'
import { mailPasswordLink } from './password-link-mail'
import type { Role } from './roles'
import { endSession, endSessions, listSessions, type SessionRow } from './sessions'

interface Found extends Account {
  disabledAt: Date | null
  /** Signs in elsewhere, and has the role that the groups there give */
  external: boolean
}

// One change of people at a time, so that two administrators cannot remove each other at once.
async function changing<T>(
  db: Database,
  actor: Actor,
  accountId: string,
  change: (tx: Transaction, account: Found) => Promise<T>,
): Promise<T> {
  requireMay(actor, 'account:write')
  return transaction(db, async tx => {
    await tx.query({ text: `SELECT pg_advisory_xact_lock(hashtextextended('accounts', 7270737))` })
    const account = await one<Found & Record<string, unknown>>(tx, {
      text: 'SELECT id, email, name, role, disabled_at AS "disabledAt", oidc_subject IS NOT NULL AS external FROM account WHERE id = $1 FOR UPDATE',
      values: [accountId],
    })
    if (!account) throw new FormError('This account does not exist any more.')
    return change(tx, account)
  })
}

async function requireAnotherAdministrator(tx: Transaction, account: Account): Promise<void> {
  if (account.role !== 'administrator') return
  const other = await one(tx, {
    text: `SELECT 1 FROM account WHERE role = 'administrator' AND password_hash IS NOT NULL AND disabled_at IS NULL AND id <> $1 LIMIT 1`,
    values: [account.id],
  })
  if (!other) throw new FormError('This is the only administrator who can sign in. Make another one first.')
}

/** Gives an account another role and ends its sessions. @throws NotAllowed, FormError */
export const changeRole = (db: Database, actor: Actor, accountId: string, role: Role, now = new Date()): Promise<void> =>
  changing(db, actor, accountId, async (tx, account) => {
    if (account.role === role) return
    if (account.external)
      throw new FormError('This person signs in elsewhere and has the role that their groups there give. Change it there.')
    await requireAnotherAdministrator(tx, account)
    await tx.query({ text: 'UPDATE account SET role = $2 WHERE id = $1', values: [accountId, role] })
    await endSessions(tx, accountId, now)
    await audit(tx, actor, 'account:write', { target: account.email, detail: { role, before: account.role } })
  })

/** Locks somebody out at once; what they did stays under their name. @throws NotAllowed, FormError */
export const disableAccount = (db: Database, actor: Actor, accountId: string, now = new Date()): Promise<void> =>
  changing(db, actor, accountId, async (tx, account) => {
    if (account.disabledAt) return
    await requireAnotherAdministrator(tx, account)
    await tx.query({ text: 'UPDATE account SET disabled_at = $2 WHERE id = $1', values: [accountId, now] })
    await tx.query({ text: 'UPDATE one_time_link SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL', values: [accountId, now] })
    await endSessions(tx, accountId, now)
    await audit(tx, actor, 'account:write', { target: account.email, detail: { disabled: true } })
  })

/** Lets somebody in again, with the password they had. @throws NotAllowed, FormError */
export const enableAccount = (db: Database, actor: Actor, accountId: string): Promise<void> =>
  changing(db, actor, accountId, async (tx, account) => {
    if (!account.disabledAt) return
    await tx.query({ text: 'UPDATE account SET disabled_at = NULL WHERE id = $1', values: [accountId] })
    await audit(tx, actor, 'account:write', { target: account.email, detail: { disabled: false } })
  })

function requirePasswordAccount({ disabledAt, external }: Found): void {
  if (disabledAt) throw new FormError('This account is disabled. Enable it first.')
  if (external) throw new FormError('This person signs in elsewhere and has no password here.')
}

/** A new link to set a password, for somebody who forgot theirs or let the first one expire. @throws NotAllowed, FormError */
export const newPasswordLink = (
  db: Database,
  actor: Actor,
  accountId: string,
  { portalUrl = env().portalUrl, now = new Date() }: { portalUrl?: string; now?: Date } = {},
): Promise<OneTimeLink> =>
  changing(db, actor, accountId, async (tx, account) => {
    requirePasswordAccount(account)
    const link = await makeLink(tx, accountId, portalUrl, now)
    await audit(tx, actor, 'account:write', { target: account.email, detail: { passwordLink: true } })
    return link
  })

/** The same by mail to the person: nobody else gets to see it. @throws NotAllowed, FormError */
export const mailNewPasswordLink = (
  db: Database,
  actor: Actor,
  accountId: string,
  { now = new Date() }: { now?: Date } = {},
): Promise<void> =>
  changing(db, actor, accountId, async (tx, account) => {
    requirePasswordAccount(account)
    if (!isMailAddress(account.email)) throw new FormError('No mail can be sent to the address of this account. Show the link instead.')
    const password = await one(tx, { text: 'SELECT 1 FROM account WHERE id = $1 AND password_hash IS NOT NULL', values: [accountId] })
    await mailPasswordLink(tx, account, actor, password ? 'newPassword' : 'invitation', now)
    await audit(tx, actor, 'account:write', { target: account.email, detail: { passwordLink: true, linkMailed: true } })
  })

/**
 * Takes every second factor from somebody who lost their phone and their recovery codes, and ends their sessions. They set one up anew at their
 * next sign-in. @throws NotAllowed, FormError
 */
export const resetFactors = (db: Database, actor: Actor, accountId: string, now = new Date()): Promise<void> =>
  changing(db, actor, accountId, async (tx, account) => {
    await removeFactors(tx, accountId)
    await endSessions(tx, accountId, now)
    await audit(tx, actor, 'account:write', { target: account.email, detail: { factors: 'reset' } })
  })

/** Somebody's running sessions. @throws NotAllowed */
export async function sessionsOf(db: Database, actor: Actor, accountId: string, now = new Date()): Promise<SessionRow[]> {
  requireMay(actor, 'account:write')
  return listSessions(db, accountId, now)
}

/** Ends one of somebody's sessions, or all of them when `sessionId` is left out. @throws NotAllowed, FormError */
export const endSessionsOf = (db: Database, actor: Actor, accountId: string, sessionId?: string, now = new Date()): Promise<void> =>
  changing(db, actor, accountId, async (tx, account) => {
    if (sessionId === undefined) await endSessions(tx, accountId, now)
    else await endSession(tx, accountId, sessionId, now)
    await audit(tx, actor, 'account:write', {
      target: account.email,
      detail: { sessions: sessionId === undefined ? 'all ended' : 'one ended' },
    })
  })

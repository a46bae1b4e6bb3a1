'use server'

import { z } from 'zod'
import { RoleInput } from '@/lib/accounts/account'
import { endSessionsOf, resetFactors, sessionsOf } from '@/lib/accounts/change-account'
import { requireSecondFactor } from '@/lib/accounts/factors/policy'
import { operatorAction } from '@/lib/action'
import type { ShownSession } from '../account/session-list'

const Person = z.object({ accountId: z.uuid() })

/** Somebody's running sessions. */
export const listSessionsOf = operatorAction(
  'account:write',
  Person,
  async ({ accountId }, { db, actor, now }): Promise<ShownSession[]> => {
    const rows = await sessionsOf(db, actor, accountId, now)
    return rows.map(({ createdAt, lastSeenAt, expiresAt, ...row }) => ({
      ...row,
      createdAt: createdAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
    }))
  },
)

/** Ends one of somebody's sessions, or all. */
export const endTheirSessions = operatorAction(
  'account:write',
  Person.extend({ sessionId: z.string().optional() }),
  async ({ accountId, sessionId }, { db, actor, now }) => {
    await endSessionsOf(db, actor, accountId, sessionId, now)
    return { accountId }
  },
)

/** For who lost their phone and their recovery codes. */
export const resetSecondFactor = operatorAction('account:write', Person, async ({ accountId }, { db, actor, now }) => {
  await resetFactors(db, actor, accountId, now)
  return { accountId }
})

/** Which roles sign in with a second factor. */
export const chooseSecondFactorRoles = operatorAction(
  'account:write',
  z.object({ roles: z.array(RoleInput).max(20) }),
  async ({ roles }, { db, actor }) => {
    await requireSecondFactor(db, actor, roles)
    return { roles }
  },
)

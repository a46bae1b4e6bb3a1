'use server'

import { z } from 'zod'
import { accountActor } from '@/lib/accounts/account'
import { audit } from '@/lib/accounts/audit'
import { changeOwnPassword, confirmPassword } from '@/lib/accounts/change-own-password'
import { currentSession, visitor } from '@/lib/accounts/current-account'
import {
  addPasskey,
  addTotp,
  type Own,
  offerPasskey,
  removePasskey,
  removeTotp,
  renewRecoveryCodes,
} from '@/lib/accounts/factors/own-factors'
import { RegistrationInput } from '@/lib/accounts/factors/passkeys'
import { offerTotp } from '@/lib/accounts/factors/totp'
import { endSession, endSessions } from '@/lib/accounts/sessions'
import { operatorAction } from '@/lib/action'
import { transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { keepSession } from '../../(sign-in)/keep-session'

async function own(): Promise<Own & { factor: NonNullable<Awaited<ReturnType<typeof currentSession>>>['factor'] }> {
  const session = await currentSession()
  if (!session) throw new FormError('This sign-in is over. Sign in again.')
  const { account, sid, limited, factor } = session
  return { account, sid, limited, factor, address: (await visitor()).address }
}

const password = z.string().max(2_000)
const Confirmed = z.object({ password })

export const changePassword = operatorAction(
  'account:own',
  z.object({ password, next: z.string().max(2_000) }),
  async (input, { db, now }) => {
    const { secure, ...from } = await visitor()
    await keepSession(await changeOwnPassword(db, await own(), input, from, now), secure)
    return {}
  },
)

/** A new secret for an authenticator app, shown to nobody but the person who has just typed their password. */
export const offerAuthenticator = operatorAction('account:own', Confirmed, async (input, { db, vault, now }) => {
  const { account } = await own()
  await confirmPassword(db, account, input.password, await visitor(), now)
  return offerTotp(vault, account)
})

export const keepAuthenticator = operatorAction(
  'account:own',
  z.object({ sealed: z.string().max(500), code: z.string().trim().min(1, 'A code is needed.').max(20) }),
  async (input, { db, vault, now }) => addTotp(db, vault, await own(), input, now),
)

export const removeAuthenticator = operatorAction('account:own', Confirmed, async (input, { db, now }) => {
  const mine = await own()
  await confirmPassword(db, mine.account, input.password, await visitor(), now)
  await removeTotp(db, mine)
  return {}
})

export const beginPasskey = operatorAction('account:own', Confirmed, async (input, { db, now }) => {
  const mine = await own()
  await confirmPassword(db, mine.account, input.password, await visitor(), now)
  return offerPasskey(db, mine, now)
})

export const keepPasskey = operatorAction(
  'account:own',
  z.object({ token: z.string().max(100), registration: RegistrationInput, name: z.string().trim().max(60).default('') }),
  async (input, { db, now }) => addPasskey(db, await own(), input, now),
)

export const forgetPasskey = operatorAction(
  'account:own',
  z.object({ credentialId: z.string().max(2_000), password }),
  async (input, { db, now }) => {
    const mine = await own()
    await confirmPassword(db, mine.account, input.password, await visitor(), now)
    await removePasskey(db, mine, input.credentialId)
    return {}
  },
)

export const renewCodes = operatorAction('account:own', Confirmed, async (input, { db, now }) => {
  const mine = await own()
  await confirmPassword(db, mine.account, input.password, await visitor(), now)
  return renewRecoveryCodes(db, mine, now)
})

/** Ends one of one's own sessions, or all but this one. */
export const endOwnSession = operatorAction(
  'account:own',
  z.object({
    sessionId: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  }),
  async ({ sessionId }, { db, now }) => {
    const { account, sid, address } = await own()
    await transaction(db, async tx => {
      if (sessionId === undefined) await endSessions(tx, account.id, now, { except: sid })
      else await endSession(tx, account.id, sessionId, now)
      await audit(tx, accountActor(account, address), 'account:sign-out', {
        target: account.email,
        detail: { sessions: sessionId === undefined ? 'all others' : 'one' },
      })
    })
    return {}
  },
)

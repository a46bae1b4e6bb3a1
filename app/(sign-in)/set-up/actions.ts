'use server'

import { redirect } from 'next/navigation'
import { z } from 'zod'
import { currentSession, visitor } from '@/lib/accounts/current-account'
import { addPasskey, addTotp, type FactorAdded, type Own, offerPasskey, renewRecoveryCodes } from '@/lib/accounts/factors/own-factors'
import { RegistrationInput } from '@/lib/accounts/factors/passkeys'
import { safeNext } from '@/lib/accounts/safe-next'
import { liftLimit } from '@/lib/accounts/sessions'
import { type ActionResult, refusalOf } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { vault } from '@/lib/vault/vault'

/** The person whose session is limited to setting up a second factor; nobody else has business here. */
async function own(): Promise<Own> {
  const session = await currentSession()
  if (!session?.limited) throw new FormError('This sign-in is over. Sign in again.')
  const { account, sid, limited } = session
  return { account, sid, limited, address: (await visitor()).address }
}

const answered = async <T>(work: () => Promise<T>): Promise<ActionResult<T>> => {
  try {
    return { ok: true, data: await work() }
  } catch (error) {
    return refusalOf(error, 'set-up')
  }
}

const TotpInput = z.object({ sealed: z.string().max(500), code: z.string().trim().min(1, 'A code is needed.').max(20) })
const PasskeyInput = z.object({ token: z.string().max(100), registration: RegistrationInput })

export const setUpTotpAction = async (input: z.input<typeof TotpInput>): Promise<ActionResult<FactorAdded>> =>
  answered(async () => addTotp(database(), vault(), await own(), TotpInput.parse(input)))

export const offerPasskeyAction = async (): Promise<ActionResult<Awaited<ReturnType<typeof offerPasskey>>>> =>
  answered(async () => offerPasskey(database(), await own()))

export const setUpPasskeyAction = async (input: z.input<typeof PasskeyInput>): Promise<ActionResult<FactorAdded>> =>
  answered(async () => addPasskey(database(), await own(), { ...PasskeyInput.parse(input), name: 'First passkey' }))

/** For who left the page before keeping the codes: this session has just proved itself with the factor. */
export const recoveryCodesAction = async (): Promise<ActionResult<string[]>> =>
  answered(async () => {
    const session = await currentSession()
    if (session?.factor !== 'totp' && session?.factor !== 'passkey') throw new FormError('Set up a second factor first.')
    return renewRecoveryCodes(database(), await own())
  })

/** On into the portal, once the second factor is there. */
export async function finishSetUpAction(form: FormData): Promise<void> {
  const session = await currentSession()
  if (session?.limited) await liftLimit(database(), session.sid, new Date())
  redirect(safeNext(form.get('next')))
}

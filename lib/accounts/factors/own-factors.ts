import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import { countFactors, deletePasskey, insertPasskey, lockFactors, removeTotpRow, writeTotp } from '@/lib/db/factor-rows'
import { isUniqueViolation } from '@/lib/db/failures'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import type { Vault } from '@/lib/vault/vault'
import { type Account, accountActor } from '../account'
import { audit } from '../audit'
import { endSessions, proveSession } from '../sessions'
import { attemptChallenge, beginChallenge, finishChallenge } from './challenges'
import { type Registration, registrationOptions, relyingParty, verifiedRegistration } from './passkeys'
import { secondFactorRoles } from './policy'
import { makeRecoveryCodes } from './recovery-codes'
import { confirmedTotp } from './totp'

/** Who changes their own second factors, in which session. */
export interface Own {
  account: Account
  sid: string
  /** The session of a person who is setting up their first one */
  limited: boolean
  address: string
}

export interface FactorAdded {
  /** To be shown once; none when earlier ones are still good */
  recoveryCodes: string[]
}

const wrongCode = 'This code does not fit. Look whether the clock of your phone is right, and type the code that the app shows now.'

const record = (tx: Transaction, { account, address }: Own, detail: Record<string, unknown>) =>
  audit(tx, accountActor(account, address), 'account:write', { target: account.email, detail })

/**
 * Adds a factor. With the first one come recovery codes, and every other session of the account ends: one that was begun with the password
 * alone must not live on.
 */
async function adding(
  db: Database,
  own: Own,
  factor: 'totp' | 'passkey',
  now: Date,
  add: (tx: Transaction) => Promise<void>,
): Promise<FactorAdded> {
  return transaction(db, async tx => {
    await lockFactors(tx, own.account.id)
    const { totpSince, passkeys, recoveryCodes } = await countFactors(tx, own.account.id)
    const first = !totpSince && passkeys === 0
    if (own.limited && !first) throw new FormError('A second factor was set up elsewhere just now. Sign out, and sign in with it.')
    await add(tx)
    if (first || own.limited) await proveSession(tx, own.sid, factor)
    if (first) await endSessions(tx, own.account.id, now, { except: own.sid })
    await record(tx, own, { factor, added: true })
    return { recoveryCodes: first || recoveryCodes === 0 ? await makeRecoveryCodes(tx, own.account.id, now) : [] }
  })
}

/** Keeps an authenticator app whose first code is right, in place of an earlier one. @throws FormError */
export async function addTotp(
  db: Database,
  vault: Vault,
  own: Own,
  offered: { sealed: string; code: string },
  now = new Date(),
): Promise<FactorAdded> {
  const confirmed = await confirmedTotp(vault, own.account.id, offered, now)
  if (!confirmed) throw new FormError(wrongCode, { code: wrongCode })
  return adding(db, own, 'totp', now, async tx => {
    await writeTotp(tx, own.account.id, { ...confirmed, now })
  })
}

/** Begins to make a passkey. @throws FormError where browsers allow none */
export async function offerPasskey(
  db: Database,
  { account }: Pick<Own, 'account'>,
  now = new Date(),
): Promise<{ token: string; options: PublicKeyCredentialCreationOptionsJSON }> {
  const party = relyingParty()
  if (!party) throw new FormError('Passkeys need the portal under a host name and over HTTPS.')
  const options = await registrationOptions(db, party, account)
  const { challenge } = options
  return { token: await beginChallenge(db, { purpose: 'passkey-registration', accountId: account.id, challenge }, now), options }
}

/** Keeps a passkey that the browser has made. @throws FormError */
export async function addPasskey(
  db: Database,
  own: Own,
  { token, registration, name }: { token: string; registration: Registration; name: string },
  now = new Date(),
): Promise<FactorAdded> {
  const party = relyingParty()
  const open = await attemptChallenge(db, token, 'passkey-registration', now)
  if (!party || !open?.challenge || open.accountId !== own.account.id) throw new FormError('This took too long. Try again.')
  const made = await verifiedRegistration(party, open.challenge, registration)
  if (!made) throw new FormError('The browser’s answer does not fit this portal. Try again, or use an authenticator app.')
  try {
    return await adding(db, own, 'passkey', now, async tx => {
      if (!(await finishChallenge(tx, token, now))) throw new FormError('This took too long. Try again.')
      await insertPasskey(tx, { ...made, accountId: own.account.id, name, createdAt: now })
    })
  } catch (error) {
    if (!isUniqueViolation(error, 'account_passkey_pkey')) throw error
    throw new FormError('This passkey is known already.')
  }
}

/** @throws FormError when it is the last one and the role needs one */
async function requireOneLeft(tx: Transaction, { account }: Own): Promise<void> {
  const { totpSince, passkeys } = await countFactors(tx, account.id)
  if (totpSince || passkeys > 0 || !(await secondFactorRoles(tx)).includes(account.role)) return
  throw new FormError('This is your only second factor, and your role needs one. Add another one first.')
}

/** Forgets a passkey. @throws FormError */
export const removePasskey = (db: Database, own: Own, credentialId: string): Promise<void> =>
  transaction(db, async tx => {
    await lockFactors(tx, own.account.id)
    const name = await deletePasskey(tx, own.account.id, credentialId)
    if (name === undefined) throw new FormError('This passkey was removed already.')
    await requireOneLeft(tx, own)
    await record(tx, own, { factor: 'passkey', name, added: false })
  })

/** Forgets the authenticator app. @throws FormError */
export const removeTotp = (db: Database, own: Own): Promise<void> =>
  transaction(db, async tx => {
    await lockFactors(tx, own.account.id)
    await removeTotpRow(tx, own.account.id)
    await requireOneLeft(tx, own)
    await record(tx, own, { factor: 'totp', added: false })
  })

/** New recovery codes in place of the earlier ones, to be shown once. @throws FormError */
export const renewRecoveryCodes = (db: Database, own: Own, now = new Date()): Promise<string[]> =>
  transaction(db, async tx => {
    await lockFactors(tx, own.account.id)
    const { totpSince, passkeys } = await countFactors(tx, own.account.id)
    if (!totpSince && passkeys === 0) throw new FormError('Recovery codes come with a second factor. Set one up first.')
    await record(tx, own, { recoveryCodes: 'renewed' })
    return makeRecoveryCodes(tx, own.account.id, now)
  })

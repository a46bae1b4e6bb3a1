import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import { type Database, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { attemptChallenge, beginChallenge, finishChallenge } from './factors/challenges'
import { type Assertion, assertionOptions, relyingParty, takeAssertion } from './factors/passkeys'
import { forgetAttempts, takeAttempt } from './sign-in-attempts'
import { enabledAccount, openSession, refuseToWait, type SignedIn, type Visitor } from './sign-in-begin'

const noPasskeys = 'Passkeys need the portal under a host name and over HTTPS. Use your password here.'
const unknown = 'This portal does not know this passkey. Sign in with your password.'

/** Begins a sign-in with a passkey alone. @throws FormError where browsers allow none */
export async function offerPasskeySignIn(
  db: Database,
  now = new Date(),
): Promise<{ token: string; options: PublicKeyCredentialRequestOptionsJSON }> {
  const party = relyingParty()
  if (!party) throw new FormError(noPasskeys)
  const options = await assertionOptions(db, party)
  return { token: await beginChallenge(db, { purpose: 'passkey-sign-in', challenge: options.challenge }, now), options }
}

/**
 * Signs in by a passkey alone: having it and unlocking it are two factors.
 * @throws FormError when it is not known, over, or with how long to wait
 */
export async function signInWithPasskey(
  db: Database,
  { token, assertion }: { token: string; assertion: Assertion },
  visitor: Visitor,
  now = new Date(),
): Promise<SignedIn> {
  const party = relyingParty()
  const attempt = { email: 'passkey', address: visitor.address, now }
  refuseToWait(await takeAttempt(db, attempt))
  const open = await attemptChallenge(db, token, 'passkey-sign-in', now)
  const { challenge } = open ?? {}
  if (!party || !challenge) throw new FormError('This sign-in took too long. Try again.')
  const session = await transaction(db, async tx => {
    const accountId = await takeAssertion(tx, party, { challenge, assertion }, now)
    const account = accountId ? await enabledAccount(tx, accountId) : undefined
    if (!account) return undefined
    if (!(await finishChallenge(tx, token, now))) throw new FormError('This sign-in took too long. Try again.')
    return openSession(tx, account, { ...visitor, factor: 'passkey', now })
  })
  if (!session) throw new FormError(unknown)
  await forgetAttempts(db, attempt)
  return session
}

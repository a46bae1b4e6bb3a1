import { isIP } from 'node:net'
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { z } from 'zod'
import { advancePasskey, listPasskeyRows, type PasskeyRow, readPasskey } from '@/lib/db/factor-rows'
import type { Queryable } from '@/lib/db/pool'
import { env } from '@/lib/env'

/** Under which name passkeys belong to this portal. */
export interface RelyingParty {
  id: string
  origin: string
}

/** The portal's own; undefined where browsers allow no passkeys: an address instead of a name, or no TLS. */
export function relyingParty(portalUrl = env().portalUrl): RelyingParty | undefined {
  const { hostname, origin, protocol } = new URL(portalUrl)
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost')
  if (isIP(hostname.replace(/^\[|\]$/g, '')) || (protocol !== 'https:' && !isLocal)) return undefined
  return { id: hostname, origin }
}

const Base64Url = z
  .string()
  .max(20_000)
  .regex(/^[\w-]*$/)

/** WebAuthn §5.8.1: what a browser says of a new passkey. */
export const RegistrationInput = z.object({
  id: Base64Url,
  rawId: Base64Url,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: Base64Url,
    attestationObject: Base64Url,
    transports: z.array(z.string().max(32)).max(10).optional(),
  }),
  clientExtensionResults: z.unknown().transform(() => ({})),
})

/** WebAuthn §5.8.1: what a browser says with a passkey. */
export const AssertionInput = z.object({
  id: Base64Url,
  rawId: Base64Url,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: Base64Url,
    authenticatorData: Base64Url,
    signature: Base64Url,
    userHandle: Base64Url.optional(),
  }),
  clientExtensionResults: z.unknown().transform(() => ({})),
})

export type Registration = z.output<typeof RegistrationInput>
export type Assertion = z.output<typeof AssertionInput>

const userIdOf = (accountId: string): string => Buffer.from(accountId).toString('base64url')

/** What the browser needs to make a passkey that signs in by itself: discoverable, with user verification. */
export async function registrationOptions(
  db: Queryable,
  { id, origin: _ }: RelyingParty,
  account: { id: string; email: string; name: string },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const known = await listPasskeyRows(db, account.id)
  return generateRegistrationOptions({
    rpName: 'Slipway',
    rpID: id,
    userName: account.email,
    userDisplayName: account.name || account.email,
    userID: new Uint8Array(Buffer.from(account.id)),
    attestationType: 'none',
    excludeCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** Checks a new passkey against its challenge. @returns undefined when something does not fit */
export async function verifiedRegistration(
  party: RelyingParty,
  challenge: string,
  registration: Registration,
): Promise<Pick<PasskeyRow, 'credentialId' | 'publicKey' | 'counter' | 'transports' | 'backedUp'> | undefined> {
  const verified = await verifyRegistrationResponse({
    response: registration as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
  }).catch(() => undefined)
  if (!verified?.verified) return undefined
  const { credential, credentialBackedUp } = verified.registrationInfo
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: registration.response.transports ?? [],
    backedUp: credentialBackedUp,
  }
}

/** What the browser needs to prove itself with a passkey: of this account, or of whom it will say. */
export async function assertionOptions(
  db: Queryable,
  party: RelyingParty,
  accountId?: string,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const known = accountId ? await listPasskeyRows(db, accountId) : []
  return generateAuthenticationOptions({
    rpID: party.id,
    userVerification: 'required',
    ...(accountId ? { allowCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })) } : {}),
  })
}

/**
 * Checks a proof with a passkey and moves its counter on.
 * @param accountId whose it must be; left out: whoever the passkey says
 * @returns whose passkey it is; undefined when something does not fit
 */
export async function takeAssertion(
  db: Queryable,
  party: RelyingParty,
  { challenge, assertion, accountId }: { challenge: string; assertion: Assertion; accountId?: string | undefined },
  now: Date,
): Promise<string | undefined> {
  const passkey = await readPasskey(db, assertion.id)
  if (!passkey || (accountId !== undefined && passkey.accountId !== accountId)) return undefined
  const { userHandle } = assertion.response
  if (userHandle !== undefined && userHandle !== userIdOf(passkey.accountId)) return undefined
  const verified = await verifyAuthenticationResponse({
    response: assertion as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    credential: { id: passkey.credentialId, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter },
  }).catch(() => undefined)
  if (!verified?.verified) return undefined
  const { newCounter, credentialBackedUp } = verified.authenticationInfo
  const use = { credentialId: passkey.credentialId, counter: newCounter, before: passkey.counter, backedUp: credentialBackedUp, now }
  return (await advancePasskey(db, use)) ? passkey.accountId : undefined
}

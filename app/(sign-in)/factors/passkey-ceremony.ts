'use client'

import {
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser'

const reasons: Partial<Record<WebAuthnError['code'], string>> = {
  ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED: 'This device holds a passkey of this account already.',
  ERROR_INVALID_DOMAIN: 'Passkeys do not work under the address that this page was opened with. Open the portal by its usual name.',
  ERROR_INVALID_RP_ID: 'Passkeys do not work under the address that this page was opened with. Open the portal by its usual name.',
  ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT: 'This device cannot ask for a PIN, a finger or a face. Use another one.',
  ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT: 'This device cannot keep a passkey. Use another one.',
}

const said = (error: unknown): string =>
  (error instanceof WebAuthnError && reasons[error.code]) ||
  'The browser did not finish this: it was cancelled, took too long, or there is no passkey for this portal. Try again, or use a code.'

type Ceremony<T> = { ok: true; data: T } | { ok: false; message: string }

const inWords = async <T>(ceremony: () => Promise<T>): Promise<Ceremony<T>> => {
  try {
    return { ok: true, data: await ceremony() }
  } catch (error) {
    return { ok: false, message: said(error) }
  }
}

/** Lets the browser ask for a passkey; a refusal comes in words. */
export const askForPasskey = (options: PublicKeyCredentialRequestOptionsJSON): Promise<Ceremony<AuthenticationResponseJSON>> =>
  inWords(() => startAuthentication({ optionsJSON: options }))

/** Lets the browser make a passkey; a refusal comes in words. */
export const makePasskey = (options: PublicKeyCredentialCreationOptionsJSON): Promise<Ceremony<RegistrationResponseJSON>> =>
  inWords(() => startRegistration({ optionsJSON: options }))

'use server'

import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { accountActor } from '@/lib/accounts/account'
import { audit } from '@/lib/accounts/audit'
import { currentSession, currentSid, visitor } from '@/lib/accounts/current-account'
import { AssertionInput } from '@/lib/accounts/factors/passkeys'
import { safeNext } from '@/lib/accounts/safe-next'
import { sessionCookieName } from '@/lib/accounts/session-cookie'
import { signOff } from '@/lib/accounts/sessions'
import { setPassword } from '@/lib/accounts/set-password'
import { type SignInAnswer, signIn, signInAfterLink } from '@/lib/accounts/sign-in'
import { offerPasskeySignIn, signInWithPasskey } from '@/lib/accounts/sign-in-passkey'
import { answerChallenge } from '@/lib/accounts/sign-in-second-step'
import { type ActionResult, refusalOf } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { vault } from '@/lib/vault/vault'
import { emptyForm, type FormState } from './form-state'
import { keepSession, pathAfter } from './keep-session'

const text = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

function refused(error: unknown, where: string, form: FormData): FormState {
  const { message, fields } = refusalOf(error, where)
  return { message, fields, email: text(form, 'email'), name: text(form, 'name') }
}

/** A first step that was right: on with the second, or in. @returns where to go, or what to ask for */
async function afterFirst(answer: SignInAnswer, secure: boolean, next: string): Promise<string | FormState> {
  if ('challenge' in answer) return { ...emptyForm, challenge: answer }
  await keepSession(answer.session, secure)
  return pathAfter(answer.session, next)
}

export async function signInAction(_: FormState, form: FormData): Promise<FormState> {
  let to: string | FormState
  try {
    const { secure, ...from } = await visitor()
    const answer = await signIn(database(), { email: text(form, 'email'), password: text(form, 'password') }, from)
    to = await afterFirst(answer, secure, safeNext(text(form, 'next')))
  } catch (error) {
    return refused(error, 'sign-in', form)
  }
  if (typeof to !== 'string') return to
  redirect(to)
}

export async function setPasswordAction(_: FormState, form: FormData): Promise<FormState> {
  let to: string | FormState
  try {
    const { secure, ...from } = await visitor()
    const input = { password: text(form, 'password'), email: text(form, 'email'), name: text(form, 'name') }
    const account = await setPassword(database(), text(form, 'token'), input, from)
    to = await afterFirst(await signInAfterLink(database(), account, from), secure, '/')
  } catch (error) {
    return refused(error, 'set-password', form)
  }
  if (typeof to !== 'string') return to
  redirect(to)
}

const token = z.string().max(100)
const CodeStep = z.object({ token, code: z.string().trim().min(1, 'A code is needed.').max(100) })
const PasskeyStep = z.object({ token, assertion: AssertionInput, next: z.string() })

/** The second step by a code. */
export async function answerCodeAction(_: FormState, form: FormData): Promise<FormState> {
  let to: string
  try {
    const { secure, ...from } = await visitor()
    const step = CodeStep.parse({ token: text(form, 'token'), code: text(form, 'code') })
    const session = await answerChallenge(database(), vault(), step, from)
    await keepSession(session, secure)
    to = pathAfter(session, safeNext(text(form, 'next')))
  } catch (error) {
    return refused(error, 'second step', form)
  }
  redirect(to)
}

/** The second step by a passkey. */
export async function answerPasskeyAction(input: z.input<typeof PasskeyStep>): Promise<ActionResult<string>> {
  try {
    const { secure, ...from } = await visitor()
    const { next, ...step } = PasskeyStep.parse(input)
    const session = await answerChallenge(database(), vault(), step, from)
    await keepSession(session, secure)
    return { ok: true, data: pathAfter(session, safeNext(next)) }
  } catch (error) {
    return refusalOf(error, 'second step')
  }
}

/** Begins a sign-in by a passkey alone. */
export async function offerPasskeySignInAction(): Promise<ActionResult<Awaited<ReturnType<typeof offerPasskeySignIn>>>> {
  try {
    return { ok: true, data: await offerPasskeySignIn(database()) }
  } catch (error) {
    return refusalOf(error, 'passkey')
  }
}

/** Signs in by a passkey alone. */
export async function signInWithPasskeyAction(input: z.input<typeof PasskeyStep>): Promise<ActionResult<string>> {
  try {
    const { secure, ...from } = await visitor()
    const { next, ...step } = PasskeyStep.parse(input)
    const session = await signInWithPasskey(database(), step, from)
    await keepSession(session, secure)
    return { ok: true, data: pathAfter(session, safeNext(next)) }
  } catch (error) {
    return refusalOf(error, 'passkey')
  }
}

export async function signOutAction(): Promise<void> {
  const { secure, address } = await visitor()
  const [session, sid] = await Promise.all([currentSession(), currentSid()])
  if (sid) await signOff(database(), sid, new Date())
  if (session) {
    const { account } = session
    await audit(database(), accountActor(account, address), 'account:sign-out', { target: account.email })
  }
  const jar = await cookies()
  jar.set({ name: sessionCookieName(secure), value: '', maxAge: 0, path: '/', httpOnly: true, sameSite: 'lax', secure })
  redirect('/sign-in')
}

'use server'

import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { accountActor } from '@/lib/accounts/account'
import { audit } from '@/lib/accounts/audit'
import { currentAccount, currentSid, visitor } from '@/lib/accounts/current-account'
import { safeNext } from '@/lib/accounts/safe-next'
import { sessionCookie, sessionCookieName } from '@/lib/accounts/session-cookie'
import { signOff } from '@/lib/accounts/sessions'
import { setPassword } from '@/lib/accounts/set-password'
import { type SignedIn, signIn, signInAfterLink } from '@/lib/accounts/sign-in'
import { refusalOf } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { vault } from '@/lib/vault/vault'

/** What a form shows after it was refused; what was typed comes back, but no password. */
export interface FormState {
  message: string
  fields: Record<string, string>
  email: string
  name: string
}

const text = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

async function keepSession({ account, sid, expiresAt }: SignedIn, secure: boolean): Promise<void> {
  const jar = await cookies()
  jar.set(await sessionCookie(database(), vault(), { accountId: account.id, sid, expiresAt, secure }))
}

function refused(error: unknown, where: string, form: FormData): FormState {
  const { message, fields } = refusalOf(error, where)
  return { message, fields, email: text(form, 'email'), name: text(form, 'name') }
}

export async function signInAction(_: FormState, form: FormData): Promise<FormState> {
  try {
    const { secure, ...from } = await visitor()
    const signedIn = await signIn(database(), { email: text(form, 'email'), password: text(form, 'password') }, from)
    await keepSession(signedIn, secure)
  } catch (error) {
    return refused(error, 'sign-in', form)
  }
  redirect(safeNext(text(form, 'next')))
}

export async function setPasswordAction(_: FormState, form: FormData): Promise<FormState> {
  try {
    const { secure, ...from } = await visitor()
    const input = { password: text(form, 'password'), email: text(form, 'email'), name: text(form, 'name') }
    const account = await setPassword(database(), text(form, 'token'), input, from)
    await keepSession(await signInAfterLink(database(), account, from), secure)
  } catch (error) {
    return refused(error, 'set-password', form)
  }
  redirect('/')
}

export async function signOutAction(): Promise<void> {
  const { secure, address } = await visitor()
  const [account, sid] = await Promise.all([currentAccount(), currentSid()])
  if (sid) await signOff(database(), sid, new Date())
  if (account) await audit(database(), accountActor(account, address), 'account:sign-out', { target: account.email })
  const jar = await cookies()
  jar.set({ name: sessionCookieName(secure), value: '', maxAge: 0, path: '/', httpOnly: true, sameSite: 'lax', secure })
  redirect('/sign-in')
}

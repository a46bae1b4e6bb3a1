'use server'

import { cookies } from 'next/headers'
import { readTheme, THEME_COOKIE } from '@/components/shell/theme'

/** Keeps the choice of colours in the caller's own browser, signed in or not. */
export async function chooseTheme(theme: string): Promise<void> {
  const jar = await cookies()
  jar.set(THEME_COOKIE, readTheme(theme), { path: '/', maxAge: 365 * 86_400, sameSite: 'lax', httpOnly: true })
}

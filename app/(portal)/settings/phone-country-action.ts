'use server'

import { z } from 'zod'
import { CountryCode, setCountryCode } from '@/lib/accounts/phone-country'
import { operatorAction } from '@/lib/action'

export const keepCountryCode = operatorAction('settings:write', z.object({ code: CountryCode }), async ({ code }, { db, actor }) => {
  await setCountryCode(db, actor, code)
  return { code }
})

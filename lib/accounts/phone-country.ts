import { z } from 'zod'
import { type Database, transaction } from '@/lib/db/pool'
import { COUNTRY_CODE_SETTING } from '@/lib/db/portal/phone-numbers'
import { writeSetting } from '@/lib/db/setting-rows'
import { type Actor, requireMay } from './actor'
import { audit } from './audit'

/** ITU-T E.164: one to three digits, none of which begins with 0; empty for none. */
export const CountryCode = z
  .string()
  .trim()
  .transform(code => code.replace(/^(\+|00)/, ''))
  .pipe(z.string().regex(/^([1-9][0-9]{0,2})?$/, 'A country calling code has one to three digits, such as 49.'))

/** Says in which country customers read out phone numbers without its code; empty: in none. @throws NotAllowed */
export async function setCountryCode(db: Database, actor: Actor, code: string): Promise<void> {
  requireMay(actor, 'settings:write')
  await transaction(db, async tx => {
    await writeSetting(tx, COUNTRY_CODE_SETTING, { code }, actor.name)
    await audit(tx, actor, 'settings:write', { target: 'country of phone numbers', detail: { countryCode: code } })
  })
}

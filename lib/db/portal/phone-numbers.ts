import type { Queryable } from '../pool'
import { readSetting } from '../setting-rows'

/** The name of the setting with the country calling code of numbers that are read out without one. */
export const COUNTRY_CODE_SETTING = 'phone-country-code'

/** Fewer digits are the end of an ICCID rather than a number as it is dialled at home. */
const shortestNational = 6

/** ITU-T E.164 */
const longestNumber = 15

/** The calling code of the country in which customers read out their numbers; undefined when nobody has set one. */
export async function readCountryCode(db: Queryable): Promise<string | undefined> {
  const code = ((await readSetting(db, COUNTRY_CODE_SETTING))?.value as { code?: unknown } | undefined)?.code
  return typeof code === 'string' && code !== '' ? code : undefined
}

/**
 * Which international numbers, as digits without a plus, somebody may mean who reads out or types these digits: after the prefix 00 (011
 * where the country code is 1), and, where the country is known, as dialled at home. A leading 0 belongs to the number in some countries
 * and to dialling in others, so both are looked for.
 */
export function internationalNumbers(digits: string, countryCode?: string): string[] {
  const dialled = /^00([1-9].*)$/.exec(digits)?.[1] ?? (countryCode === '1' ? /^011([1-9].*)$/.exec(digits)?.[1] : undefined)
  if (dialled !== undefined) return dialled.length <= longestNumber ? [dialled] : []
  if (countryCode === undefined || digits.length < shortestNational) return []
  const readings = [countryCode + digits, ...(/^0./.test(digits) ? [countryCode + digits.slice(1)] : [])]
  return readings.filter(number => number.length <= longestNumber)
}

import { type Database, type Queryable, transaction } from '@/lib/db/pool'
import { readSetting, writeSetting } from '@/lib/db/setting-rows'
import { type Actor, requireMay } from './actor'
import { audit } from './audit'
import { may, type Role } from './roles'

const setting = 'support-sees-codes'

/** How much of what devices and codes are known by is shown to somebody. */
export interface Sight {
  /** Whole EIDs and IMEIs, else their last four digits */
  eids: boolean
  /** Whole activation codes and matching IDs and their QR codes, else the last four characters */
  codes: boolean
}

/** Whether the support desk sees whole activation codes; not until somebody switches it on. */
export const supportSeesCodes = async (db: Queryable): Promise<boolean> => (await readSetting(db, setting))?.value === true

/** @throws NotAllowed */
export async function setSupportSeesCodes(db: Database, actor: Actor, seen: boolean): Promise<void> {
  requireMay(actor, 'settings:write')
  await transaction(db, async tx => {
    await writeSetting(tx, setting, seen, actor.name)
    await audit(tx, actor, 'settings:write', { target: 'whole activation codes for support', detail: { seen } })
  })
}

/** What a role sees. Whoever may read links can be let see the codes behind them, by the setting. */
export async function sightOf(db: Queryable, role: Role): Promise<Sight> {
  return {
    eids: may(role, 'identity:read'),
    codes: may(role, 'order:codes') || (may(role, 'link:read') && (await supportSeesCodes(db))),
  }
}

const masked = (text: string): string => `••••${text.slice(-4)}`
const eids = /(?<![0-9])[0-9]{32}(?![0-9])/g
const codes = /(?<=\b1\$[^$\s]{1,255}\$)[A-Z0-9-]+/g
const codeFields = new Set(['matchingId', 'activationCode'])
const deviceFields = new Set(['imei'])

const hidden = (text: string, sight: Sight): string => {
  const without = sight.eids ? text : text.replace(eids, masked)
  return sight.codes ? without : without.replace(codes, masked)
}

/**
 * The same, with what somebody does not see masked to its last four characters: EIDs wherever they stand, IMEIs and matching IDs by the
 * name of their field (or of the `name` beside a `value`), matching IDs within activation codes too. What it is applied to may go to the
 * browser.
 */
export function hide<T>(value: T, sight: Sight): T {
  return sight.eids && sight.codes ? value : (hideIn(value, sight) as T)
}

function hideIn(value: unknown, sight: Sight): unknown {
  if (typeof value === 'string') return hidden(value, sight)
  if (Array.isArray(value)) return value.map(each => hideIn(each, sight))
  if (typeof value !== 'object' || value === null) return value
  const prototype = Object.getPrototypeOf(value)
  // Moments, octets and the like hold neither.
  if (prototype !== Object.prototype && prototype !== null) return value
  const title = 'name' in value && typeof value.name === 'string' ? value.name : undefined
  return Object.fromEntries(
    Object.entries(value).map(([member, each]) => {
      const field = member === 'value' && title ? title : member
      const isHidden = (!sight.codes && codeFields.has(field)) || (!sight.eids && deviceFields.has(field))
      return [member, isHidden && typeof each === 'string' && each !== '' ? masked(each) : hideIn(each, sight)]
    }),
  )
}

/** Whether something names a device so that it can be told from all others: a whole EID or IMEI. */
export const showsDevice = (value: unknown): boolean =>
  JSON.stringify(hideIn(value, { eids: false, codes: true })) !== JSON.stringify(value)

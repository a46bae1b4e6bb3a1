import { z } from 'zod'
import { limitSessions } from '@/lib/db/factor-rows'
import { type Database, type Queryable, transaction } from '@/lib/db/pool'
import { readSetting, writeSetting } from '@/lib/db/setting-rows'
import { type Actor, requireMay } from '../actor'
import { audit } from '../audit'
import { ROLE_NAMES, type Role } from '../roles'

const settingName = 'second-factor'
const Kept = z.object({ roles: z.array(z.enum(ROLE_NAMES)) })

/** Roles that sign in with a second factor; all until somebody says otherwise. */
export async function secondFactorRoles(db: Queryable): Promise<Role[]> {
  const kept = Kept.safeParse((await readSetting(db, settingName))?.value)
  return kept.success ? kept.data.roles : [...ROLE_NAMES]
}

/** Says which roles sign in with a second factor. Whoever is new to it and signed in without one sets one up before going on. */
export async function requireSecondFactor(db: Database, actor: Actor, roles: readonly Role[]): Promise<void> {
  requireMay(actor, 'account:write')
  const chosen = ROLE_NAMES.filter(role => roles.includes(role))
  await transaction(db, async tx => {
    await writeSetting(tx, settingName, { roles: chosen }, actor.name)
    await limitSessions(tx, chosen)
    await audit(tx, actor, 'account:write', { target: settingName, detail: { roles: chosen } })
  })
}

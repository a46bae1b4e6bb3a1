import { z } from 'zod'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { type Database, transaction } from '@/lib/db/pool'
import { profileEids } from '@/lib/db/portal/profile-eids'
import { FormError } from '@/lib/form-error'
import { Iccid } from '@/lib/rsp/identifiers'

export const RevealEidInput = z.object({
  iccid: Iccid,
  /** The last four digits of the EID, as they are shown masked */
  ending: z.string().regex(/^[0-9]{4}$/),
})

/**
 * The whole EID of a device of a profile, for whoever sees it masked and asks: each look is on the audit.
 * @returns all that end so, mostly one
 * @throws FormError when the profile has to do with none such; NotAllowed
 */
export function revealEid(db: Database, actor: Actor, { iccid, ending }: z.output<typeof RevealEidInput>): Promise<string[]> {
  requireMay(actor, 'identity:reveal')
  return transaction(db, async tx => {
    const eids = (await profileEids(tx, iccid)).filter(eid => eid.endsWith(ending))
    if (eids.length === 0) throw new FormError('The profile has nothing to do with such a device any more. Look at the page again.')
    for (const eid of eids) await audit(tx, actor, 'identity:reveal', { target: iccid, detail: { eid } })
    return eids
  })
}

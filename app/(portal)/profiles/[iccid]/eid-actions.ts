'use server'

import { operatorAction } from '@/lib/action'
import { RevealEidInput, revealEid as reveal } from '@/lib/orders/reveal-eid'

/** Shows a masked EID whole, and writes down who looked. */
export const revealEid = operatorAction('identity:reveal', RevealEidInput, async (input, { db, actor }) => ({
  eids: await reveal(db, actor, input),
}))

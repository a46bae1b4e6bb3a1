import { z } from 'zod'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { type Database, transaction } from '@/lib/db/pool'
import { readSealedProfile } from '@/lib/db/sealed-values'
import { FormError } from '@/lib/form-error'
import { Pin, Puk } from '@/lib/rsp/saip/subscriber-values'
import type { Vault } from '@/lib/vault/vault'

// The other values of the subscriber are dropped as they are read.
const Codes = z.object({ pin1: Pin.optional(), pin2: Pin.optional(), puk1: Puk.optional(), puk2: Puk.optional() })

/** What a subscriber types into a phone; those that the vendor's file gave. */
export type SubscriberCodes = z.infer<typeof Codes>

/**
 * Opens the PINs and PUKs of a profile for a person who helps its subscriber. Each view stands in the audit before the codes are told.
 * @throws FormError when there is no such profile in stock, or its codes are within a package that the vendor made; NotAllowed
 */
export function subscriberCodes(db: Database, { actor, vault }: { actor: Actor; vault: Vault }, iccid: string): Promise<SubscriberCodes> {
  requireMay(actor, 'profile:codes')
  return transaction(db, async tx => {
    const row = await readSealedProfile(tx, iccid)
    if (!row) throw new FormError('There is no such profile in stock.')
    if (!row.templateId)
      throw new FormError('The codes of this profile are within the package that its vendor made: ask the vendor for them.')
    await vault.load(row.sealed)
    const plain = vault.open(row.sealed, `profile_package:${iccid}`)
    const codes = codesOf(plain.toString('utf8'))
    plain.fill(0)
    await audit(tx, actor, 'profile:codes', { target: iccid, detail: { shown: Object.keys(codes) } })
    return codes
  })
}

/** @throws an error that quotes nothing of it */
function codesOf(text: string): SubscriberCodes {
  try {
    return Codes.parse(JSON.parse(text))
  } catch {
    throw new FormError('The values of this subscriber cannot be read.')
  }
}

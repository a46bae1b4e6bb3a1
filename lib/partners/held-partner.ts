import { lockPartner, type PartnerRow, raisePartnerVersion } from '@/lib/db/partners/partner-rows'
import type { Transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'

/**
 * Holds a partner and raises its version, for a change of it.
 * @throws FormError when it is gone, or somebody else was quicker than who looked at `version`
 */
export async function heldPartner(tx: Transaction, id: string, version?: number): Promise<PartnerRow> {
  const present = await lockPartner(tx, id)
  if (!present) throw new FormError('This partner is not there any more.')
  if (version !== undefined && present.version !== version)
    throw new FormError(
      'Somebody else has changed this partner since you opened it, so nothing was saved. Reload the page, then make your change again.',
      { version: 'Changed since' },
    )
  return { ...present, version: await raisePartnerVersion(tx, id) }
}

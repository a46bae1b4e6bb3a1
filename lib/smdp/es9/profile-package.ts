import type { StoredPackage } from '@/lib/db/move-profile'
import { personalise } from '@/lib/rsp/saip/personalise'
import { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { VaultError } from '@/lib/vault/vault'
import type { Es9Context } from './context'

/**
 * The octets of a profile package, as they were taken into stock or made of template and values; the same for every binding.
 * @throws VaultError when it does not open, PersonalisationError when values and template are no pair; none of them quotes a value
 */
export async function packageOf(ctx: Pick<Es9Context, 'vault' | 'templateOf'>, iccid: string, stored: StoredPackage): Promise<Buffer> {
  await ctx.vault.load(stored.sealed)
  const opened = ctx.vault.open(stored.sealed, `profile_package:${iccid}`)
  if (stored.templateId === null) return opened
  const values = valuesIn(opened)
  opened.fill(0)
  return personalise(await ctx.templateOf(stored.templateId), values)
}

function valuesIn(opened: Buffer): SubscriberValues {
  try {
    return SubscriberValues.parse(JSON.parse(opened.toString('utf8')))
  } catch {
    // What went wrong would quote from it.
    throw new VaultError('The values of this subscriber cannot be read.')
  }
}

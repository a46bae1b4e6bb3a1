import { z } from 'zod'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { insertProfileType, type ProfileTypeRow, readProfileTypes } from '@/lib/db/inventory-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { Icon, ProfileClass, ProfileName, ProfilePolicyRule, ServiceProviderName } from '@/lib/rsp/metadata'

/** A profile type as a person or a script describes it. */
export const TypeInput = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'A type needs a name.')
    .max(64, 'A name has at most 64 characters.')
    .regex(/^\P{Cc}*$/u, 'A name has no control characters.'),
  live: z.boolean().default(false),
  profileClass: ProfileClass.default('operational'),
  serviceProviderName: ServiceProviderName.optional(),
  profileName: ProfileName.optional(),
  icon: Icon.optional(),
  policyRules: z.array(ProfilePolicyRule).default([]),
  protection: z.enum(['session', 'random']).default('session'),
  downloadLimit: z.int().min(1, 'At least one attempt.').max(1_000, 'At most 1,000 attempts.').default(10),
  confirmationLimit: z.int().min(1, 'At least one attempt.').max(100, 'At most 100 attempts.').default(3),
  onRejection: z.enum(['keep', 'end']).default('keep'),
  strict: z.boolean().default(false),
})
export type TypeInput = z.infer<typeof TypeInput>

/** The type that packages get when none is named. */
export const defaultTypeName = 'default'

async function insert(tx: Transaction, actor: Actor, { icon, serviceProviderName, profileName, ...type }: TypeInput): Promise<boolean> {
  const added = await insertProfileType(tx, {
    ...type,
    serviceProviderName: serviceProviderName ?? null,
    profileName: profileName ?? null,
    iconType: icon?.iconType ?? null,
    icon: icon ? Buffer.from(icon.icon) : null,
    createdBy: actor.name,
  })
  if (added) await audit(tx, actor, 'type:write', { target: type.name, detail: { live: type.live, profileClass: type.profileClass } })
  return added
}

/** @throws FormError when the name is taken; NotAllowed */
export function createType(db: Database, actor: Actor, input: TypeInput): Promise<void> {
  requireMay(actor, 'type:write')
  return transaction(db, async tx => {
    if (!(await insert(tx, actor, input)))
      throw new FormError(`There is a type named ${input.name} already.`, { name: 'This name is taken.' })
  })
}

/** Makes the default type on its first use. */
export const ensureDefaultType = (db: Database, actor: Actor): Promise<boolean> =>
  transaction(db, tx => insert(tx, actor, TypeInput.parse({ name: defaultTypeName })))

export const listTypes = (db: Database): Promise<ProfileTypeRow[]> => readProfileTypes(db)

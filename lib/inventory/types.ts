import { z } from 'zod'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { isUniqueViolation } from '@/lib/db/failures'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import {
  insertProfileType,
  lockProfileType,
  type ProfileTypeRow,
  type ProfileTypeSettings,
  profileOfAnotherOwner,
  profileWithoutOwner,
  readProfileTypes,
  typeIsInUse,
  updateProfileType,
} from '@/lib/db/type-rows'
import { FormError } from '@/lib/form-error'
import { addTemplate, putTemplate, type TemplateChange, type TemplateContext, type TemplateFile } from './templates'
import { settingsOf, TypeInput } from './type-input'

export { inputOf, TypeInput } from './type-input'

/** A type's new settings: all of them, written over those of the version that the person looked at. */
export const TypeEdit = TypeInput.safeExtend({ id: z.uuid(), version: z.int() })
export type TypeEdit = z.infer<typeof TypeEdit>

/** The type that packages get when none is named. */
export const defaultTypeName = 'default'

async function insert(tx: Transaction, actor: Actor, input: TypeInput, templateId: string | null): Promise<string | undefined> {
  const settings = settingsOf(input)
  const id = await insertProfileType(tx, { ...settings, templateId, createdBy: actor.name })
  const { live, profileClass } = input
  if (id) await audit(tx, actor, 'type:write', { target: input.name, detail: { id, live, profileClass, templateId } })
  return id
}

const nameTaken = (name: string) => new FormError(`There is a type named ${name} already.`, { name: 'This name is taken.' })

/** @returns the id of the new type @throws FormError when the name is taken or a device could not install the template; NotAllowed */
export async function createType(
  db: Database,
  actor: Actor,
  input: TypeInput,
  template?: { file: TemplateFile; ctx: TemplateContext },
): Promise<string> {
  requireMay(actor, 'type:write')
  return transaction(db, async tx => {
    const templateId = template ? await addTemplate(tx, template.ctx, template.file) : null
    const id = await insert(tx, actor, input, templateId)
    if (!id) throw nameTaken(input.name)
    return id
  })
}

/** Makes the default type on its first use. */
export const ensureDefaultType = (db: Database, actor: Actor): Promise<boolean> =>
  transaction(db, async tx => (await insert(tx, actor, TypeInput.parse({ name: defaultTypeName }), null)) !== undefined)

export const listTypes = (db: Database): Promise<ProfileTypeRow[]> => readProfileTypes(db)

/**
 * Gives a type other settings. Orders and downloads see them from then on; what a device has been shown or given stays as it is.
 * @throws FormError when somebody else was quicker (`fields.version`), the name is taken, or the settings do not fit profiles that are
 * there already; NotAllowed
 * @param template another template, or none, in the same step
 */
export async function updateType(
  db: Database,
  actor: Actor,
  { id, version, ...type }: TypeEdit,
  template?: TemplateChange & { ctx: TemplateContext },
): Promise<{ version: number }> {
  requireMay(actor, 'type:write')
  const settings = settingsOf(type)
  try {
    return await transaction(db, async tx => {
      const present = await lockProfileType(tx, id)
      if (!present) throw new FormError('This type is not there.')
      if (present.version !== version)
        throw new FormError(
          'Somebody else has changed this type since you opened it, so nothing was saved. Look at what it says now, then make your change again.',
          { version: 'Changed since' },
        )
      if (template) await putTemplate(tx, template.ctx, present, template)
      const changes = changesOf(present, settings)
      if (Object.keys(changes).length === 0) return { version }
      await requireFit(tx, present, settings)
      const newVersion = (await updateProfileType(tx, id, version, settings)) ?? version
      await audit(tx, actor, 'type:write', { target: type.name, detail: { id, version: newVersion, changes } })
      return { version: newVersion }
    })
  } catch (error) {
    if (isUniqueViolation(error, 'profile_type_name_key')) throw nameTaken(type.name)
    throw error
  }
}

/** What profiles that are there already do not allow. @throws FormError */
async function requireFit(db: Queryable, present: ProfileTypeRow, settings: ProfileTypeSettings): Promise<void> {
  if (settings.live !== present.live && (await typeIsInUse(db, present.id)))
    throw new FormError(
      'This type has profiles, so it stays what it is: packages for test devices must not reach real ones, nor the other way round. Make another type.',
      { live: `It stays ${present.live ? 'live' : 'for tests'}.` },
    )
  const { ownerMccMnc: mccMnc, ownerGid1: gid1, ownerGid2: gid2 } = settings
  if (!mccMnc && settings.policyRules.length > 0) {
    const iccid = await profileWithoutOwner(db, present.id)
    if (iccid)
      throw new FormError(`Policy rules need an owner, and the package of ${iccid} does not tell its own. Give the owner here.`, {
        'owner.mccMnc': 'An owner is needed.',
      })
  }
  const sameOwner = mccMnc === present.ownerMccMnc && gid1 === present.ownerGid1 && gid2 === present.ownerGid2
  if (!mccMnc || sameOwner) return
  const stranger = await profileOfAnotherOwner(db, present.id, { mccMnc, gid1, gid2 })
  if (stranger)
    throw new FormError(
      `The package of ${stranger} belongs to another owner, so devices would refuse it. Make another type for this owner.`,
      {
        'owner.mccMnc': 'Profiles of this type belong to another owner.',
      },
    )
}

/** Settings that differ, for the audit; of an icon its kind and size. */
function changesOf(present: ProfileTypeSettings, settings: ProfileTypeSettings): Record<string, { from: unknown; to: unknown }> {
  const told = (from: ProfileTypeSettings, name: keyof ProfileTypeSettings) =>
    name === 'icon' ? (from.icon ? `${from.icon.length} bytes` : null) : from[name]
  const names = Object.keys(settings) as (keyof ProfileTypeSettings)[]
  const differs = (name: keyof ProfileTypeSettings) => {
    const [from, to] = [present, settings].map(each => (name === 'icon' ? each.icon?.toString('hex') : JSON.stringify(each[name])))
    return from !== to
  }
  return Object.fromEntries(names.filter(differs).map(name => [name, { from: told(present, name), to: told(settings, name) }]))
}

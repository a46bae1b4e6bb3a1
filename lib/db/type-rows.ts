import type { TypeNotification } from '@/lib/rsp/type-metadata'
import { one, type Queryable, type Transaction } from './pool'

/** What people decide about a type; see prisma/schema.prisma for the meanings. */
export interface ProfileTypeSettings {
  name: string
  live: boolean
  profileClass: 'test' | 'provisioning' | 'operational'
  serviceProviderName: string | null
  profileName: string | null
  iconType: 'jpg' | 'png' | null
  icon: Buffer | null
  policyRules: ('pprUpdateControl' | 'ppr1' | 'ppr2')[]
  ownerMccMnc: string | null
  /** Hexadecimal */
  ownerGid1: string | null
  ownerGid2: string | null
  notifications: TypeNotification[]
  protection: 'session' | 'random'
  downloadLimit: number
  confirmationLimit: number
  onRejection: 'keep' | 'end'
  strict: boolean
  confirmationCodeRequired: boolean
  orderValidDays: number | null
  reuseDevice: 'none' | 'same' | 'any'
  reuseAfterDeletion: boolean
  reuseLimit: number | null
  reuseWaitHours: number
  returnsToStock: 'never' | 'afterDeletion'
  alertLevel: number | null
  alertRecipients: string[]
  reorderQuantity: number | null
}

export interface NewProfileType extends ProfileTypeSettings {
  templateId: string | null
  createdBy: string
}

export interface ProfileTypeRow extends NewProfileType {
  id: string
  createdAt: Date
  version: number
}

const SETTINGS: Record<keyof ProfileTypeSettings, string> = {
  name: 'name',
  live: 'live',
  profileClass: 'profile_class',
  serviceProviderName: 'service_provider_name',
  profileName: 'profile_name',
  iconType: 'icon_type',
  icon: 'icon',
  policyRules: 'policy_rules',
  ownerMccMnc: 'owner_mcc_mnc',
  ownerGid1: 'owner_gid1',
  ownerGid2: 'owner_gid2',
  notifications: 'notifications',
  protection: 'protection',
  downloadLimit: 'download_limit',
  confirmationLimit: 'confirmation_limit',
  onRejection: 'on_rejection',
  strict: 'strict',
  confirmationCodeRequired: 'confirmation_code_required',
  orderValidDays: 'order_valid_days',
  reuseDevice: 'reuse_device',
  reuseAfterDeletion: 'reuse_after_deletion',
  reuseLimit: 'reuse_limit',
  reuseWaitHours: 'reuse_wait_hours',
  returnsToStock: 'returns_to_stock',
  alertLevel: 'alert_level',
  alertRecipients: 'alert_recipients',
  reorderQuantity: 'reorder_quantity',
}
const settingNames = Object.keys(SETTINGS) as (keyof ProfileTypeSettings)[]

const COLUMNS: Record<keyof ProfileTypeRow, string> = {
  id: 'id',
  ...SETTINGS,
  templateId: 'template_id',
  createdBy: 'created_by',
  createdAt: 'created_at',
  version: 'version',
}

/** Columns of `profile_type t` under the names of ProfileTypeRow. */
export const typeColumns = (leaveOut?: keyof ProfileTypeRow): string =>
  Object.entries(COLUMNS)
    .filter(([member]) => member !== leaveOut)
    .map(([member, column]) => `t.${column} AS "${member}"`)
    .join(', ')
const TYPE_COLUMNS = typeColumns()

/** PostgreSQL takes an array for one of its own, so what is JSON goes as text. */
const storedAs = (settings: ProfileTypeSettings, name: keyof ProfileTypeSettings): unknown =>
  name === 'notifications' ? JSON.stringify(settings.notifications) : settings[name]

/** The id of the new type; undefined when one of this name is there already. */
export async function insertProfileType(db: Queryable, type: NewProfileType): Promise<string | undefined> {
  const values = [...settingNames.map(name => storedAs(type, name)), type.templateId, type.createdBy]
  const columns = [...settingNames.map(name => SETTINGS[name]), 'template_id', 'created_by']
  const added = await one<{ id: string }>(db, {
    text: `INSERT INTO profile_type (${columns.join(', ')}) VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')})
      ON CONFLICT (name) DO NOTHING RETURNING id`,
    values,
  })
  return added?.id
}

/** Writes the settings over those of `version`. @returns the new version; undefined when they are not that version's any more */
export async function updateProfileType(
  tx: Transaction,
  id: string,
  version: number,
  settings: ProfileTypeSettings,
): Promise<number | undefined> {
  const changes = settingNames.map((name, i) => `${SETTINGS[name]} = $${i + 3}`)
  const updated = await one<{ version: number }>(tx, {
    text: `UPDATE profile_type SET ${changes.join(', ')}, version = version + 1 WHERE id = $1 AND version = $2 RETURNING version`,
    values: [id, version, ...settingNames.map(name => storedAs(settings, name))],
  })
  return updated?.version
}

/** Points a type to another template, or to none. False when its present one is not `replaces` any more. */
export async function setTypeTemplate(
  tx: Transaction,
  id: string,
  { replaces, templateId }: { replaces: string | null; templateId: string | null },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    text: 'UPDATE profile_type SET template_id = $3 WHERE id = $1 AND template_id IS NOT DISTINCT FROM $2::uuid',
    values: [id, replaces, templateId],
  })
  return rowCount === 1
}

export const readProfileTypes = async (db: Queryable): Promise<ProfileTypeRow[]> =>
  (await db.query<ProfileTypeRow & Record<string, unknown>>({ text: `SELECT ${TYPE_COLUMNS} FROM profile_type t ORDER BY t.name` })).rows

export const readProfileType = (db: Queryable, name: string): Promise<ProfileTypeRow | undefined> =>
  one<ProfileTypeRow & Record<string, unknown>>(db, {
    text: `SELECT ${TYPE_COLUMNS} FROM profile_type t WHERE t.name = $1`,
    values: [name],
  })

/** @param id a UUID */
export const readProfileTypeById = (db: Queryable, id: string): Promise<ProfileTypeRow | undefined> =>
  one<ProfileTypeRow & Record<string, unknown>>(db, { text: `SELECT ${TYPE_COLUMNS} FROM profile_type t WHERE t.id = $1`, values: [id] })

/** Reads a type and holds it until the transaction ends. @param id a UUID */
export const lockProfileType = (tx: Transaction, id: string): Promise<ProfileTypeRow | undefined> =>
  one<ProfileTypeRow & Record<string, unknown>>(tx, {
    text: `SELECT ${TYPE_COLUMNS} FROM profile_type t WHERE t.id = $1 FOR UPDATE`,
    values: [id],
  })

/** Whether packages or files of subscribers have come in under this type. */
export const typeIsInUse = async (db: Queryable, id: string): Promise<boolean> =>
  (
    await one<{ used: boolean }>(db, {
      text: `SELECT EXISTS (SELECT FROM profile WHERE type_id = $1) OR EXISTS (SELECT FROM batch WHERE type_id = $1) AS used`,
      values: [id],
    })
  )?.used === true

/** A profile of the type, batches that are no stock yet included, whose package tells no home network. */
export const profileWithoutOwner = async (db: Queryable, typeId: string): Promise<string | undefined> =>
  (await one<{ iccid: string }>(db, { text: 'SELECT iccid FROM profile WHERE type_id = $1 AND mcc_mnc IS NULL LIMIT 1', values: [typeId] }))
    ?.iccid

/** A profile of the type whose package says otherwise than this owner: another home network, or a GID that does not begin so. */
export const profileOfAnotherOwner = async (
  db: Queryable,
  typeId: string,
  owner: { mccMnc: string; gid1: string | null; gid2: string | null },
): Promise<string | undefined> =>
  (
    await one<{ iccid: string }>(db, {
      text: `SELECT iccid FROM profile WHERE type_id = $1
        AND (NOT starts_with(imsi, $2) OR NOT starts_with(coalesce(gid1, ''), $3) OR NOT starts_with(coalesce(gid2, ''), $4)) LIMIT 1`,
      values: [typeId, owner.mccMnc, owner.gid1 ?? '', owner.gid2 ?? ''],
    })
  )?.iccid

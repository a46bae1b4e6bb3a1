import { one, type Queryable, type Transaction } from './pool'

/** A type as it is made; see prisma/schema.prisma for the meanings. */
export interface NewProfileType {
  name: string
  live: boolean
  profileClass: string
  serviceProviderName: string | null
  profileName: string | null
  iconType: string | null
  icon: Buffer | null
  policyRules: string[]
  protection: string
  downloadLimit: number
  confirmationLimit: number
  onRejection: string
  strict: boolean
  createdBy: string
}

export interface ProfileTypeRow extends NewProfileType {
  id: string
  createdAt: Date
}

/** False when a type of this name is there already. */
export async function insertProfileType(db: Queryable, type: NewProfileType): Promise<boolean> {
  const result = await db.query({
    text: `INSERT INTO profile_type (name, live, profile_class, service_provider_name, profile_name, icon_type, icon, policy_rules, protection,
        download_limit, confirmation_limit, on_rejection, strict, created_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (name) DO NOTHING`,
    values: [
      type.name,
      type.live,
      type.profileClass,
      type.serviceProviderName,
      type.profileName,
      type.iconType,
      type.icon,
      type.policyRules,
      type.protection,
      type.downloadLimit,
      type.confirmationLimit,
      type.onRejection,
      type.strict,
      type.createdBy,
    ],
  })
  return result.rowCount === 1
}

const TYPE_COLUMNS = `id, name, live, profile_class AS "profileClass", service_provider_name AS "serviceProviderName", profile_name AS "profileName",
  icon_type AS "iconType", icon, policy_rules AS "policyRules", protection, download_limit AS "downloadLimit",
  confirmation_limit AS "confirmationLimit", on_rejection AS "onRejection", strict, created_by AS "createdBy", created_at AS "createdAt"`

export const readProfileTypes = async (db: Queryable): Promise<ProfileTypeRow[]> =>
  (await db.query<ProfileTypeRow & Record<string, unknown>>({ text: `SELECT ${TYPE_COLUMNS} FROM profile_type ORDER BY name` })).rows

export const readProfileType = (db: Queryable, name: string): Promise<ProfileTypeRow | undefined> =>
  one<ProfileTypeRow & Record<string, unknown>>(db, { text: `SELECT ${TYPE_COLUMNS} FROM profile_type WHERE name = $1`, values: [name] })

export interface NewProfile {
  iccid: string
  typeId: string
  packageName: string
  saipVersion: string
  mandatoryServices: string[]
  packageBytes: number
  installBytes: number
  imsi: string | null
  mccMnc: string | null
  gid1: string | null
  gid2: string | null
  spn: string | null
  createdAt: Date
  createdBy: string
  /** Package bytes, sealed by the vault */
  sealed: Buffer
}

/** Adds a profile with its package. False when the ICCID exists. */
export async function insertProfile(tx: Transaction, profile: NewProfile): Promise<boolean> {
  const added = await tx.query({
    name: 'insert-profile',
    text: `INSERT INTO profile (iccid, type_id, state, state_since, package_name, saip_version, mandatory_services, package_bytes, install_bytes,
        imsi, mcc_mnc, gid1, gid2, spn, created_at, created_by)
      VALUES ($1, $2, 'Available', $13, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (iccid) DO NOTHING`,
    values: [
      profile.iccid,
      profile.typeId,
      profile.packageName,
      profile.saipVersion,
      profile.mandatoryServices,
      profile.packageBytes,
      profile.installBytes,
      profile.imsi,
      profile.mccMnc,
      profile.gid1,
      profile.gid2,
      profile.spn,
      profile.createdAt,
      profile.createdBy,
    ],
  })
  if (added.rowCount !== 1) return false
  await tx.query({
    name: 'insert-package',
    text: 'INSERT INTO profile_package (iccid, sealed) VALUES ($1, $2)',
    values: [profile.iccid, profile.sealed],
  })
  return true
}

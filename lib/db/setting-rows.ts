import { one, type Queryable } from './pool'
import { storableJson } from './profile-events'

export interface SettingRow {
  name: string
  value: unknown
  updatedAt: Date
  updatedBy: string
}

const COLUMNS = 'name, value, updated_at AS "updatedAt", updated_by AS "updatedBy"'

export const readSetting = (db: Queryable, name: string): Promise<SettingRow | undefined> =>
  one<SettingRow & Record<string, unknown>>(db, {
    name: 'read-setting',
    text: `SELECT ${COLUMNS} FROM setting WHERE name = $1`,
    values: [name],
  })

/** Settings by the beginning of their names. */
export const readSettings = async (db: Queryable, prefix: string): Promise<SettingRow[]> =>
  (
    await db.query<SettingRow & Record<string, unknown>>({
      name: 'read-settings',
      text: `SELECT ${COLUMNS} FROM setting WHERE starts_with(name, $1) ORDER BY name`,
      values: [prefix],
    })
  ).rows

export const writeSetting = (db: Queryable, name: string, value: boolean | number | object, by: string) =>
  db.query({
    text: `INSERT INTO setting (name, value, updated_by) VALUES ($1, $2, $3)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = CURRENT_TIMESTAMP, updated_by = excluded.updated_by`,
    values: [name, typeof value === 'object' ? storableJson(value) : JSON.stringify(value), by],
  })

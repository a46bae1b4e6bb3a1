import { type DataKeyFigures, dataKeyFigures } from '@/lib/db/data-key-rows'
import type { Queryable } from '@/lib/db/pool'
import { readSetting, writeSetting } from '@/lib/db/setting-rows'
import type { CheckReport } from './check'
import { VaultError } from './cipher'
import { type MasterKeySettings, sourceName } from './master-key'
import type { Vault } from './vault'

/** What people may know of the keys at rest. */
export interface VaultOverview {
  masterKeyId: string
  /** Where the master key comes from, in words */
  source: string
  dataKeys: DataKeyFigures
  /** When somebody last proved that everything opens */
  lastCheck?: { at: Date; by: string; rows: number; failed: number }
  /** What keeps this process from making or reading new data keys, in a sentence */
  problem?: string
}

const lastCheckName = 'keys:checked'

/** Remembers what a check came to. */
export const keepCheck = (db: Queryable, { rows, failed }: CheckReport, by: string) => writeSetting(db, lastCheckName, { rows, failed }, by)

/** Looks at the data keys as they are now, so that a change of the master key shows as soon as it is made. */
export async function vaultOverview(db: Queryable, vault: Vault, settings: MasterKeySettings): Promise<VaultOverview> {
  const problem = await vault.keyring.refresh(db).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof VaultError) return error.message
      throw error
    },
  )
  const [dataKeys, check] = await Promise.all([dataKeyFigures(db), readSetting(db, lastCheckName)])
  const { rows, failed } = (check?.value ?? {}) as Partial<CheckReport>
  return {
    masterKeyId: vault.keyring.masterKeyId(),
    source: sourceName(settings),
    dataKeys,
    ...(check && rows !== undefined && failed !== undefined
      ? { lastCheck: { at: check.updatedAt, by: check.updatedBy, rows, failed } }
      : {}),
    ...(problem ? { problem } : {}),
  }
}

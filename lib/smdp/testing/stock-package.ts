import type { Actor } from '@/lib/accounts/actor'
import { copyProfiles } from '@/lib/db/batches/copy-rows'
import { type Database, transaction } from '@/lib/db/pool'
import { addEvent } from '@/lib/db/profile-events'
import { readProfileType } from '@/lib/db/type-rows'
import { packageColumns } from '@/lib/inventory/batches/profile-columns'
import { type PackageInfo, readPackage } from '@/lib/rsp/saip/read-package'
import type { Vault } from '@/lib/vault/vault'

/** Puts packages straight into stock, of no batch, for those who test what comes after it. */
export async function stockPackages(
  db: Database,
  { vault, actor, now }: { vault: Vault; actor: Actor; now: Date },
  typeName: string,
  packages: readonly Buffer[],
): Promise<PackageInfo[]> {
  const type = await readProfileType(db, typeName)
  if (!type) throw new Error(`There is no type ${typeName}.`)
  const columns = { batchId: null, typeId: type.id, templateId: null, createdAt: now, createdBy: actor.name }
  const infos = packages.map(upp => readPackage(upp))
  const profiles = infos.map((info, n) => ({
    iccid: info.iccid,
    line: n + 1,
    imsi: info.imsi ?? null,
    msisdn: null,
    mccMnc: info.mccMnc ?? null,
    warned: false,
    facts: packageColumns(info),
    sealed: vault.seal(packages[n] ?? Buffer.alloc(0), `profile_package:${info.iccid}`),
  }))
  await transaction(db, async tx => {
    await copyProfiles(tx, columns, profiles)
    for (const { iccid } of infos)
      await addEvent(tx, { at: now, iccid, actor: actor.name, kind: 'uploaded', outcome: 'ok', data: { type: typeName } })
  })
  return infos
}

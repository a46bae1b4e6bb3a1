import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { insertProfile, type ProfileTypeRow, readProfileType } from '@/lib/db/inventory-rows'
import { type Database, transaction } from '@/lib/db/pool'
import { addEvent } from '@/lib/db/profile-events'
import { FormError } from '@/lib/form-error'
import { metadataForPackage } from '@/lib/rsp/metadata'
import { PackageError } from '@/lib/rsp/saip/elements'
import { estimatedInstallBytes, type PackageInfo, readPackage } from '@/lib/rsp/saip/read-package'
import type { Vault } from '@/lib/vault/vault'
import { defaultTypeName, ensureDefaultType } from './types'

export interface ImportContext {
  actor: Actor
  now: Date
  vault: Vault
}

export interface PackageFile {
  name: string
  bytes: Buffer
  /** Why it could not be read at all */
  problem?: string
}

/** What became of the packages; the lists hold the first ones where there is a limit to them, the numbers count all. */
export interface ImportReport {
  addedCount: number
  refusedCount: number
  added: { iccid: string; file: string; packageName: string; saipVersion: string; warnings: string[] }[]
  refused: { file: string; reason: string }[]
}

export interface PackageImport {
  typeName: string
  files: AsyncIterable<PackageFile> | Iterable<PackageFile>
  onProgress?: (done: number) => void
  /** How many of each the report lists at most; all when there is none. */
  maxListed?: number
}

const maxNameLength = 255

/**
 * Takes profile packages into stock, each on its own: what cannot be taken is reported with the reason and does not stop the others.
 * @throws FormError when there is no such type; NotAllowed
 */
export async function importPackages(db: Database, ctx: ImportContext, input: PackageImport): Promise<ImportReport> {
  requireMay(ctx.actor, 'batch:upload')
  if (input.typeName === defaultTypeName) await ensureDefaultType(db, ctx.actor)
  const type = await readProfileType(db, input.typeName)
  if (!type) throw new FormError(`There is no profile type named ${input.typeName}. Create it first.`, { type: 'Unknown type' })

  const { maxListed = Number.POSITIVE_INFINITY } = input
  const report: ImportReport = { addedCount: 0, refusedCount: 0, added: [], refused: [] }
  let done = 0
  for await (const file of input.files) {
    const result = await importOne(db, ctx, type, { ...file, name: readable(file.name) })
    if ('reason' in result) {
      if (++report.refusedCount <= maxListed) report.refused.push(result)
    } else if (++report.addedCount <= maxListed) report.added.push(result)
    input.onProgress?.(++done)
  }
  return report
}

/** A file's name as it can be shown and stored: not endless, no control characters, no halves of surrogate pairs. */
const readable = (name: string): string =>
  Buffer.from(name.slice(0, maxNameLength), 'utf8')
    .toString('utf8')
    .replace(/\p{Cc}/gu, '')

async function importOne(
  db: Database,
  ctx: ImportContext,
  type: ProfileTypeRow,
  file: PackageFile,
): Promise<ImportReport['added'][number] | ImportReport['refused'][number]> {
  if (file.problem) return { file: file.name, reason: file.problem }
  let info: PackageInfo
  try {
    info = readPackage(file.bytes)
    requireOwner(info, type)
  } catch (error) {
    if (error instanceof PackageError) return { file: file.name, reason: error.message }
    throw error
  }
  const added = await transaction(db, async tx => {
    const { iccid } = info
    const fresh = await insertProfile(tx, {
      iccid,
      typeId: type.id,
      packageName: info.profileName,
      saipVersion: info.saipVersion,
      mandatoryServices: info.mandatoryServices,
      packageBytes: info.sizeBytes,
      installBytes: estimatedInstallBytes(info),
      imsi: info.imsi ?? null,
      mccMnc: info.mccMnc ?? null,
      gid1: info.gid1 ?? null,
      gid2: info.gid2 ?? null,
      spn: info.spn ?? null,
      createdAt: ctx.now,
      createdBy: ctx.actor.name,
      sealed: ctx.vault.seal(file.bytes, `profile_package:${iccid}`),
    })
    if (!fresh) return false
    await addEvent(tx, {
      at: ctx.now,
      iccid,
      actor: ctx.actor.name,
      kind: 'uploaded',
      outcome: 'ok',
      data: { file: file.name, type: type.name },
    })
    await audit(tx, ctx.actor, 'batch:upload', { target: iccid, detail: { file: file.name, type: type.name } })
    return true
  })
  if (!added) return { file: file.name, reason: `A profile with the ICCID ${info.iccid} exists already.` }
  return {
    iccid: info.iccid,
    file: file.name,
    packageName: info.profileName,
    saipVersion: info.saipVersion,
    warnings: [...info.errors, ...info.warnings],
  }
}

/** Policy rules need an owner out of the package: better told now than to a device. @throws PackageError */
const requireOwner = (info: PackageInfo, type: ProfileTypeRow): void => {
  metadataForPackage(info, {
    profileClass: type.profileClass as 'operational',
    profilePolicyRules: type.policyRules as 'ppr1'[],
    notificationAddress: 'localhost',
  })
}

import type { BatchRecord } from '@/lib/db/batches/batch-rows'
import type { CopiedProfile, PackageColumns } from '@/lib/db/batches/copy-rows'
import type { Queryable } from '@/lib/db/pool'
import { type ProfileTypeRow, readProfileTypeById } from '@/lib/db/type-rows'
import { metadataForPackage } from '@/lib/rsp/metadata'
import { PackageError } from '@/lib/rsp/saip/elements'
import { type PreparedTemplate, personalise } from '@/lib/rsp/saip/personalise'
import { estimatedInstallBytes, type PackageInfo, readPackage } from '@/lib/rsp/saip/read-package'
import type { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { typeMetadata } from '@/lib/rsp/type-metadata'
import type { Vault } from '@/lib/vault/vault'
import type { CheckedRow } from '../doctor/doctor'
import { rowFinding } from '../doctor/finding-kinds'

/** Makes the row of stock out of a row that has no errors, its secret sealed; adds a finding and answers undefined where that cannot be. */
export type ProfileMaker = (checked: CheckedRow) => CopiedProfile | undefined

export async function profileMaker(
  db: Queryable,
  batch: BatchRecord & { dataKeyId: number },
  template: PreparedTemplate | undefined,
  vault: Vault,
): Promise<ProfileMaker> {
  const type = await readProfileTypeById(db, batch.typeId)
  if (!type) throw new Error('The profile type of the batch is not there any more.')
  const seal = (iccid: string, octets: Buffer) => vault.seal(octets, `profile_package:${iccid}`, batch.dataKeyId)
  const ofTemplate = template && templateFacts(template)
  return checked => {
    const { iccid, line, values, packageInfo, package: bytes, findings } = checked
    if (iccid === undefined) return undefined
    const info = packageInfo ?? (values && ofTemplate?.(values))
    if (!info) return undefined
    const problem = withoutOwner(info, type)
    if (problem !== undefined) {
      findings.push(rowFinding(line, 'package', problem))
      return undefined
    }
    const octets = bytes ?? Buffer.from(JSON.stringify(values))
    return {
      iccid,
      line,
      imsi: checked.imsi ?? info.imsi ?? null,
      msisdn: checked.msisdn ?? null,
      mccMnc: homeNetwork(checked.imsi, values?.mncLength ?? info.mncLength) ?? info.mccMnc ?? null,
      warned: findings.length > 0,
      facts: packageColumns(info),
      sealed: seal(iccid, octets),
    }
  }
}

const homeNetwork = (imsi: string | undefined, mncLength: number | undefined): string | undefined =>
  imsi !== undefined && mncLength !== undefined ? imsi.slice(0, 3 + mncLength) : undefined

const columns = new WeakMap<PackageInfo, PackageColumns>()

/** What the row of stock tells of a package; the same object for the same package. */
export function packageColumns(info: PackageInfo): PackageColumns {
  let known = columns.get(info)
  if (!known) {
    known = {
      packageName: info.profileName,
      saipVersion: info.saipVersion,
      mandatoryServices: info.mandatoryServices,
      packageBytes: info.sizeBytes,
      installBytes: estimatedInstallBytes(info),
      gid1: info.gid1 ?? null,
      gid2: info.gid2 ?? null,
      spn: info.spn ?? null,
    }
    columns.set(info, known)
  }
  return known
}

/** Whether the package tells its owner is the same for all rows of a template. */
const owners = new WeakMap<PackageInfo, string | undefined>()

/** Policy rules need an owner out of the package: better told now than to a device. */
function withoutOwner(info: PackageInfo, type: ProfileTypeRow): string | undefined {
  if (type.policyRules.length === 0 && type.ownerMccMnc === null) return undefined
  if (!owners.has(info)) owners.set(info, ownerProblem(info, type))
  return owners.get(info)
}

function ownerProblem(info: PackageInfo, type: ProfileTypeRow): string | undefined {
  try {
    metadataForPackage(info, typeMetadata(type, 'localhost'))
    return undefined
  } catch (error) {
    if (error instanceof PackageError) return error.message
    throw error
  }
}

/**
 * What packages of this template are, told by one of each kind: what eligibility asks for depends on the algorithm and on which values there are, not on
 * the digits.
 */
function templateFacts(template: PreparedTemplate): (values: SubscriberValues) => PackageInfo {
  const known = new Map<string, PackageInfo>()
  return values => {
    const shape = `${values.algorithm} ${values.k?.length} ${values.topc?.length} ${values.opc?.length} ${values.op?.length} ${values.imsi?.length} ${values.mncLength}`
    let info = known.get(shape)
    if (!info) {
      info = readPackage(personalise(template, values))
      known.set(shape, info)
    }
    return info
  }
}

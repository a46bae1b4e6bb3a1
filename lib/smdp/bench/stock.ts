import { randomBytes, randomUUID } from 'node:crypto'
import { type Database, transaction } from '@/lib/db/pool'
import { readProfileType } from '@/lib/db/type-rows'
import { createType, TypeInput } from '@/lib/inventory/types'
import { newMatchingId } from '@/lib/orders/matching-id'
import { estimatedInstallBytes, type PackageInfo, readPackage } from '@/lib/rsp/saip/read-package'
import { testIccid, withIccid } from '@/lib/rsp/testdata/personalised'
import { ts48 } from '@/lib/rsp/testdata/recorded-session'
import type { Vault } from '@/lib/vault/vault'
import type { ReadyOrder } from './messages'
import { packageName } from './package'

const actor = { kind: 'cli', name: 'cli:bench', role: 'administrator' } as const
export const typeName = 'bench'

const stockChunk = 20_000
const orderChunk = 250

/** Puts profiles straight into the database, past import and orders, which would take their time. */
export interface Stock {
  /** Available profiles; their packages are a few octets of filler, because nobody downloads them. */
  addAvailable(count: number): Promise<void>
  /** Released profiles with their orders and real sealed packages, each under its own ICCID. */
  addReleased(count: number): Promise<ReadyOrder[]>
}

/** @param more.type the type that is made for it; more.firstIccid where its numbers begin */
export async function openStock(
  db: Database,
  vault: Vault,
  smdpAddress: string,
  { type: name = typeName, firstIccid = 1 }: { type?: string; firstIccid?: number } = {},
): Promise<Stock> {
  const upp = ts48(packageName)
  const columns = packageColumns(readPackage(upp))
  await createType(db, actor, TypeInput.parse({ name, serviceProviderName: 'Slipway', profileName: 'Bench' }))
  const type = await readProfileType(db, name)
  if (!type) throw new Error('The profile type of the bench is missing.')
  let nextIccid = firstIccid
  const iccids = (count: number) => Array.from({ length: count }, () => testIccid(nextIccid++))

  const addAvailable = async (count: number) => {
    for (let left = count; left > 0; left -= stockChunk) {
      const chunk = iccids(Math.min(left, stockChunk))
      await transaction(db, async tx => {
        await tx.query({
          text: `INSERT INTO profile (iccid, type_id, ${columns.names}, created_by)
            SELECT iccid, $2::uuid, ${columns.placeholders(3)}, '${actor.name}' FROM unnest($1::text[]) AS iccid`,
          values: [chunk, type.id, ...columns.values],
        })
        await tx.query({
          text: 'INSERT INTO profile_package (iccid, sealed) SELECT iccid, $2::bytea FROM unnest($1::text[]) AS iccid',
          values: [chunk, randomBytes(64)],
        })
        await tx.query({ text: uploadedEvents('unnest($1::text[]) AS iccid'), values: [chunk] })
      })
    }
  }

  const addReleased = async (count: number) => {
    const orders: ReadyOrder[] = []
    for (let left = count; left > 0; left -= orderChunk) {
      const chunk = iccids(Math.min(left, orderChunk)).map(iccid => ({ iccid, matchingId: newMatchingId(n => randomBytes(n)) }))
      const sealed = chunk.map(({ iccid }) => vault.seal(withIccid(upp, iccid), `profile_package:${iccid}`))
      await db.query({
        name: 'bench-orders',
        text: `WITH input AS (SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bytea[]) AS row (iccid, order_id, matching_id, sealed)),
          profiles AS (
            INSERT INTO profile (iccid, type_id, state, order_id, ${columns.names}, created_by)
            SELECT iccid, $5::uuid, 'Released', order_id, ${columns.placeholders(7)}, '${actor.name}' FROM input),
          packages AS (INSERT INTO profile_package (iccid, sealed) SELECT iccid, sealed FROM input),
          orders AS (
            INSERT INTO download_order (id, iccid, matching_id, smdp_address, confirmation_limit, download_limit, created_by)
            SELECT order_id, iccid, matching_id, $6::text, 3, 10, '${actor.name}' FROM input)
          ${uploadedEvents('input')}`,
        values: [
          chunk.map(({ iccid }) => iccid),
          chunk.map(() => randomUUID()),
          chunk.map(({ matchingId }) => matchingId),
          sealed,
          type.id,
          smdpAddress,
          ...columns.values,
        ],
      })
      orders.push(...chunk)
    }
    return orders
  }
  return { addAvailable, addReleased }
}

const uploadedEvents = (source: string): string =>
  `INSERT INTO profile_event (at, iccid, actor, kind, outcome) SELECT now(), iccid, '${actor.name}', 'uploaded', 'ok' FROM ${source}`

function packageColumns(info: PackageInfo) {
  const columns: [name: string, type: string, value: unknown][] = [
    ['package_name', 'text', info.profileName],
    ['saip_version', 'text', info.saipVersion],
    ['mandatory_services', 'text[]', info.mandatoryServices],
    ['package_bytes', 'int', info.sizeBytes],
    ['install_bytes', 'int', estimatedInstallBytes(info)],
    ['imsi', 'text', info.imsi ?? null],
    ['mcc_mnc', 'text', info.mccMnc ?? null],
    ['gid1', 'text', info.gid1 ?? null],
    ['gid2', 'text', info.gid2 ?? null],
    ['spn', 'text', info.spn ?? null],
  ]
  return {
    names: columns.map(([name]) => name).join(', '),
    placeholders: (first: number) => columns.map(([, type], i) => `$${first + i}::${type}`).join(', '),
    values: columns.map(([, , value]) => value),
  }
}

/** What the database itself says of the downloads. */
export async function countInstalled(db: Database): Promise<{ installed: number; notifications: number }> {
  const { rows } = await db.query<{ installed: string; notifications: string }>({
    text: `SELECT (SELECT count(*) FROM profile WHERE state = 'Installed' AND created_by = '${actor.name}') AS installed,
      (SELECT count(*) FROM notification WHERE verdict = 'applied') AS notifications`,
  })
  return { installed: Number(rows[0]?.installed), notifications: Number(rows[0]?.notifications) }
}

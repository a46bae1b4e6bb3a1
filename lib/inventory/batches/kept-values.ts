import type { BatchRecord } from '@/lib/db/batches/batch-rows'
import { keptRowsOf } from '@/lib/db/batches/faulty-row-pages'
import type { Queryable } from '@/lib/db/pool'
import { type Vault, VaultError } from '@/lib/vault/vault'
import { isKeptReference, type KeptPlace, keptPlace, keptReference } from '../formats/kept-value'
import { type BatchRow, FIELDS, type FieldName, type OtaKeyValue, secretFields } from '../formats/row'
import { addProblem } from '../formats/row-builder'
import { openFaultyRow } from './faulty-row'

type KeptRows = ReadonlyMap<string, BatchRow>

/**
 * Puts kept values in place of the references that stand for them in a mended table (see `faultyRowsCsv`): a secret cell that refers to a row gets the
 * value that the same field of that row has. What this batch must not have, or is not there, is dropped, and the row has a problem. To be called before
 * anybody else sees the rows, so that what is sealed of them never refers to a further row.
 * @throws VaultError when a kept row does not open
 */
export async function putKeptValues(
  db: Queryable,
  vault: Vault,
  batch: Pick<BatchRecord, 'id' | 'typeId'>,
  rows: readonly BatchRow[],
): Promise<void> {
  const referring = rows.filter(refers)
  if (referring.length === 0) return
  const kept = await keptRows(db, vault, batch, placesIn(referring))
  for (const row of referring) putInto(row, kept)
}

function refers(row: BatchRow): boolean {
  for (const field of secretFields) {
    const value = row[field]
    if (value !== undefined && isKeptReference(value)) return true
  }
  return row.otaKeys?.some(({ key }) => isKeptReference(key)) ?? false
}

function placesIn(rows: readonly BatchRow[]): KeptPlace[] {
  const places = new Map<string, KeptPlace>()
  for (const row of rows)
    for (const value of [...secretFields.map(field => row[field]), ...(row.otaKeys ?? []).map(({ key }) => key)]) {
      const place = value === undefined ? undefined : keptPlace(value)
      if (place) places.set(keptReference(place), place)
    }
  return [...places.values()]
}

async function keptRows(
  db: Queryable,
  vault: Vault,
  batch: Pick<BatchRecord, 'id' | 'typeId'>,
  places: readonly KeptPlace[],
  isSecondLook = false,
): Promise<KeptRows> {
  const kept = new Map<string, BatchRow>()
  if (places.length === 0) return kept
  const records = await keptRowsOf(db, batch, places)
  try {
    for (const record of records) {
      await vault.loadKey(record.dataKeyId)
      kept.set(keptReference(record), openFaultyRow(vault, record.batchId, record))
    }
    return kept
  } catch (error) {
    // A batch that is thrown away at this moment takes its key with it: the second look does not find it any more.
    if (isSecondLook || !(error instanceof VaultError)) throw error
    return keptRows(db, vault, batch, places, true)
  }
}

function putInto(row: BatchRow, kept: KeptRows): void {
  for (const field of secretFields) {
    const reference = row[field]
    if (reference === undefined || !isKeptReference(reference)) continue
    const value = rowAt(kept, reference)?.[field]
    if (value !== undefined) row[field] = value
    else {
      delete row[field]
      addGone(row, field, reference)
    }
  }
  if (row.otaKeys) putIntoOtaKeys(row, row.otaKeys, kept)
}

function putIntoOtaKeys(row: BatchRow, otaKeys: readonly OtaKeyValue[], kept: KeptRows): void {
  const found = otaKeys.flatMap((one): OtaKeyValue[] => {
    if (!isKeptReference(one.key)) return [one]
    const value = rowAt(kept, one.key)?.otaKeys?.find(other => isSameKey(one, other))?.key
    if (value !== undefined) return [{ ...one, key: value }]
    addGone(row, 'otaKey', one.key)
    return []
  })
  if (found.length) row.otaKeys = found
  else delete row.otaKeys
}

function rowAt(kept: KeptRows, reference: string): BatchRow | undefined {
  const place = keptPlace(reference)
  return place && kept.get(keptReference(place))
}

const isSameKey = (one: OtaKeyValue, other: OtaKeyValue): boolean =>
  one.keyVersion === other.keyVersion && one.keyId === other.keyId && one.securityDomain === other.securityDomain

/** One sentence whether the row is gone or another type's: nobody learns what is kept for others. */
function addGone(row: BatchRow, field: FieldName | 'otaKey', reference: string): void {
  const place = keptPlace(reference)
  const label = field === 'otaKey' ? 'OTA key' : FIELDS[field].label
  const sentence = place
    ? `The kept values of line ${place.line} of batch ${place.batchId} are not there any more: take them from the vendor's file.`
    : `The ${label} in line ${row.line} refers to a kept value and does not say which: take it from the vendor's file.`
  addProblem(row, { kind: 'kept-gone', field, sentence })
}

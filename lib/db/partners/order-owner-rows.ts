import { one, type Queryable, type Transaction } from '@/lib/db/pool'
import type { SmdsEventState } from '../order-rows'

/** Whose the latest order of each profile is (null: of staff); profiles that never had one are not among them. */
export async function latestPartners(tx: Transaction, iccids: readonly string[]): Promise<Map<string, string | null>> {
  const { rows } = await tx.query<{ iccid: string; partnerId: string | null }>({
    name: 'latest-partners',
    text: `SELECT DISTINCT ON (iccid) iccid, partner_id AS "partnerId" FROM download_order WHERE iccid = ANY($1::text[])
      ORDER BY iccid, created_at DESC`,
    values: [iccids],
  })
  return new Map(rows.map(({ iccid, partnerId }) => [iccid, partnerId]))
}

/** Writes down what has become of the event of an order. */
export async function writeSmdsEvent(tx: Transaction, orderId: string, state: SmdsEventState): Promise<void> {
  await tx.query({ name: 'write-smds-event', text: 'UPDATE download_order SET smds_event = $2 WHERE id = $1', values: [orderId, state] })
}

/** Whether a step of this profile's open order may need an SM-DS. */
export const hasSmdsAddress = async (db: Queryable, iccid: string): Promise<boolean> =>
  (await one(db, {
    name: 'has-smds-address',
    text: `SELECT 1 FROM profile p JOIN download_order o ON o.id = p.order_id WHERE p.iccid = $1 AND o.smds_address IS NOT NULL`,
    values: [iccid],
  })) !== undefined

import { randomUUID } from 'node:crypto'
import { type Database, transaction } from '@/lib/db/pool'
import { insertRun, markRunCodes } from '@/lib/db/run-rows'
import type { OrderContext } from '../../context'
import { createCustomerLinks } from '../../links/customer-links'
import { keepRunCodes } from '../../runs/run-codes'

const perStep = 5_000

/** ICCID of the nth code. */
export const iccidOf = (n: number): string => `894400000000${String(n).padStart(7, '0')}`

/** A run of released orders straight in the database, for those who test what is made of it. @param withCodes each has a confirmation code that is kept */
export async function runOfCodes(
  db: Database,
  ctx: OrderContext,
  { count, withCodes = false, title = 'Summer campaign' }: { count: number; withCodes?: boolean; title?: string },
): Promise<string> {
  const id = randomUUID()
  await db.query({
    text: `INSERT INTO profile_type (name, service_provider_name, created_by) VALUES ('gold', 'Nordsee Mobil', 'test') ON CONFLICT DO NOTHING`,
  })
  await transaction(db, tx =>
    insertRun(tx, { id, type: 'gold', title, wanted: count, confirmationCodes: withCodes, createdAt: ctx.now, createdBy: ctx.actor.name }),
  )
  for (let from = 0; from < count; from += perStep) {
    await transaction(db, async tx => {
      const { rows } = await tx.query<{ iccid: string; orderId: string }>({
        text: `WITH orders AS (
            INSERT INTO download_order (iccid, matching_id, smdp_address, confirmation_limit, download_limit, created_by, run_id, reference,
              confirmation_code_hash)
            SELECT '894400000000' || lpad(n::text, 7, '0'), upper(md5($1 || n)), $4, 3, 10, 'test', $1::uuid, 'ORDER-' || n,
              CASE WHEN $5 THEN '\\x00'::bytea END
            FROM generate_series($2::int, $3::int) n RETURNING id, iccid),
          profiles AS (
            INSERT INTO profile (iccid, type_id, state, state_since, order_id, saip_version, package_bytes, install_bytes, created_by)
            SELECT iccid, (SELECT id FROM profile_type WHERE name = 'gold'), 'Released', now(), id, '2.3', 1, 1, 'test' FROM orders)
          SELECT iccid, id AS "orderId" FROM orders`,
        values: [id, from, Math.min(count, from + perStep) - 1, ctx.smdpAddress, withCodes],
      })
      await createCustomerLinks(tx, ctx, rows)
      if (withCodes) {
        await markRunCodes(tx, id)
        await keepRunCodes(
          tx,
          ctx.vault,
          id,
          rows.map(({ iccid }) => ({ iccid, code: iccid.slice(-6) })),
        )
      }
    })
  }
  return id
}

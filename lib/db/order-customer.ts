import type { Transaction } from './pool'

/** Writes whom an open order is for; what is left out stays as it is. */
export const writeOrderCustomer = (
  tx: Transaction,
  orderId: string,
  {
    customerEmail,
    reference,
    language,
  }: { customerEmail?: string | undefined; reference?: string | undefined; language?: string | undefined },
) =>
  tx.query({
    name: 'write-order-customer',
    text: `UPDATE download_order SET customer_email = coalesce($2, customer_email), reference = coalesce($3, reference), language = coalesce($4, language)
      WHERE id = $1 AND closed_at IS NULL`,
    values: [orderId, customerEmail ?? null, reference ?? null, language ?? null],
  })

import { one, type Queryable, type Transaction } from '@/lib/db/pool'

/** Where a partner is told of its downloads: its row of `endpoint` of the kind es2plus. */
export interface CallbackRow {
  id: string
  partnerId: string
  url: string
  /** Number of each wanted notification point by its name */
  points: Record<string, number>
  /** PEM; null: the system's */
  trustedCa: string | null
  /** PEM; null: this server's CERT.DPtls */
  clientCertificate: string | null
  pausedAt: Date | null
  failures: number
  nextTryAt: Date | null
  lastSuccessAt: Date | null
  lastFailureAt: Date | null
  lastFailure: string | null
}

export type CallbackSettings = Pick<CallbackRow, 'url' | 'points' | 'trustedCa' | 'clientCertificate'>

/** Of these partners, one each at most. */
export const readCallbacks = async (db: Queryable, partnerIds: readonly string[]): Promise<CallbackRow[]> =>
  (
    await db.query<CallbackRow & Record<string, unknown>>({
      text: `SELECT id, partner_id AS "partnerId", url, points, trusted_ca AS "trustedCa", client_certificate AS "clientCertificate",
          paused_at AS "pausedAt", failures, next_try_at AS "nextTryAt", last_success_at AS "lastSuccessAt",
          last_failure_at AS "lastFailureAt", last_failure AS "lastFailure"
        FROM endpoint WHERE kind = 'es2plus' AND removed_at IS NULL AND partner_id = ANY($1::uuid[])`,
      values: [partnerIds],
    })
  ).rows

/** The partner must be held by lockPartner: it has one callback at most. @returns its id */
export async function insertCallback(
  tx: Transaction,
  { partnerId, name, ...settings }: CallbackSettings & { partnerId: string; name: string },
  made: { at: Date; by: string },
): Promise<string> {
  const row = await one<{ id: string }>(tx, {
    text: `INSERT INTO endpoint (kind, name, partner_id, url, points, trusted_ca, client_certificate, created_at, created_by)
      VALUES ('es2plus', $1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
    values: [
      name,
      partnerId,
      settings.url,
      JSON.stringify(settings.points),
      settings.trustedCa,
      settings.clientCertificate,
      made.at,
      made.by,
    ],
  })
  if (!row) throw new Error('The callback was not added.')
  return row.id
}

/** With another address or other certificates the next message is tried at once. */
export async function updateCallback(tx: Transaction, id: string, { url, points, trustedCa, clientCertificate }: CallbackSettings) {
  await tx.query({
    text: `UPDATE endpoint SET url = $2, points = $3, trusted_ca = $4, client_certificate = $5, failures = 0, next_try_at = NULL
      WHERE id = $1`,
    values: [id, url, JSON.stringify(points), trustedCa, clientCertificate],
  })
}

/** @param sealed PKCS #8 in PEM, sealed with the identity endpoint_key:<id>; null: none */
export async function setCallbackKey(tx: Transaction, id: string, sealed: Buffer | null): Promise<void> {
  await tx.query({ text: 'UPDATE endpoint SET client_key = $2 WHERE id = $1', values: [id, sealed] })
}

/** What waits for it is told nobody. */
export async function removeCallbackRow(tx: Transaction, id: string, at: Date): Promise<void> {
  await tx.query({ text: 'UPDATE endpoint SET removed_at = $2, client_key = NULL WHERE id = $1', values: [id, at] })
}

/** The endpoint of a partner carries its name. */
export async function renameCallback(tx: Transaction, partnerId: string, name: string): Promise<void> {
  await tx.query({
    text: `UPDATE endpoint SET name = $2 WHERE kind = 'es2plus' AND removed_at IS NULL AND partner_id = $1`,
    values: [partnerId, name],
  })
}

/** Stops deliveries, or lets them go on: then the next is tried at once. */
export async function pauseCallbackRow(tx: Transaction, id: string, pausedAt: Date | null): Promise<void> {
  await tx.query({ text: 'UPDATE endpoint SET paused_at = $2, failures = 0, next_try_at = NULL WHERE id = $1', values: [id, pausedAt] })
}

/** What a delivery needs for TLS; `clientKey` is sealed. */
export const readEndpointTls = (
  db: Queryable,
  endpointId: string,
): Promise<{ trustedCa: string | null; clientCertificate: string | null; clientKey: Buffer | null } | undefined> =>
  one<{ trustedCa: string | null; clientCertificate: string | null; clientKey: Buffer | null }>(db, {
    text: `SELECT trusted_ca AS "trustedCa", client_certificate AS "clientCertificate", client_key AS "clientKey" FROM endpoint
      WHERE id = $1`,
    values: [endpointId],
  })

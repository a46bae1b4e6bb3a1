import { one, type Queryable, type Transaction } from './pool'

/** A transport key without its secret; see prisma/schema.prisma for the meanings. */
export interface TransportKeyRow {
  id: string
  vendor: string
  keyIndex: string
  algorithm: 'AES' | '3DES'
  mode: 'ECB' | 'CBC'
  iv: string | null
  parts: number
  enteredBy: string[]
  kcv: string | null
  createdAt: Date
  createdBy: string
  retiredAt: Date | null
  /** The request for a second person that is open */
  approvalId: string | null
}

export type NewTransportKey = Pick<TransportKeyRow, 'id' | 'vendor' | 'keyIndex' | 'algorithm' | 'mode' | 'iv' | 'parts' | 'createdBy'>

/** What is sealed of a key: the whole, or the parts that were entered. */
export interface SealedTransportKey extends TransportKeyRow {
  sealed: Buffer | null
  sealedParts: Buffer[]
}

type Row = TransportKeyRow & Record<string, unknown>
type SealedRow = SealedTransportKey & Record<string, unknown>

const COLUMNS = `k.id, vendor, key_index AS "keyIndex", algorithm, mode, iv, parts, entered_by AS "enteredBy", kcv, created_at AS "createdAt",
  created_by AS "createdBy", retired_at AS "retiredAt", a.id AS "approvalId"`
const FROM = `transport_key k LEFT JOIN approval a ON a.kind = 'transport-key' AND a.target = k.id::text AND a.decision IS NULL`
const SEALED = 'sealed, sealed_parts AS "sealedParts"'

/** Those in use first, by vendor and index; then the retired ones, the last one first. */
export const readTransportKeys = async (db: Queryable): Promise<TransportKeyRow[]> =>
  (
    await db.query<Row>({
      text: `SELECT ${COLUMNS} FROM ${FROM}
        ORDER BY retired_at DESC NULLS FIRST, vendor, length(key_index), key_index, created_at LIMIT 500`,
    })
  ).rows

export const insertTransportKey = (db: Queryable, key: NewTransportKey) =>
  db.query({
    text: `INSERT INTO transport_key (id, vendor, key_index, algorithm, mode, iv, parts, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [key.id, key.vendor, key.keyIndex, key.algorithm, key.mode, key.iv, key.parts, key.createdBy],
  })

export const lockTransportKey = (tx: Transaction, id: string): Promise<SealedTransportKey | undefined> =>
  one<SealedRow>(tx, { text: `SELECT ${COLUMNS}, ${SEALED} FROM ${FROM} WHERE k.id = $1 FOR UPDATE OF k`, values: [id] })

export const keepTransportKeyParts = (tx: Transaction, id: string, parts: readonly Buffer[], enteredBy: readonly string[]) =>
  tx.query({ text: 'UPDATE transport_key SET sealed_parts = $2, entered_by = $3 WHERE id = $1', values: [id, parts, enteredBy] })

/** The key is whole: its parts go. */
export const completeTransportKey = (
  tx: Transaction,
  { id, sealed, kcv, enteredBy }: { id: string; sealed: Buffer; kcv: string; enteredBy: readonly string[] },
) =>
  tx.query({
    text: `UPDATE transport_key SET sealed = $2, kcv = $3, entered_by = $4, sealed_parts = ARRAY[]::bytea[] WHERE id = $1`,
    values: [id, sealed, kcv, enteredBy],
  })

/** What was secret of it goes. */
export const endTransportKey = (tx: Transaction, id: string) =>
  tx.query({
    text: `UPDATE transport_key SET retired_at = CURRENT_TIMESTAMP, sealed = NULL, sealed_parts = ARRAY[]::bytea[]
      WHERE id = $1 AND retired_at IS NULL`,
    values: [id],
  })

/** The key in use for an index: the vendor's own before one for any vendor. */
export const readUsableTransportKey = (db: Queryable, vendor: string, keyIndex: string): Promise<SealedTransportKey | undefined> =>
  one<SealedRow>(db, {
    text: `SELECT ${COLUMNS}, ${SEALED} FROM ${FROM}
      WHERE (lower(vendor) = lower($1) OR vendor = '') AND key_index = $2 AND retired_at IS NULL AND sealed IS NOT NULL AND a.id IS NULL
      ORDER BY vendor DESC LIMIT 1`,
    values: [vendor, keyIndex],
  })

import { AUDIT_COLUMNS, type AuditRow } from '../audit-rows'
import type { Queryable } from '../pool'

/** Rows of the audit by their numbers, oldest first. */
export async function readAuditRows(db: Queryable, ids: readonly string[]): Promise<AuditRow[]> {
  const { rows } = await db.query<AuditRow & Record<string, unknown>>({
    text: `SELECT ${AUDIT_COLUMNS} FROM audit a WHERE a.id = ANY($1::bigint[]) ORDER BY a.id`,
    values: [ids],
  })
  return rows
}

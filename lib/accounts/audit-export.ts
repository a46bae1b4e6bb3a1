import { type AuditCursor, type AuditFilters, type AuditRow, listAudit, personalOf } from '@/lib/db/audit-rows'
import type { Queryable } from '@/lib/db/pool'
import type { Actor } from './actor'
import { joinedDetail, maskEids } from './audit-personal'
import { may } from './roles'

/** A row as those read it who may: personal values in their places. */
export interface ReadAuditRow extends Omit<AuditRow, 'detail'> {
  detail: unknown
  /** EIDs in it are cut to their last four digits. */
  masked: boolean
}

/** Puts personal values back into rows; whoever may not see EIDs gets their ends. */
export async function readable(db: Queryable, actor: Pick<Actor, 'role'>, rows: readonly AuditRow[]): Promise<ReadAuditRow[]> {
  const masked = !may(actor.role, 'identity:read')
  const personal = await personalOf(
    db,
    rows.map(({ id }) => id),
  )
  return rows.map(row => {
    const whole = joinedDetail(row.detail, personal.get(row.id) ?? [], { masked: false })
    const shown = masked ? joinedDetail(row.detail, personal.get(row.id) ?? [], { masked }) : whole
    const target = masked && row.target ? maskEids(row.target) : row.target
    return { ...row, target, detail: shown, masked: target !== row.target || JSON.stringify(shown) !== JSON.stringify(whole) }
  })
}

/** One page of a view, newest first, and where the next one begins. */
export async function auditPage(
  db: Queryable,
  actor: Pick<Actor, 'role'>,
  filters: AuditFilters,
  { after, limit }: { after?: AuditCursor | undefined; limit: number },
): Promise<{ rows: ReadAuditRow[]; next: AuditCursor | undefined }> {
  const found = await listAudit(db, filters, { after, limit: limit + 1 })
  const shown = found.slice(0, limit)
  return { rows: await readable(db, actor, shown), next: found.length > limit ? shown.at(-1) : undefined }
}

export const AUDIT_CSV_COLUMNS = ['id', 'at', 'who', 'kind', 'what', 'target', 'result', 'address', 'detail'] as const

/** The cells of a row, in the order of AUDIT_CSV_COLUMNS. */
export const auditCells = (row: ReadAuditRow): string[] => [
  row.id,
  row.at.toISOString(),
  row.actor,
  row.actorKind ?? '',
  row.action,
  row.target ?? '',
  row.result,
  row.address ?? '',
  row.detail === null ? '' : JSON.stringify(row.detail),
]

const perStep = 2_000

/** All rows of a view, newest first, some thousand at a time; what is written meanwhile is left out. */
export async function* exportAudit(db: Queryable, actor: Pick<Actor, 'role'>, filters: AuditFilters): AsyncGenerator<ReadAuditRow[], void> {
  let after: AuditCursor | undefined
  do {
    const { rows, next } = await auditPage(db, actor, filters, { after, limit: perStep })
    if (rows.length > 0) yield rows
    after = next
  } while (after)
}

import { insertAudit, insertAudits } from '@/lib/db/audit-rows'
import type { Queryable } from '@/lib/db/pool'
import type { Actor } from './actor'
import { setAside } from './audit-personal'
import { VERBS, type Verb } from './roles'

/** What is audited beside the verbs of the table of roles: what everybody may do to their own account. */
const OWN_ACTIONS = ['account:sign-in', 'account:sign-out', 'account:set-password'] as const

export type AuditAction = Verb | (typeof OWN_ACTIONS)[number]

/** All that rows of the audit can say was done. */
export const AUDIT_ACTIONS: readonly string[] = [...Object.keys(VERBS), ...OWN_ACTIONS].sort()

const actedBy = ({ name, kind, address }: Actor) => ({ name, kind, address: address ?? null })

const asRow = (entry: { target?: string; result?: string; detail?: Record<string, unknown> }) => ({
  target: entry.target ?? null,
  result: entry.result ?? 'ok',
  ...(entry.detail ? setAside(entry.detail) : { detail: null, personal: [] }),
})

/**
 * Writes what somebody did, in the transaction in which it was done. `detail` never holds a secret; EIDs, e-mail addresses, phone numbers and
 * the like in it are put aside, where they can be erased (audit-personal.ts says which).
 */
export async function audit(
  db: Queryable,
  actor: Actor,
  action: AuditAction,
  entry: { target?: string; result?: string; detail?: Record<string, unknown> },
): Promise<void> {
  await insertAudit(db, actedBy(actor), action, asRow(entry))
}

/** The same for several things that were done to one target each, by one statement. */
export async function auditEach(
  db: Queryable,
  actor: Actor,
  action: AuditAction,
  entries: readonly { target: string; detail: Record<string, unknown> }[],
): Promise<void> {
  await insertAudits(db, actedBy(actor), action, entries.map(asRow))
}

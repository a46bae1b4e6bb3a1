import type { Queryable } from '@/lib/db/pool'
import { storableJson } from '@/lib/db/profile-events'
import type { Actor } from './actor'
import type { Verb } from './roles'

/** Writes what somebody did, in the transaction in which it was done. `detail` never holds a secret. */
export async function audit(
  db: Queryable,
  actor: Actor,
  action: Verb | 'account:sign-in' | 'account:sign-out' | 'account:set-password',
  entry: { target?: string; result?: string; detail?: Record<string, unknown> },
): Promise<void> {
  await db.query({
    name: 'audit',
    text: 'INSERT INTO audit (actor, action, target, result, detail, address) VALUES ($1, $2, $3, $4, $5, $6)',
    values: [
      actor.name,
      action,
      entry.target ?? null,
      entry.result ?? 'ok',
      entry.detail ? storableJson(entry.detail) : null,
      actor.address ?? null,
    ],
  })
}

/** The same for several things that were done to one target each, by one statement. */
export async function auditEach(
  db: Queryable,
  actor: Actor,
  action: Verb,
  entries: readonly { target: string; detail: Record<string, unknown> }[],
): Promise<void> {
  await db.query({
    name: 'audit-each',
    text: `INSERT INTO audit (actor, action, target, detail, address)
      SELECT $1, $2, target, detail, $5 FROM unnest($3::text[], $4::jsonb[]) AS entry (target, detail)`,
    values: [
      actor.name,
      action,
      entries.map(({ target }) => target),
      entries.map(({ detail }) => storableJson(detail)),
      actor.address ?? null,
    ],
  })
}

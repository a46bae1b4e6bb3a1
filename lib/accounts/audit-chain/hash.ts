import { createHash } from 'node:crypto'
import type { AuditRow } from '@/lib/db/audit-rows'

/** What the first link follows. */
export const genesis: Buffer = Buffer.alloc(32)

/**
 * JSON as RFC 8785 writes it: no blanks, members in the order of their names' UTF-16 units, strings and numbers as ECMAScript writes them.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}

/**
 * The hash of a link: SHA-256 over the UTF-8 octets of
 *
 *     slipway-audit-1 LF canonicalJson([place, id, at, actor, actorKind, action, target, result, detail, address, before])
 *
 * with `place` counting from 1 as a number, `id` as a string, `at` in ISO 8601 with milliseconds in UTC, SQL's NULL as null, and `before`
 * the hash of the link before in hexadecimal, 64 zeros for the first. The detail is the one in the table: of personal values it has
 * the digests.
 */
export function linkHash(place: number, row: AuditRow, before: Buffer): Buffer {
  const { id, at, actor, actorKind, action, target, result, detail, address } = row
  const encoded = canonicalJson([
    place,
    id,
    at.toISOString(),
    actor,
    actorKind,
    action,
    target,
    result,
    detail,
    address,
    before.toString('hex'),
  ])
  return createHash('sha256').update(`slipway-audit-1\n${encoded}`, 'utf8').digest()
}

import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import {
  type ApiKeyRow,
  claimApiKeyName,
  findApiKey,
  findApiKeyNamed,
  insertApiKey,
  readApiKeys,
  revokeApiKeyRow,
  touchApiKey,
} from '@/lib/db/api-key-rows'
import { type Database, type Queryable, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { RoleInput } from './account'
import { type Actor, requireMay } from './actor'
import { audit } from './audit'
import { ROLE_NAMES, type Role } from './roles'

const prefix = 'slw_'
const shownStart = prefix.length + 6
const usedEveryMs = 60_000

/** slw_ and 256 bits of chance in base64url. */
const ApiKeyText = /^slw_[A-Za-z0-9_-]{43}$/

export const CreateApiKeyInput = z.object({
  name: z
    .string({ error: 'A name is needed: what uses this key?' })
    .trim()
    .min(1, 'A name is needed: what uses this key?')
    .max(60, 'A name has at most 60 characters.')
    .regex(/^\P{Cc}*$/u, 'A name has no control characters.'),
  role: RoleInput,
  expiresAt: z.coerce.date().optional(),
})

export interface ApiKey extends Omit<ApiKeyRow, 'role'> {
  role: Role
}

const isRole = (name: string): name is Role => (ROLE_NAMES as string[]).includes(name)
const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest()

/**
 * Makes a key for a script: whoever has it may do what its role may. Only its hash is kept.
 * @returns `key` is seen this once
 * @throws NotAllowed, FormError when the name was taken or the end is past
 */
export async function createApiKey(
  db: Database,
  actor: Actor,
  input: z.input<typeof CreateApiKeyInput>,
  now = new Date(),
): Promise<{ id: string; key: string }> {
  requireMay(actor, 'api-key:write')
  const { name, role, expiresAt } = CreateApiKeyInput.parse(input)
  if (expiresAt && expiresAt <= now) throw new FormError('', { expiresAt: 'This day is past.' })
  const key = `${prefix}${randomBytes(32).toString('base64url')}`
  return transaction(db, async tx => {
    // The audit knows a key by its name, so a name is given once for ever.
    if (!(await claimApiKeyName(tx, name))) throw new FormError('', { name: 'A key had this name already. Choose another one.' })
    const start = key.slice(0, shownStart)
    const row = await insertApiKey(tx, {
      name,
      role,
      start,
      keyHash: hashOf(key),
      createdAt: now,
      createdBy: actor.name,
      expiresAt: expiresAt ?? null,
    })
    if (!row) throw new Error('The key was not added.')
    await audit(tx, actor, 'api-key:write', {
      target: name,
      detail: { created: true, role, start, ...(expiresAt ? { expiresAt: expiresAt.toISOString() } : {}) },
    })
    return { id: row.id, key }
  })
}

/** All keys, the revoked ones last. @throws NotAllowed */
export async function listApiKeys(db: Queryable, actor: Actor): Promise<ApiKey[]> {
  requireMay(actor, 'api-key:read')
  return (await readApiKeys(db)).flatMap(row => (isRole(row.role) ? [{ ...row, role: row.role }] : []))
}

/** Ends a key at once. @throws NotAllowed, FormError when it has ended already */
export async function revokeApiKey(db: Database, actor: Actor, id: string, now = new Date()): Promise<{ name: string }> {
  requireMay(actor, 'api-key:write')
  return transaction(db, async tx => {
    const row = await revokeApiKeyRow(tx, id, actor.name, now)
    if (!row) throw new FormError('This key is revoked already.')
    await audit(tx, actor, 'api-key:write', { target: row.name, detail: { revoked: true } })
    return row
  })
}

const actorOf = ({ name, role }: ApiKeyRow, address?: string): Actor | undefined =>
  isRole(role) ? { kind: 'key', name: `key:${name}`, role, ...(address ? { address } : {}) } : undefined

/**
 * Whose key an Authorization header carries; its last use is noted at most once a minute.
 * @param header `Bearer slw_…`
 * @returns undefined when it is none, or not in force
 */
export async function apiKeyActor(
  db: Queryable,
  header: string | null | undefined,
  address: string,
  now = new Date(),
): Promise<Actor | undefined> {
  const [, key = ''] = /^Bearer +(\S+) *$/i.exec(header ?? '') ?? []
  if (!ApiKeyText.test(key)) return undefined
  const row = await findApiKey(db, hashOf(key), now)
  const actor = row && actorOf(row, address)
  if (!actor) return undefined
  const unlessSince = new Date(now.getTime() - usedEveryMs)
  if (!row.lastUsedAt || row.lastUsedAt <= unlessSince) await touchApiKey(db, row.id, { now, address, unlessSince })
  return actor
}

/** Who a recorded `key:<name>` is today; undefined when the key is no longer in force. */
export async function apiKeyActorNamed(db: Queryable, actorName: string, now = new Date()): Promise<Actor | undefined> {
  const row = await findApiKeyNamed(db, actorName.replace(/^key:/, ''), now)
  return row && actorOf(row)
}

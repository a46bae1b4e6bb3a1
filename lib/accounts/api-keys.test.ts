import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { requireApi } from '@/lib/action'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { type Actor, NotAllowed } from './actor'
import { apiKeyActor, createApiKey, listApiKeys, revokeApiKey } from './api-keys'
import { ROLE_NAMES } from './roles'
import { actorNamed } from './tasks'

const administrator: Actor = { kind: 'account', name: 'a@example.com', role: 'administrator' }
const now = new Date('2030-01-01T12:00:00Z')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000)
const here = '192.0.2.1'

let server: TestDatabase
let db: Database

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
})
afterAll(async () => {
  await db?.close()
  await server?.close()
})
beforeEach(async () => {
  for (const table of ['api_key', 'audit_personal', 'audit']) await db.query({ text: `DELETE FROM ${table}` })
})

const make = (name = 'billing', more: { role?: (typeof ROLE_NAMES)[number]; expiresAt?: Date } = {}) =>
  createApiKey(db, administrator, { name, role: 'operator', ...more }, now)
const actorOf = (key: string, at = now, address = here) => apiKeyActor(db, `Bearer ${key}`, address, at)
const audited = async () =>
  (await db.query({ text: 'SELECT actor, action, target, result, detail::text FROM audit ORDER BY id' })).rows.map(row =>
    Object.values(row).join(' '),
  )

describe('a key', () => {
  test('says who a script is, with the role of the key', async () => {
    const { key } = await make()
    expect(key).toMatch(/^slw_[A-Za-z0-9_-]{43}$/)
    expect(await actorOf(key)).toEqual({ kind: 'key', name: 'key:billing', role: 'operator', address: here })
    expect(await apiKeyActor(db, `bearer  ${key}`, '', now)).toEqual({ kind: 'key', name: 'key:billing', role: 'operator' })
  })

  test('is kept as a hash only, and told once', async () => {
    const { key } = await make()
    const { rows } = await db.query({ text: 'SELECT api_key::text AS row FROM api_key UNION ALL SELECT audit::text FROM audit' })
    expect(JSON.stringify(rows)).not.toContain(key.slice(10))
    expect(JSON.stringify(await listApiKeys(db, administrator))).not.toContain(key.slice(10))
    expect((await audited())[0]).toContain('a@example.com api-key:write billing ok')
  })

  test('that is none of ours, cut short or sent another way opens nothing', async () => {
    const { key } = await make()
    for (const header of [null, '', key, `Basic ${key}`, `Bearer ${key.slice(0, -1)}`, `Bearer ${key}x`, `Bearer slw_${'A'.repeat(43)}`])
      expect(await apiKeyActor(db, header, here, now), String(header)).toBeUndefined()
  })

  test('opens nothing from the moment it is revoked or has ended', async () => {
    const { id, key } = await make()
    const { key: short } = await make('short', { expiresAt: later(60) })
    expect(await actorOf(short, later(59))).toBeDefined()
    expect(await actorOf(short, later(60))).toBeUndefined()
    expect(await revokeApiKey(db, administrator, id, now)).toEqual({ name: 'billing' })
    expect(await actorOf(key)).toBeUndefined()
    await expect(revokeApiKey(db, administrator, id, now)).rejects.toThrow(FormError)
    expect(await listApiKeys(db, administrator)).toMatchObject([{ name: 'short' }, { name: 'billing', revokedBy: 'a@example.com' }])
  })

  test('has a name of its own for ever: the audit knows it by that', async () => {
    const { id } = await make()
    await revokeApiKey(db, administrator, id, now)
    await expect(make()).rejects.toMatchObject({ fields: { name: expect.stringContaining('already') } })
    const both = await Promise.allSettled([make('twice'), make('twice')])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('cannot end in the past', async () => {
    await expect(make('late', { expiresAt: now })).rejects.toMatchObject({ fields: { expiresAt: expect.any(String) } })
  })

  test('shows its last use, written at most once a minute', async () => {
    const { key } = await make()
    const used = async () => (await listApiKeys(db, administrator))[0]
    expect(await used()).toMatchObject({ lastUsedAt: null, lastUsedFrom: null })
    await actorOf(key, later(0))
    await actorOf(key, later(59), '192.0.2.9')
    expect(await used()).toMatchObject({ lastUsedAt: later(0), lastUsedFrom: here })
    await actorOf(key, later(60), '192.0.2.9')
    expect(await used()).toMatchObject({ lastUsedAt: later(60), lastUsedFrom: '192.0.2.9' })
  })

  test('is made and revoked by administrators alone; auditors see the list', async () => {
    const { id } = await make()
    for (const role of ROLE_NAMES.filter(each => each !== 'administrator')) {
      const actor = { ...administrator, role }
      await expect(createApiKey(db, actor, { name: role, role: 'support' }, now)).rejects.toThrow(NotAllowed)
      await expect(revokeApiKey(db, actor, id, now)).rejects.toThrow(NotAllowed)
      if (role !== 'auditor') await expect(listApiKeys(db, actor)).rejects.toThrow(NotAllowed)
    }
    expect(await listApiKeys(db, { ...administrator, role: 'auditor' })).toHaveLength(1)
  })

  test('may go on with a task that it has begun, as long as it is in force', async () => {
    const { id } = await make()
    expect(await actorNamed(db, 'key:billing')).toEqual({ kind: 'key', name: 'key:billing', role: 'operator' })
    await revokeApiKey(db, administrator, id, now)
    await expect(actorNamed(db, 'key:billing')).rejects.toThrow(FormError)
  })
})

describe('the interface for scripts', () => {
  const ask = (key: string | undefined, verb: 'profile:read' | 'pki:write', { from = here, at = now } = {}) => {
    const headers = { 'x-forwarded-for': from, ...(key ? { authorization: `Bearer ${key}` } : {}) }
    return requireApi(new Request('http://localhost/api/v1/profiles', { headers }), verb, { db, now: at })
  }
  const statusOf = (answer: Awaited<ReturnType<typeof ask>>) => (answer instanceof Response ? answer.status : 200)

  test('lets a key in for what its role may', async () => {
    const { key } = await make()
    expect(await ask(key, 'profile:read')).toMatchObject({ actor: { name: 'key:billing', address: here } })
  })

  test('says that a key is wanted (401), and that this one may not (403, on the audit)', async () => {
    const { key } = await make()
    const without = await ask(undefined, 'profile:read', { from: '192.0.2.2' })
    expect(statusOf(without)).toBe(401)
    expect(without instanceof Response && without.headers.get('www-authenticate')).toBe('Bearer')
    expect(statusOf(await ask(key, 'pki:write', { from: '192.0.2.2' }))).toBe(403)
    expect((await audited()).at(-1)).toContain('key:billing pki:write  not allowed')
  })

  test('makes many refusals from one network short (429), and never holds up a key that is in force', async () => {
    const { key } = await make()
    const from = '192.0.2.3'
    for (let i = 0; i < 30; i++) expect(statusOf(await ask('slw_wrong', 'profile:read', { from }))).toBe(401)
    const answer = await ask('slw_wrong', 'profile:read', { from })
    expect(statusOf(answer)).toBe(429)
    expect(answer instanceof Response && Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(statusOf(await ask('slw_wrong', 'profile:read', { from: '192.0.2.4' }))).toBe(401)
    expect(statusOf(await ask(key, 'profile:read', { from }))).toBe(200)
    expect(statusOf(await ask('slw_wrong', 'profile:read', { from, at: later(61) }))).toBe(401)
  })
})

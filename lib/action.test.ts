import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { Actor } from './accounts/actor'
import { type ActionContext, isSameOrigin, runAction } from './action'
import { createTestDatabase, type TestDatabase } from './db/embedded/test-database'
import { StaleState } from './db/move-profile'
import { type Database, openDatabase } from './db/pool'
import { parseEnv } from './env'
import { FormError } from './form-error'
import { RspError, STATUS } from './rsp/status'
import { createVault } from './vault/vault'

const operator: Actor = { kind: 'account', name: 'o@example.com', role: 'operator', address: '192.0.2.1' }

let server: TestDatabase
let db: Database
let context: ActionContext

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
  context = { actor: operator, db, vault: createVault(new Map([[1, Buffer.alloc(32)]])), now: new Date(), env: parseEnv({}) }
})
afterAll(async () => {
  await db?.close()
  await server?.close()
})
beforeEach(async () => {
  await db.query({ text: 'TRUNCATE audit' })
})

const Input = z.object({ count: z.coerce.number().int('Whole numbers only.'), tag: z.union([z.string(), z.array(z.string())]).optional() })
const run = (handler: () => unknown, input: unknown = { count: 1 }) =>
  runAction('order:issue', Input, async () => handler(), input, context)
const throwing = (error: unknown) => () => {
  throw error
}

describe('an action', () => {
  test('answers what its verb gives', async () => {
    expect(await run(() => 42)).toEqual({ ok: true, data: 42 })
  })

  test('hands on who asks and what was parsed, from an object or a form', async () => {
    const form = new FormData()
    for (const [name, value] of [
      ['count', '2'],
      ['tag', 'a'],
      ['tag', 'b'],
      ['$ACTION_ID_1', ''],
    ]) {
      form.append(name ?? '', value ?? '')
    }
    const answer = await runAction('order:issue', Input, async (input, { actor }) => ({ input, by: actor.name }), form, context)
    expect(answer).toEqual({ ok: true, data: { input: { count: 2, tag: ['a', 'b'] }, by: 'o@example.com' } })
  })

  test('is not for roles that may not, and the try is recorded', async () => {
    const answer = await runAction('pki:write', Input, async () => 'done', { count: 1 }, context)
    expect(answer).toMatchObject({ ok: false, message: expect.stringContaining('administrator') })
    const { rows } = await db.query({ text: 'SELECT actor, action, result, address FROM audit' })
    expect(rows).toEqual([{ actor: 'o@example.com', action: 'pki:write', result: 'not allowed', address: '192.0.2.1' }])
  })

  test('says which fields cannot be used', async () => {
    expect(await run(() => 0, { count: 1.5 })).toMatchObject({ ok: false, fields: { count: 'Whole numbers only.' } })
    expect(await run(() => 0, 'rubbish')).toMatchObject({ ok: false, fields: {} })
  })

  test('tells a refusal in the words of its status', async () => {
    expect(await run(throwing(new RspError('matchingIdInUse')))).toEqual({ ok: false, message: STATUS.matchingIdInUse.meaning, fields: {} })
  })

  test('tells what a person can mend', async () => {
    expect(await run(throwing(new FormError('No.', { count: 'Too many.' })))).toEqual({
      ok: false,
      message: 'No.',
      fields: { count: 'Too many.' },
    })
  })

  test('tells that somebody else was quicker', async () => {
    expect(await run(throwing(new StaleState('8900')))).toMatchObject({
      ok: false,
      message: expect.stringContaining('changed in the meantime'),
    })
  })

  test('tells of anything else its number alone, which the log has too', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const answer = await run(throwing(new Error('SELECT secret')))
    const logged = String(log.mock.calls[0]?.[0])
    log.mockRestore()
    const [, id] = /number ([0-9a-f]{8})\.$/.exec(answer.ok ? '' : answer.message) ?? []
    expect(answer).not.toMatchObject({ message: expect.stringContaining('secret') })
    expect(logged).toContain(id)
  })
})

describe('a request that changes something comes from this very portal', () => {
  const cases: [string, Record<string, string>, boolean][] = [
    ['a browser says so', { 'sec-fetch-site': 'same-origin', origin: 'https://p.example.com', host: 'p.example.com' }, true],
    ['a browser says another site', { 'sec-fetch-site': 'cross-site', origin: 'https://p.example.com', host: 'p.example.com' }, false],
    ['a browser says another port of this host', { 'sec-fetch-site': 'same-site' }, false],
    ['an origin that is ours', { origin: 'http://localhost:8080', host: 'localhost:8080' }, true],
    ['an origin that is ours on the usual port', { origin: 'https://p.example.com', host: 'P.example.com:443' }, true],
    ['an origin that is another', { origin: 'https://evil.example.com', host: 'p.example.com' }, false],
    ['an origin that is hidden', { origin: 'null', host: 'p.example.com' }, false],
    ['no origin', { host: 'p.example.com' }, false],
  ]
  test.each(cases)('%s', (_, headers, same) => {
    expect(isSameOrigin(new Headers(headers))).toBe(same)
  })
})

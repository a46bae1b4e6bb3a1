import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase, setDatabase } from '@/lib/db/pool'
import { createVault, setVault, type Vault } from '@/lib/vault/vault'
import { type Actor, NotAllowed, requireMay } from './actor'
import { addAccount } from './add-account'
import { createApiKey } from './api-keys'
import { may, ROLE_NAMES, type Role, VERBS, type Verb } from './roles'
import { createSession } from './session-cookie'
import { publicCommands, publicEntrances, unaskedFiles } from './testing/public-surface'
import { askingFunctions, type Entrance, entranceId, entrances, unguardedFiles } from './testing/surface'

const request = vi.hoisted(() => ({ cookie: undefined as { name: string; value: string } | undefined }))

// Only the request is made up: who asks is found in the real table of sessions, by a real cookie.
vi.mock('next/headers', () => ({
  headers: async () => new Headers({ host: 'localhost:8080', 'sec-fetch-site': 'same-origin', 'x-forwarded-for': '192.0.2.1' }),
  cookies: async () => ({
    get: (name: string) => (request.cookie?.name === name ? request.cookie : undefined),
    set: () => undefined,
    delete: () => undefined,
  }),
}))

interface CommandOfTable {
  name: string
  verb: Verb | null
}

const root = path.resolve(import.meta.dirname, '../..')
const load = (file: string): Promise<Record<string, unknown>> => import(/* @vite-ignore */ path.join(root, file))
const isVerb = (name: string | undefined): name is Verb => name !== undefined && Object.hasOwn(VERBS, name)

const known = entrances(root)
const guarded = known.flatMap(entrance => (isVerb(entrance.verb) ? [{ ...entrance, verb: entrance.verb }] : []))
const of = (kind: Entrance['kind']) =>
  guarded.filter(entrance => entrance.kind === kind).map(entrance => [entranceId(entrance), entrance] as const)

let server: TestDatabase
let db: Database
let vault: Vault
let commands: readonly CommandOfTable[]
const cookies = new Map<Role, { name: string; value: string }>()
const keys = new Map<Role, string>()

/** Runs something as a signed-in person of each role; undefined: as nobody. */
async function asEach(work: (role: Role | undefined) => Promise<void>): Promise<void> {
  for (const role of [undefined, ...ROLE_NAMES]) {
    request.cookie = role && cookies.get(role)
    await work(role)
  }
}

beforeAll(async () => {
  process.env.__NEXT_EXPERIMENTAL_AUTH_INTERRUPTS = 'true'
  server = await createTestDatabase()
  db = openDatabase(server.url)
  vault = createVault(new Map([[1, Buffer.alloc(32)]]))
  setDatabase(db)
  setVault(vault)
  commands = (await load('lib/cli/commands.ts')).commands as readonly CommandOfTable[]
  const cli: Actor = { kind: 'cli', name: 'cli:test', role: 'administrator' }
  for (const role of ROLE_NAMES) {
    const { account } = await addAccount(db, cli, { email: `${role}@example.com`, role }, { portalUrl: 'http://localhost:8080' })
    cookies.set(role, await createSession(db, vault, account.id))
    keys.set(role, (await createApiKey(db, cli, { name: role, role })).key)
  }
})
afterAll(async () => {
  setDatabase(undefined)
  setVault(undefined)
  await db?.close()
  await server?.close()
})

const outcome = async (work: () => unknown): Promise<unknown> => {
  try {
    return await work()
  } catch (error) {
    return error
  }
}

/** What a generator does, it does when it is asked for its first value. */
const begun = (result: unknown): unknown =>
  typeof result === 'object' && result !== null && 'next' in result && typeof result.next === 'function' ? result.next() : result

const digestOf = (error: unknown): string => (error instanceof Error && 'digest' in error ? String(error.digest) : '')

describe('everything that can be called', () => {
  test('consults the table of roles with a verb that it has, or is on the list of what is for everybody, with a reason', () => {
    const open = known.filter(({ verb }) => !isVerb(verb)).map(entranceId)
    expect(open.filter(id => !Object.hasOwn(publicEntrances, id))).toEqual([])
  })

  test('is taken off that list when it is gone or consults the table after all', () => {
    const open = known.filter(({ verb }) => !isVerb(verb)).map(entranceId)
    expect(Object.keys(publicEntrances).filter(id => !open.includes(id))).toEqual([])
  })

  test('is found: pages, routes, actions and commands', () => {
    const kinds = known.map(({ kind }) => kind)
    for (const kind of ['page', 'route', 'action'] as const) expect(kinds.filter(each => each === kind).length).toBeGreaterThan(10)
    expect(commands.length).toBeGreaterThan(30)
  })

  test('on the command line has a verb, or touches nothing of the deployment', () => {
    const open = commands.filter(({ verb }) => verb === null || !isVerb(verb)).map(({ name }) => name)
    expect(open.sort()).toEqual([...publicCommands].sort())
  })

  test('in the side bar asks what its page asks: no room answers that it is closed', async () => {
    const rooms = (await load('components/shell/rooms.ts')).ROOMS as readonly { href: string; verb: string }[]
    const pages = new Map(known.filter(({ kind, name }) => kind === 'page' && name === 'default').map(({ file, verb }) => [file, verb]))
    expect(rooms.map(({ href }) => [href, pages.get(path.posix.join('app/(portal)', href, 'page.tsx'))])).toEqual(
      rooms.map(({ href, verb }) => [href, verb]),
    )
  })

  test('in lib asks for itself, wherever it writes to the audit', () => {
    expect(unguardedFiles(root).filter(file => !Object.hasOwn(unaskedFiles, file))).toEqual([])
  })
})

describe('the server refuses each role what it may not', () => {
  test.each(of('action'))('action %s', async (_, { file, name, verb }) => {
    const action = (await load(file))[name] as (input: unknown) => Promise<{ ok: boolean; message?: string }>
    await asEach(async role => {
      // What no schema takes: whoever may is told so, and nothing is done.
      const answer = await action(null)
      expect(answer.ok, `${role}`).toBe(false)
      if (!role) expect(answer.message).toContain('signed out')
      else if (may(role, verb)) expect(answer.message, role).not.toContain('Your role does not allow')
      else expect(answer.message, role).toBe(new NotAllowed(verb).message)
    })
  })

  let asked = 0
  test.each(of('route'))('route %s', async (_, { file, name, verb }) => {
    const handler = (await load(file))[name] as (request: Request, context: unknown) => Promise<Response>
    await asEach(async role => {
      if (role && may(role, verb)) return
      const headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' }
      // Scripts come with a key, and their refusals are counted by address.
      const key = role && file.startsWith('app/api/v1/') ? keys.get(role) : undefined
      if (key) headers.authorization = `Bearer ${key}`
      headers['x-forwarded-for'] = `192.0.2.${asked++ % 250}`
      const made = new Request('http://localhost:8080/', { method: name, headers })
      const answer = await handler(made, { params: Promise.resolve({ iccid: '', id: randomUUID(), kind: '' }) })
      expect(answer.status, `${role}`).toBe(role ? 403 : 401)
    })
  })

  test.each(of('page'))('page %s', async (_, { file, name, verb }) => {
    const page = (await load(file))[name] as (props: unknown) => Promise<unknown>
    const params = Promise.resolve({ iccid: '8949990000000000017', id: randomUUID(), token: '' })
    await asEach(async role => {
      const came = await outcome(() => page({ params, searchParams: Promise.resolve({}) }))
      if (!role) expect(digestOf(came)).toMatch(/^NEXT_REDIRECT;.*sign-in/)
      else if (may(role, verb)) {
        expect(digestOf(came), role).not.toContain(';403')
        expect(came, role).not.toBeInstanceOf(NotAllowed)
      } else expect(digestOf(came), role).toBe('NEXT_HTTP_ERROR_FALLBACK;403')
    })
  })

  // One argument that is an actor as well as a context with one: functions of lib take either.
  test.each(askingFunctions(root).map(each => [entranceId(each), each] as const))('verb %s', async (_, { file, name, verb }) => {
    if (!isVerb(verb)) throw new Error(`${verb} is no verb.`)
    const ask = (await load(file))[name] as (...given: unknown[]) => unknown
    for (const role of ROLE_NAMES.filter(each => !may(each, verb))) {
      const actor: Actor = { kind: 'account', name: `${role}@example.com`, role }
      const who = { ...actor, actor, vault, now: new Date() }
      expect(await outcome(() => begun(ask(db, who, {}, {}))), role).toBeInstanceOf(NotAllowed)
    }
  })

  test('a command', () => {
    for (const { verb } of commands) {
      if (!verb) continue
      for (const role of ROLE_NAMES) {
        const ask = () => requireMay({ kind: 'cli', name: 'cli:test', role }, verb)
        if (may(role, verb)) expect(ask).not.toThrow()
        else expect(ask).toThrow(NotAllowed)
      }
    }
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { createVault } from '@/lib/vault/vault'
import { findAccount, listAccounts, unclaimedEmail } from './account'
import { type Actor, NotAllowed } from './actor'
import { addAccount } from './add-account'
import { changeRole, disableAccount, enableAccount, newPasswordLink } from './change-account'
import { firstAdministratorLink, hasAdministrator } from './first-administrator'
import { findLink } from './one-time-link'
import { createSession, sidOfCookie } from './session-cookie'
import { beginSession, endSession, listSessions, sessionAccount, signOff } from './sessions'
import { setPassword } from './set-password'
import { signIn } from './sign-in'
import { takeAttempt } from './sign-in-attempts'

const portalUrl = 'http://localhost:8080'
const password = 'correct horse battery staple'
const cli: Actor = { kind: 'cli', name: 'cli:tester', role: 'administrator' }
const here = { address: '192.0.2.1', userAgent: 'test' }
const now = new Date('2030-01-01T12:00:00Z')
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
const tokenOf = (url: string) => url.slice(url.lastIndexOf('/') + 1)

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
  await db.query({ text: 'TRUNCATE account, account_session, one_time_link, sign_in_failure, audit CASCADE' })
})

async function person(email: string, role: 'administrator' | 'operator' = 'operator') {
  const { account, link } = await addAccount(db, cli, { email, role }, { portalUrl, now })
  await setPassword(db, tokenOf(link), { password }, { now })
  return account
}

const refusal = async (promise: Promise<unknown>): Promise<FormError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof FormError) return error
  throw new Error(`expected a FormError, got ${error}`)
}

const audited = async () =>
  (await db.query<{ actor: string; action: string; target: string }>({ text: 'SELECT actor, action, target FROM audit ORDER BY id' })).rows

describe('the first administrator', () => {
  test('takes over with the link of the first start, says who they are and can sign in', async () => {
    const link = await firstAdministratorLink(db, portalUrl, now)
    const token = tokenOf(link?.url ?? '')
    expect((await findLink(db, token, now))?.email).toBe(unclaimedEmail)
    const account = await setPassword(db, token, { password, email: ' Ada@Example.com', name: 'Ada' }, { now })
    expect(account).toMatchObject({ email: 'ada@example.com', name: 'Ada', role: 'administrator' })
    expect(await signIn(db, { email: 'ADA@example.com', password }, here, now)).toMatchObject({ session: { account } })
    expect(await hasAdministrator(db)).toBe(true)
  })

  test('gets a new link at each start, until one of them was used', async () => {
    const first = await firstAdministratorLink(db, portalUrl, now)
    const second = await firstAdministratorLink(db, portalUrl, now)
    expect(first?.url).not.toBe(second?.url)
    await setPassword(db, tokenOf(first?.url ?? ''), { password, email: 'ada@example.com' }, { now })
    expect(await findLink(db, tokenOf(second?.url ?? ''), now)).toBeUndefined()
    expect(await firstAdministratorLink(db, portalUrl, now)).toBeUndefined()
  })

  test('must say an e-mail address, and may try again with the same link', async () => {
    const token = tokenOf((await firstAdministratorLink(db, portalUrl, now))?.url ?? '')
    expect((await refusal(setPassword(db, token, { password, email: 'nobody' }, { now }))).fields).toHaveProperty('email')
    expect((await refusal(setPassword(db, token, { password: 'short', email: 'a@example.com' }, { now }))).fields).toHaveProperty(
      'password',
    )
    await setPassword(db, token, { password, email: 'a@example.com' }, { now })
  })

  test('is no longer waited for once another administrator has a password', async () => {
    const link = await firstAdministratorLink(db, portalUrl, now)
    await person('root@example.com', 'administrator')
    expect(await findLink(db, tokenOf(link?.url ?? ''), now)).toBeUndefined()
    expect((await listAccounts(db)).map(account => account.email)).toEqual(['root@example.com'])
  })
})

describe('a link to set a password', () => {
  test('works once, also when two use it at the same time', async () => {
    const { link } = await addAccount(db, cli, { email: 'a@example.com', role: 'operator' }, { portalUrl, now })
    const tries = await Promise.allSettled([1, 2, 3].map(() => setPassword(db, tokenOf(link), { password }, { now })))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('is over after 30 minutes', async () => {
    const { link } = await addAccount(db, cli, { email: 'a@example.com', role: 'operator' }, { portalUrl, now })
    expect(await findLink(db, tokenOf(link), later(29))).toBeDefined()
    await refusal(setPassword(db, tokenOf(link), { password }, { now: later(31) }))
  })

  test('is not found in the database', async () => {
    const { link } = await addAccount(db, cli, { email: 'a@example.com', role: 'operator' }, { portalUrl, now })
    const { rows } = await db.query({ text: 'SELECT one_time_link::text AS row FROM one_time_link' })
    expect(JSON.stringify(rows)).not.toContain(tokenOf(link))
  })

  test('ends the sessions of the account that gets a new password', async () => {
    const account = await person('a@example.com')
    const { sid } = await beginSession(db, account.id, { now })
    const link = await newPasswordLink(db, cli, account.id, { portalUrl, now })
    await setPassword(db, tokenOf(link.url), { password: 'another horse altogether' }, { now })
    expect(await sessionAccount(db, sid, now)).toBeUndefined()
  })
})

describe('signing in', () => {
  test('says the same of an unknown address and of a wrong password', async () => {
    await person('a@example.com')
    const wrong = await refusal(signIn(db, { email: 'a@example.com', password: 'wrong' }, here, now))
    const unknown = await refusal(signIn(db, { email: 'b@example.com', password }, here, now))
    expect(unknown.message).toBe(wrong.message)
  })

  test('is slowed after five failures, longer each time', async () => {
    await person('a@example.com')
    const guess = (at: Date) => refusal(signIn(db, { email: 'a@example.com', password: 'wrong' }, here, at))
    for (let i = 0; i < 5; i++) expect((await guess(now)).message).toMatch(/do not fit/)
    expect((await guess(now)).message).toMatch(/Try again in 1 second\./)
    expect((await refusal(signIn(db, { email: 'a@example.com', password }, here, now))).message).toMatch(/Try again/)
    expect((await guess(later(1))).message).toMatch(/do not fit/)
    expect((await guess(later(1))).message).toMatch(/Try again in 2 seconds\./)
    await signIn(db, { email: 'a@example.com', password }, here, later(2))
    expect((await guess(later(2))).message).toMatch(/do not fit/)
  })

  test('counts guesses that are made at once one by one', async () => {
    await person('a@example.com')
    const checked: FormError[] = []
    for (let i = 0; i < 10; i++) {
      const guesses = Array.from({ length: 20 }, () => refusal(signIn(db, { email: 'a@example.com', password: 'wrong' }, here, now)))
      checked.push(...(await Promise.all(guesses)).filter(({ message }) => /do not fit/.test(message)))
    }
    expect(checked).toHaveLength(5)
  })

  test('does not wait for another attempt from the same network to be counted, holding a connection', async () => {
    await transaction(db, async tx => {
      await tx.query({ text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 7270737))', values: [here.address] })
      const guesses = Array.from({ length: 30 }, () => takeAttempt(db, { email: 'a@example.com', address: here.address, now }))
      expect(new Set(await Promise.all(guesses))).toEqual(new Set([1]))
      expect(await takeAttempt(db, { email: 'a@example.com', address: '198.51.100.1', now })).toBe(0)
    })
  })

  test('passes over control characters in the e-mail address', async () => {
    await person('a@example.com')
    expect((await refusal(signIn(db, { email: 'b\u0000@example.com', password }, here, now))).message).toMatch(/do not fit/)
    await signIn(db, { email: 'a@example\u0000.com', password }, here, now)
  })

  test('is slowed for a network that tries many accounts', async () => {
    const messages: string[] = []
    for (let i = 0; i < 21; i++) {
      const from = { ...here, address: `2001:db8:1:2::${i}` }
      messages.push((await refusal(signIn(db, { email: `user${i}@example.com`, password: 'wrong' }, from, now))).message)
    }
    expect(messages.slice(0, 20).every(message => /do not fit/.test(message))).toBe(true)
    expect(messages[20]).toMatch(/Try again/)
  })

  test('cannot be barred by a stranger elsewhere', async () => {
    await person('a@example.com')
    for (let i = 0; i < 30; i++) {
      await refusal(signIn(db, { email: 'a@example.com', password: 'wrong' }, { ...here, address: `198.51.100.${i % 3}` }, now))
    }
    await signIn(db, { email: 'a@example.com', password }, here, now)
  })

  test('is not for disabled accounts and those without a password', async () => {
    const account = await person('a@example.com')
    await addAccount(db, cli, { email: 'b@example.com', role: 'operator' }, { portalUrl, now })
    await disableAccount(db, cli, account.id, now)
    await refusal(signIn(db, { email: 'a@example.com', password }, here, now))
    await refusal(signIn(db, { email: 'b@example.com', password: '' }, here, now))
    await enableAccount(db, cli, account.id)
    await signIn(db, { email: 'a@example.com', password }, here, now)
  })
})

describe('a session', () => {
  test('is known by its sid until it is ended, expires or the account is disabled', async () => {
    const account = await person('a@example.com')
    const { sid } = await beginSession(db, account.id, { now })
    expect(await sessionAccount(db, sid, later(11 * 60))).toEqual(account)
    expect(await sessionAccount(db, sid, later(12 * 60 + 1))).toBeUndefined()
    expect(await sessionAccount(db, 'another', now)).toBeUndefined()
    await signOff(db, sid, now)
    expect(await sessionAccount(db, sid, now)).toBeUndefined()

    const second = await beginSession(db, account.id, { now })
    await disableAccount(db, cli, account.id, now)
    await enableAccount(db, cli, account.id)
    expect(await sessionAccount(db, second.sid, now)).toBeUndefined()
  })

  test('ends when the role changes', async () => {
    const account = await person('a@example.com')
    const { sid } = await beginSession(db, account.id, { now })
    await changeRole(db, cli, account.id, 'administrator', now)
    expect(await sessionAccount(db, sid, now)).toBeUndefined()
  })

  test('is listed and can be ended by its owner only', async () => {
    const [a, b] = [await person('a@example.com'), await person('b@example.com')]
    const { sid } = await beginSession(db, a.id, { now, userAgent: 'Firefox', address: '192.0.2.7' })
    const [listed] = await listSessions(db, a.id, now)
    expect(listed).toMatchObject({ userAgent: 'Firefox', address: '192.0.2.7' })
    expect(listed?.id).not.toBe(sid)
    await endSession(db, b.id, listed?.id ?? '', now)
    expect(await sessionAccount(db, sid, now)).toBeDefined()
    await endSession(db, a.id, listed?.id ?? '', now)
    expect(await sessionAccount(db, sid, now)).toBeUndefined()
  })

  test('travels in a cookie that only this deployment reads', async () => {
    const vault = createVault(new Map([[1, Buffer.alloc(32, 1)]]))
    await db.query({ text: 'DELETE FROM deployment_secret' })
    const account = await person('a@example.com')
    const cookie = await createSession(db, vault, account.id)
    expect(cookie).toMatchObject({ name: 'next-auth.session-token', httpOnly: true, sameSite: 'lax', secure: false })
    const sid = await sidOfCookie(db, vault, cookie.value)
    expect(await sessionAccount(db, sid ?? '', new Date())).toEqual(account)
    expect(await sidOfCookie(db, vault, `${cookie.value.slice(0, -2)}xx`)).toBeUndefined()
    expect(await sidOfCookie(db, vault, 'rubbish')).toBeUndefined()
    expect((await createSession(db, vault, account.id, true)).name).toBe('__Secure-next-auth.session-token')
  })
})

describe('people', () => {
  test('are added by administrators only, once per e-mail address, with an audit row', async () => {
    const operator: Actor = { kind: 'account', name: 'o@example.com', role: 'operator' }
    await expect(addAccount(db, operator, { email: 'a@example.com', role: 'operator' }, { portalUrl })).rejects.toThrow(NotAllowed)
    const { link, expiresAt } = await addAccount(db, cli, { email: 'A@Example.com', role: 'operator', name: 'A' }, { portalUrl, now })
    expect(link).toMatch(/^http:\/\/localhost:8080\/set-password\/[\w-]{43}$/)
    expect(expiresAt).toEqual(later(30))
    expect((await refusal(addAccount(db, cli, { email: 'a@example.com', role: 'operator' }, { portalUrl }))).fields).toHaveProperty('email')
    expect(await audited()).toEqual([{ actor: 'cli:tester', action: 'account:write', target: 'a@example.com' }])
    expect(await findAccount(db, 'A@example.com')).toMatchObject({ email: 'a@example.com', name: 'A', role: 'operator' })
  })

  test('always have one administrator who can sign in, also when two remove each other', async () => {
    const [a, b] = [await person('a@example.com', 'administrator'), await person('b@example.com', 'administrator')]
    const tries = await Promise.allSettled([disableAccount(db, cli, a.id, now), changeRole(db, cli, b.id, 'operator', now)])
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await hasAdministrator(db)).toBe(true)
  })

  test('leave their passwords nowhere', async () => {
    await person('a@example.com')
    const { rows } = await db.query<{ hash: string }>({ text: 'SELECT password_hash AS hash FROM account' })
    expect(rows[0]?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    const everything = await db.query({ text: 'SELECT (SELECT json_agg(a) FROM audit a) AS audits' })
    expect(JSON.stringify(everything.rows)).not.toContain(password)
  })
})

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { parseEnv } from '@/lib/env'
import { listAccounts } from './account'
import type { Actor } from './actor'
import { addAccount } from './add-account'
import { changeRole, disableAccount, newPasswordLink } from './change-account'
import { signInExternal } from './oidc'
import { type OidcSettings, parseOidcRoles } from './oidc-settings'
import { runningSession, sessionAccount } from './sessions'

const cli: Actor = { kind: 'cli', name: 'cli:tester', role: 'administrator' }
const here = { address: '192.0.2.1', userAgent: 'test' }
const now = new Date('2030-01-01T12:00:00Z')
const settings: OidcSettings = {
  issuer: 'https://id.example.com',
  clientId: 'slipway',
  clientSecret: { value: 'x' },
  roleClaim: 'groups',
  roles: [
    { group: 'admins', role: 'administrator' },
    { group: 'care', role: 'support' },
  ],
}
const eve = { sub: 'e-1', email: 'Eve@example.com', name: 'Eve', groups: ['staff', 'care'] }

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
  await db.query({ text: 'TRUNCATE account CASCADE' })
})

const enter = (claims: Record<string, unknown>) => signInExternal(db, settings, claims, here, now)

test('the first sign-in makes an account without a password, with the role of the groups', async () => {
  const { sid, account, limited } = await enter(eve)
  expect(account).toMatchObject({ email: 'eve@example.com', name: 'Eve', role: 'support' })
  expect(limited).toBe(false)
  expect(await runningSession(db, sid, now)).toMatchObject({ factor: 'oidc' })
  expect(await listAccounts(db)).toMatchObject([{ email: 'eve@example.com', hasPassword: false, external: true }])
})

test('the role follows the groups at every sign-in, and a change ends the sessions before', async () => {
  const first = await enter(eve)
  const second = await enter({ ...eve, groups: ['care', 'admins'] })
  expect(second.account).toMatchObject({ id: first.account.id, role: 'administrator' })
  expect(await sessionAccount(db, first.sid, now)).toBeUndefined()
  expect(await sessionAccount(db, second.sid, now)).toMatchObject({ role: 'administrator' })
})

test('nobody without a group comes in, and who has lost theirs loses their sessions', async () => {
  await expect(enter({ ...eve, sub: 'n-1', groups: ['staff'] })).rejects.toMatchObject({ reason: 'no-role' })
  const { sid } = await enter(eve)
  await expect(enter({ ...eve, groups: undefined })).rejects.toMatchObject({ reason: 'no-role' })
  expect(await sessionAccount(db, sid, now)).toBeUndefined()
})

test('an account with a password is not taken over by an e-mail address claimed elsewhere', async () => {
  await addAccount(db, cli, { email: 'eve@example.com', role: 'administrator' }, { portalUrl: 'http://localhost', now })
  await expect(enter(eve)).rejects.toMatchObject({ reason: 'other-account' })
})

test('an address that is missing or not verified is refused', async () => {
  await expect(enter({ ...eve, email: undefined })).rejects.toMatchObject({ reason: 'no-email' })
  await expect(enter({ ...eve, email_verified: false })).rejects.toMatchObject({ reason: 'no-email' })
})

test('who is disabled here stays out, and has neither a password link nor another role from here', async () => {
  const { account } = await enter(eve)
  await expect(newPasswordLink(db, cli, account.id, { portalUrl: 'http://localhost', now })).rejects.toThrow(/no password here/)
  await expect(changeRole(db, cli, account.id, 'auditor', now)).rejects.toThrow(/groups/)
  await disableAccount(db, cli, account.id, now)
  await expect(enter(eve)).rejects.toMatchObject({ reason: 'disabled' })
})

test('the environment names the issuer, the client and the roles, whole or not at all', () => {
  const whole = {
    OIDC_ISSUER: 'https://id.example.com',
    OIDC_CLIENT_ID: 'slipway',
    OIDC_CLIENT_SECRET: 's',
    OIDC_ROLES: 'a=administrator, cn=b,c=d=support',
  }
  expect(parseEnv({ ...whole, OIDC_ROLES: 'admins=administrator,care=support' }).oidc).toEqual({
    ...settings,
    clientSecret: { value: 's' },
  })
  expect(parseEnv({}).oidc).toBeUndefined()
  expect(() => parseEnv(whole)).toThrow(/OIDC_ROLES/)
  expect(() => parseEnv({ ...whole, OIDC_ROLES: '', OIDC_CLIENT_SECRET: '' })).toThrow(/OIDC_ROLES.*\n.*OIDC_CLIENT_SECRET/)
  expect(() => parseEnv({ ...whole, OIDC_ISSUER: 'http://id.example.com' })).toThrow(/OIDC_ISSUER/)
  expect(parseOidcRoles('cn=care=support')).toEqual([{ group: 'cn=care', role: 'support' }])
})

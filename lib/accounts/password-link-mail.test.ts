import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { listMails } from '@/lib/db/outbox-rows'
import { type Database, openDatabase } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { deliverMail } from '@/lib/mail/deliver-mail'
import { type LoopbackSmtp, startLoopbackSmtp } from '@/lib/mail/loopback-smtp'
import { type Actor, NotAllowed } from './actor'
import { addAccount, inviteByMail } from './add-account'
import { disableAccount, mailNewPasswordLink } from './change-account'
import { findLink } from './one-time-link'
import { completePasswordLink, hidePasswordLinks } from './password-link-mail'
import { setPassword } from './set-password'

const portalUrl = 'https://portal.example.com'
const password = 'correct horse battery staple'
const ada: Actor = { kind: 'cli', name: 'ada@example.com', role: 'administrator' }
const now = new Date('2030-01-01T12:00:00Z')
const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000)

let server: TestDatabase
let db: Database
let smtp: LoopbackSmtp

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
})
afterAll(async () => {
  await db?.close()
  await server?.close()
})
beforeEach(async () => {
  smtp = await startLoopbackSmtp()
  await db.query({ text: 'TRUNCATE account, one_time_link, outbox, audit CASCADE' })
})
afterEach(() => smtp.close())

const newest = async () => {
  const [mail] = await listMails(db, { limit: 1 })
  if (!mail) throw new Error('no mail was written')
  return mail
}

/** Lets the newest mail leave. @returns the token of the link in what arrived */
async function arrived(at: Date): Promise<string | undefined> {
  const from = { name: 'Slipway', address: 'esim@example.com' }
  const settings = { host: '127.0.0.1', port: smtp.port, secure: false, requireTls: false, login: undefined, from }
  const complete = completePasswordLink({ db, portalUrl, now: () => at })
  await deliverMail(db, (await newest()).id, { settings, isLast: false, complete })
  const text = smtp.received.at(-1)?.data.replaceAll('=\n', '')
  return text && /portal\.example\.com\/set-password\/([\w-]+)/.exec(text)?.[1]
}

test('a new person gets the link by mail, and its hours count from when the mail leaves', async () => {
  const account = await inviteByMail(db, ada, { email: 'bob@example.com', role: 'support', name: 'Bob' }, { now })
  expect(await newest()).toMatchObject({ to: 'bob@example.com', subject: 'Your access to the eSIM portal' })
  const token = (await arrived(later(5))) ?? ''
  expect(await findLink(db, token, later(28))).toMatchObject({ id: account.id })
  expect(await findLink(db, token, later(29.5))).toBeUndefined()
  expect(await setPassword(db, token, { password }, { now: later(6) })).toBeDefined()
})

test('neither the outbox nor the audit holds a link, and who reads the outbox is not shown what stands for it', async () => {
  await inviteByMail(db, ada, { email: 'bob@example.com', role: 'support' }, { now })
  const token = (await arrived(now)) ?? 'none'
  const { rows } = await db.query({
    text: 'SELECT (SELECT json_agg(o) FROM outbox o)::text AS mails, (SELECT json_agg(a) FROM audit a)::text AS audit',
  })
  expect(JSON.stringify(rows)).not.toContain(token)
  expect(JSON.stringify(rows)).toContain('linkMailed')
  const { text } = await newest()
  expect(hidePasswordLinks(text)).toContain('(a link to set a password)')
  expect(hidePasswordLinks(text)).not.toContain('password-link:')
})

test('it can be sent again; what is still unsent when a password is set stays unsent', async () => {
  const account = await inviteByMail(db, ada, { email: 'bob@example.com', role: 'support' }, { now })
  const token = (await arrived(now)) ?? ''
  await mailNewPasswordLink(db, ada, account.id, { now: later(1) })
  expect((await newest()).subject).toBe('Your access to the eSIM portal')
  await setPassword(db, token, { password }, { now: later(2) })
  expect(smtp.received).toHaveLength(1)
  await arrived(later(3))
  expect(smtp.received).toHaveLength(1)
  expect((await newest()).failure).toContain('set a password meanwhile')
  await mailNewPasswordLink(db, ada, account.id, { now: later(4) })
  expect((await newest()).subject).toBe('A new password for the eSIM portal')
  await arrived(later(4))
  expect(smtp.received).toHaveLength(2)
})

test('nobody who is locked out is sent a link', async () => {
  const account = await inviteByMail(db, ada, { email: 'bob@example.com', role: 'support' }, { now })
  await disableAccount(db, ada, account.id, now)
  await arrived(later(1))
  expect(smtp.received).toHaveLength(0)
  await expect(mailNewPasswordLink(db, ada, account.id, { now })).rejects.toThrow(FormError)
})

test('only who may change people invites them, and a person once', async () => {
  const invite = (actor: Actor, email: string) => inviteByMail(db, actor, { email, role: 'support' }, { now })
  await expect(invite({ ...ada, role: 'operator' }, 'bob@example.com')).rejects.toThrow(NotAllowed)
  await addAccount(db, ada, { email: 'bob@example.com', role: 'support' }, { portalUrl, now })
  await expect(invite(ada, 'bob@example.com')).rejects.toThrow('bob@example.com has an account already.')
  expect(await listMails(db, { limit: 1 })).toEqual([])
})

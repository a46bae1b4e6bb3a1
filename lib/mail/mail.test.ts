import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ensureAppRole } from '@/lib/db/embedded'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { countKeptMails, listMails, removeUnsentMail, retryMails } from '@/lib/db/outbox-rows'
import { type Database, openDatabase, transaction } from '@/lib/db/pool'
import { deliverMail } from './deliver-mail'
import { type LoopbackSmtp, startLoopbackSmtp } from './loopback-smtp'
import { type MailSettings, parseSender, parseSmtpUrl } from './mail-settings'
import { sendMail } from './send-mail'

let testDatabase: TestDatabase
let db: Database
let smtp: LoopbackSmtp

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  db = openDatabase((await ensureAppRole(testDatabase.url)).url)
  smtp = await startLoopbackSmtp()
})

afterEach(async () => {
  vi.restoreAllMocks()
  await smtp.close()
  await db.close()
  await testDatabase.close()
})

const settings = (change: Partial<MailSettings> = {}): MailSettings => ({
  host: '127.0.0.1',
  port: smtp.port,
  secure: false,
  requireTls: false,
  login: undefined,
  from: { name: 'Slipway', address: 'esim@example.com' },
  ...change,
})

const send = (text = 'Zwölf sind übrig.\n.\nEnd.') =>
  transaction(db, tx => sendMail(tx, { to: 'ops@example.com', subject: 'Stock is low: Größe M', text }))
const deliver = (id: string, change: Partial<MailSettings> = {}) => deliverMail(db, id, { settings: settings(change), isLast: false })
const outbox = async () => (await listMails(db, { limit: 10 }))[0]

test('a mail goes out once, as it was written, and the outbox says when', async () => {
  const id = await send()
  expect(await outbox()).toMatchObject({ id, sentAt: null, failure: null, nextAttemptAt: expect.any(Date) })
  expect(await deliver(id)).toBeUndefined()
  expect(await deliver(id)).toBeUndefined()
  expect(smtp.received).toHaveLength(1)
  const [mail] = smtp.received
  expect(mail).toMatchObject({ from: 'esim@example.com', to: ['ops@example.com'] })
  expect(mail?.data).toContain('From: Slipway <esim@example.com>')
  expect(mail?.data).toContain(`Message-ID: <${id}@example.com>`)
  expect(mail?.data).toContain('Auto-Submitted: auto-generated')
  expect(mail?.data).toMatch(/\n\.\nEnd\./)
  expect(await outbox()).toMatchObject({ sentAt: expect.any(Date), failure: null, nextAttemptAt: null })
})

test('a mail of a transaction that is rolled back was never written', async () => {
  await transaction(db, async tx => {
    await sendMail(tx, { to: 'ops@example.com', subject: 'x', text: 'y' })
    throw new Error('no')
  }).catch(() => undefined)
  expect(await outbox()).toBeUndefined()
  expect((await db.query({ text: 'SELECT FROM graphile_worker.jobs' })).rowCount).toBe(0)
})

test('without a mail server it stays in the outbox, and goes out when a person says so', async () => {
  const id = await send()
  expect(await deliverMail(db, id, { settings: undefined, isLast: false })).toBeUndefined()
  await db.query({ text: 'DELETE FROM graphile_worker._private_jobs' })
  expect(await outbox()).toMatchObject({ sentAt: null, failure: null, nextAttemptAt: null })
  expect(await countKeptMails(db)).toBe(1)
  expect(await transaction(db, tx => retryMails(tx))).toBe(1)
  expect(await countKeptMails(db)).toBe(0)
  await deliver(id)
  expect(smtp.received).toHaveLength(1)
  expect(await transaction(db, tx => retryMails(tx))).toBe(0)
  expect(await transaction(db, tx => removeUnsentMail(tx, id))).toBe(false)
})

test('what the mail server refuses for good is kept with its words and not tried again', async () => {
  const id = await send()
  smtp.answer = command => (command.startsWith('RCPT') ? '550 5.1.1 No such user' : undefined)
  expect(await deliver(id)).toBeUndefined()
  expect((await outbox())?.failure).toMatch(/refused this mail\. It said: 550 5\.1\.1 No such user/)
  expect(await transaction(db, tx => removeUnsentMail(tx, id))).toBe(true)
})

test.each([
  [
    'it is full',
    (command: string) => (command === '.' ? '452 4.3.1 Full' : undefined),
    /did not take this mail for now\. It said: 452 4\.3\.1 Full/,
  ],
  [
    'it greylists',
    (command: string) => (command.startsWith('RCPT') ? '450 4.2.0 Later' : undefined),
    /for now\. It said: 450 4\.2\.0 Later/,
  ],
])('a mail is tried again later where %s', async (_, answer, words) => {
  const id = await send()
  smtp.answer = answer
  expect(await deliver(id)).toMatch(words)
  expect((await outbox())?.failure).toMatch(words)
  smtp.answer = () => undefined
  expect(await deliver(id)).toBeUndefined()
  expect(await outbox()).toMatchObject({ sentAt: expect.any(Date), failure: null })
})

test('a mail is tried again later where nobody answers; the last attempt says that it was the last', async () => {
  const id = await send()
  await smtp.close()
  expect(await deliver(id)).toMatch(/^The mail server 127\.0\.0\.1:\d+ does not answer \(E\w+\)\.$/)
  await deliverMail(db, id, { settings: settings(), isLast: true })
  expect((await outbox())?.failure).toMatch(/not tried again by itself\.$/)
})

test('a wrong password is told without it, and a password never travels unencrypted to another machine', async () => {
  const id = await send()
  const login = { user: 'mailer', password: 'canary-7Qz' }
  smtp.answer = command => (command.startsWith('AUTH') ? '535 5.7.8 Bad credentials' : undefined)
  const sentence = await deliver(id, { login })
  expect(sentence).toMatch(/does not accept the user name and password of SMTP_URL\. It said: 535/)
  smtp.answer = () => undefined
  const seen: string[] = []
  smtp.answer = command => {
    seen.push(command)
    return undefined
  }
  expect(await deliver(id, { login, requireTls: true })).toMatch(/STARTTLS/)
  expect(`${sentence}${(await outbox())?.failure}${seen.join()}`).not.toMatch(/canary|Y2FuYXJ5|bWFpbGVy/)
})

test('SMTP_URL and MAIL_FROM are read', () => {
  expect(parseSmtpUrl('smtp://me%40x:p%3Aw@mail.example.com')).toEqual({
    host: 'mail.example.com',
    port: 587,
    secure: false,
    requireTls: true,
    login: { user: 'me@x', password: 'p:w' },
  })
  expect(parseSmtpUrl('smtps://mail.example.com')).toMatchObject({ port: 465, secure: true, requireTls: false, login: undefined })
  expect(parseSmtpUrl('smtp://[::1]:2525/')).toMatchObject({ host: '::1', port: 2525, requireTls: false })
  for (const wrong of ['mail.example.com', 'http://mail.example.com', 'smtp://', 'smtp://x/y', 'smtp://x?y=z', 'smtp://%zz@x'])
    expect(parseSmtpUrl(wrong), wrong).toBeUndefined()
  expect(parseSender('Slipway eSIM <esim@example.com>')).toEqual({ name: 'Slipway eSIM', address: 'esim@example.com' })
  expect(parseSender('esim@example.com')).toEqual({ name: '', address: 'esim@example.com' })
  for (const wrong of ['Slipway', 'a@b\nBcc: c@d', 'a b@c', '<>', 'a@b, c@d']) expect(parseSender(wrong), wrong).toBeUndefined()
})

test('a mail has one address and a subject of one line', async () => {
  const mail = { to: 'a@example.com, b@example.com', subject: 'x', text: 'y' }
  await expect(transaction(db, tx => sendMail(tx, mail))).rejects.toThrow()
  await transaction(db, tx => sendMail(tx, { ...mail, to: 'a@example.com', subject: 'x\r\nBcc: b@example.com' }))
  expect((await outbox())?.subject).toBe('x Bcc: b@example.com')
})

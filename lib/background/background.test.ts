import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { inviteByMail } from '@/lib/accounts/add-account'
import { ensureAppRole } from '@/lib/db/embedded'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { listMails } from '@/lib/db/outbox-rows'
import { type Database, openDatabase, transaction } from '@/lib/db/pool'
import { readTask } from '@/lib/db/portal/tasks'
import { runOrders } from '@/lib/db/run-rows'
import { parseEnv } from '@/lib/env'
import { type LoopbackSmtp, startLoopbackSmtp } from '@/lib/mail/loopback-smtp'
import { sendMail } from '@/lib/mail/send-mail'
import { linkPlaceholder } from '@/lib/orders/links/link-in-mail'
import { orderContext } from '@/lib/orders/order-context'
import { IssueRunInput } from '@/lib/orders/runs/issue-run-input'
import { startIssueRun } from '@/lib/orders/runs/start-issue-run'
import { openVault, type Vault } from '@/lib/vault/vault'
import { startBackground } from './start'

let testDatabase: TestDatabase
let db: Database
let vault: Vault
let dataDir: string
let smtp: LoopbackSmtp
let stop: () => Promise<void>

beforeEach(async () => {
  vi.spyOn(console, 'warn').mockReturnValue()
  testDatabase = await createTestDatabase()
  db = openDatabase((await ensureAppRole(testDatabase.url)).url)
  dataDir = mkdtempSync(path.join(tmpdir(), 'slipway-background-'))
  vault = await openVault(db, dataDir)
  smtp = await startLoopbackSmtp()
})

afterEach(async () => {
  await stop()
  vi.restoreAllMocks()
  await smtp.close()
  await db.close()
  await testDatabase.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const envWith = (mail: Record<string, string>) => parseEnv({ DATA_DIR: dataDir, PORTAL_URL: 'https://portal.example.com', ...mail })
const toLoopback = () => envWith({ SMTP_URL: `smtp://127.0.0.1:${smtp.port}`, MAIL_FROM: 'Slipway <esim@example.com>' })
const send = (to = 'ops@example.com') => transaction(db, tx => sendMail(tx, { to, subject: 'Hello', text: 'How are you?' }))
const outbox = () => listMails(db, { limit: 10 })

test('a low stock becomes a mail that arrives', async () => {
  await db.query({
    text: `INSERT INTO profile_type (name, alert_level, alert_recipients, created_by) VALUES ('Consumer', 5, '{ops@example.com}', 'x')`,
  })
  stop = startBackground({ db, vault }, toLoopback())
  await vi.waitFor(() => expect(smtp.received).toHaveLength(1), 20_000)
  expect(smtp.received[0]).toMatchObject({ to: ['ops@example.com'] })
  expect(smtp.received[0]?.data).toContain('Subject: Stock of Consumer is low: none are left')
  await vi.waitFor(async () => expect(await outbox()).toMatchObject([{ sentAt: expect.any(Date), nextAttemptAt: null }]), 10_000)
})

test('a mail that nobody takes is tried again by itself, one that is refused is not', async () => {
  let calls = 0
  smtp.answer = command => {
    if (command.startsWith('RCPT TO:<gone@')) return '550 5.1.1 No such user'
    return command.startsWith('RCPT') && ++calls === 1 ? '450 4.2.0 Later' : undefined
  }
  stop = startBackground({ db, vault }, toLoopback())
  await send()
  await send('gone@example.com')
  await vi.waitFor(() => expect(smtp.received).toHaveLength(1), 30_000)
  await vi.waitFor(async () => {
    const states = (await outbox()).map(mail => [mail.to, mail.sentAt !== null, mail.nextAttemptAt, /550 5\.1\.1/.test(mail.failure ?? '')])
    expect(states.sort()).toEqual([
      ['gone@example.com', false, null, true],
      ['ops@example.com', true, null, false],
    ])
  }, 10_000)
})

test('without a mail server the outbox keeps it, and nobody tries', async () => {
  stop = startBackground({ db, vault }, envWith({}))
  await send()
  await vi.waitFor(async () => expect(await outbox()).toMatchObject([{ sentAt: null, failure: null, nextAttemptAt: null }]), 20_000)
})

test('a mail with a customer’s link is completed on its way out, and one whose link is dead stays', async () => {
  const link = async (revoked: boolean) => {
    const id = randomUUID()
    await db.query({
      text: `INSERT INTO customer_link (id, token_hash, order_id, iccid, created_by, revoked_at) VALUES ($1, $2, $3, '89', 'x', $4)`,
      values: [id, randomBytes(32), randomUUID(), revoked ? new Date() : null],
    })
    return id
  }
  const [good, dead] = [await link(false), await link(true)]
  stop = startBackground({ db, vault }, { ...toLoopback(), customerUrl: 'https://esim.example.com' })
  for (const [to, id] of [
    ['good@example.com', good],
    ['dead@example.com', dead],
  ] as const)
    await transaction(db, tx => sendMail(tx, { to, subject: 'Your eSIM', text: linkPlaceholder(id) }))
  await vi.waitFor(async () => expect((await outbox()).every(mail => mail.sentAt || mail.failure)).toBe(true), 20_000)
  expect(smtp.received.map(({ to }) => to)).toEqual([['good@example.com']])
  expect(smtp.received[0]?.data).toMatch(/https:\/\/esim\.example\.com\/e\/[\w-]{32}\b/)
  expect((await outbox()).map(mail => mail.text)).toContain(linkPlaceholder(good))
})

test('a person who is invited gets a mail with a link of this portal', async () => {
  stop = startBackground({ db, vault }, toLoopback())
  await inviteByMail(db, { kind: 'cli', name: 'cli:test', role: 'administrator' }, { email: 'bob@example.com', role: 'support' })
  await vi.waitFor(() => expect(smtp.received).toHaveLength(1), 20_000)
  expect(smtp.received[0]?.to).toEqual(['bob@example.com'])
  expect(smtp.received[0]?.data.replaceAll('=\n', '')).toMatch(/https:\/\/portal\.example\.com\/set-password\/[\w-]{43}\b/)
})

test('a run of codes is issued, with the addresses of this server', async () => {
  await db.query({ text: `INSERT INTO profile_type (name, created_by) VALUES ('Consumer', 'x')` })
  await db.query({
    text: `INSERT INTO profile (iccid, type_id, saip_version, package_bytes, install_bytes, created_by)
      SELECT '894400000000000' || n, (SELECT id FROM profile_type), '2.3', 1, 1, 'x' FROM generate_series(1001, 1007) n`,
  })
  const env = envWith({})
  const actor = { kind: 'cli', name: 'cli:test', role: 'administrator' } as const
  const ctx = await orderContext({ db, vault, actor, now: new Date() }, env)
  const { runId, taskId } = await startIssueRun(db, ctx, IssueRunInput.parse({ type: 'Consumer', count: 7 }))
  stop = startBackground({ db, vault }, env)
  await vi.waitFor(async () => expect(await readTask(db, taskId)).toMatchObject({ state: 'done', done: 7, failed: 0, total: 7 }), 20_000)
  expect(await runOrders(db, runId, { limit: 1 })).toMatchObject([{ iccid: '8944000000000001001', smdpAddress: env.smdpAddress }])
})

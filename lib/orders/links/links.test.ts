import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/accounts/actor'
import type { Situation } from '@/lib/customer-page/model'
import { listMails } from '@/lib/db/outbox-rows'
import { transaction } from '@/lib/db/pool'
import type { Report } from '@/lib/jobs/task'
import { deliverMail } from '@/lib/mail/deliver-mail'
import { type LoopbackSmtp, startLoopbackSmtp } from '@/lib/mail/loopback-smtp'
import { Iccid } from '@/lib/rsp/identifiers'
import { customerUrl, Laboratory } from '@/lib/smdp/testing/laboratory'
import {
  createCustomerLinks,
  currentLink,
  customerPageUrl,
  linkByToken,
  mailLink,
  noteOpening,
  renewLink,
  revokeLink,
  revokeLinks,
} from './customer-links'
import { completeMail, fillLinks, hideLinks } from './link-in-mail'
import { tokenOf } from './link-token'
import { mailRunLinks, startMailingLinks } from './mail-run-links'
import { situationOf } from './situation'

let lab: Laboratory
let smtp: LoopbackSmtp
let start: Date

beforeAll(async () => {
  lab = await Laboratory.open()
  smtp = await startLoopbackSmtp()
  start = lab.now
})
afterAll(async () => {
  await smtp?.close()
  await lab?.close()
})
beforeEach(() => {
  lab.now = start
})

const tokenIn = (url: string): string => url.slice(`${customerUrl}/e/`.length)

/** A profile that was issued, with the token of its link. */
async function linked(options: Parameters<Laboratory['issued']>[0] = {}) {
  const { iccid, activationCode, orderId } = await lab.issued(options)
  return { iccid: Iccid.parse(iccid), activationCode, orderId, token: await tokenFor(iccid) }
}

async function tokenFor(iccid: string): Promise<string> {
  const link = await currentLink(lab.db, iccid)
  if (!link) throw new Error('no link')
  return tokenIn(customerPageUrl(lab.orderContext(), link.linkId))
}

async function situation(token: string): Promise<Situation | undefined> {
  const facts = await linkByToken(lab.db, token)
  return facts && situationOf(facts, lab.now)
}

const later = (hours: number) => new Date(start.getTime() + hours * 3_600_000)

describe('a link', () => {
  test('is made with every order, opens under the customers’ address, and its token has 192 bits that depend on the deployment', async () => {
    const { iccid, token } = await linked()
    expect(token).toMatch(/^[A-Za-z0-9_-]{32}$/)
    const link = await currentLink(lab.db, iccid)
    expect(link).toMatchObject({ opens: 0, openedAt: null, mailedAt: null, revokedAt: null, createdBy: 'cli:test' })
    expect(tokenOf(randomBytes(32), link?.linkId ?? '')).not.toBe(token)
    const tables = JSON.stringify([
      await lab.sql('SELECT * FROM customer_link'),
      await lab.sql('SELECT * FROM audit'),
      await lab.events(iccid),
    ])
    expect(tables).not.toContain(token)
  })

  test('is one per order, many by one statement', async () => {
    const orders = [await lab.issued(), await lab.issued(), await lab.issued()]
    await transaction(lab.db, async tx => {
      for (const { iccid } of orders) await revokeLinks(tx, { iccid, by: 'x', at: lab.now })
      const made = await createCustomerLinks(tx, lab.orderContext(), orders)
      for (const [i, { url }] of made.entries()) expect((await linkByToken(tx, tokenIn(url)))?.iccid).toBe(orders[i]?.iccid)
      expect(await createCustomerLinks(tx, lab.orderContext(), [])).toEqual([])
    })
    await expect(transaction(lab.db, tx => createCustomerLinks(tx, lab.orderContext(), orders))).rejects.toMatchObject({
      constraint: 'customer_link_current',
    })
  })

  test('that is renewed is dead and says that there is a newer one; both are told on the timeline and in the audit', async () => {
    const { iccid, token } = await linked()
    const { url, linkId } = await renewLink(lab.db, lab.orderContext(), { iccid })
    expect(await situation(token)).toEqual({ situation: 'replaced' })
    expect(await situation(tokenIn(url))).toMatchObject({ situation: 'ready' })
    expect((await currentLink(lab.db, iccid))?.linkId).toBe(linkId)
    expect(await lab.events(iccid)).toContainEqual(expect.objectContaining({ kind: 'linkMade', data: { linkId, ended: 1 } }))
    const audited = JSON.stringify(await lab.sql(`SELECT * FROM audit WHERE action = 'link:write' AND target = $1`, [iccid]))
    expect(audited).toContain(linkId)
    expect(audited).not.toContain(tokenIn(url))
  })

  test('that is revoked opens nothing any more, and is revoked once', async () => {
    const { iccid, token } = await linked()
    await revokeLink(lab.db, lab.orderContext(), { iccid })
    expect(await situation(token)).toEqual({ situation: 'unknown' })
    expect(await currentLink(lab.db, iccid)).toMatchObject({ revokedAt: lab.now, revokedBy: 'cli:test' })
    expect((await lab.events(iccid)).at(-1)).toMatchObject({ kind: 'linkRevoked' })
    await expect(revokeLink(lab.db, lab.orderContext(), { iccid })).rejects.toThrow(/no link/)
  })

  test('is made for orders of others too, not for profiles without one or whose order has ended', async () => {
    const { iccid } = await lab.addProfile()
    await expect(renewLink(lab.db, lab.orderContext(), { iccid })).rejects.toThrow(/No code was issued/)
    const { iccid: cancelled } = await linked()
    await lab.cancelled(cancelled, 'Available')
    await expect(renewLink(lab.db, lab.orderContext(), { iccid: cancelled })).rejects.toThrow(/has ended/)
  })

  test('is for those who may', async () => {
    const { iccid } = await linked()
    const nobody = { ...lab.orderContext(), actor: { kind: 'account', name: 'x', role: 'none' } as unknown as Actor }
    expect(() => renewLink(lab.db, nobody, { iccid })).toThrow(/does not allow/)
    expect(() => revokeLink(lab.db, nobody, { iccid })).toThrow(/does not allow/)
    expect(() => mailLink(lab.db, nobody, { iccid })).toThrow(/does not allow/)
  })

  test('that cannot be one is not looked for', async () => {
    for (const wrong of ['', 'x', 'x'.repeat(33), `${'x'.repeat(31)}\u0000`]) expect(await linkByToken(lab.db, wrong)).toBeUndefined()
  })
})

describe('the page of a link says', () => {
  test('ready, with the code and how many tries are left', async () => {
    const { token, activationCode } = await linked({ confirmationCode: '1234', expiresAt: later(5) })
    expect(await situation(token)).toEqual({
      situation: 'ready',
      activationCode,
      qrText: activationCode.replace('smdp.example.com', 'SMDP.EXAMPLE.COM'),
      smdpAddress: 'smdp.example.com',
      matchingId: expect.stringMatching(/^[-0-9A-Z]+$/),
      confirmationCodeRequired: true,
      confirmationCodeTriesLeft: expect.any(Number),
      expiresAt: later(5),
    })
  })

  test('expired, once it is', async () => {
    const { token } = await linked({ expiresAt: later(5) })
    lab.now = later(6)
    expect(await situation(token)).toEqual({ situation: 'expired', at: later(5) })
  })

  test('not ready, while the order is not released', async () => {
    const { iccid, token } = await linked()
    await lab.sql(`UPDATE profile SET state = 'Confirmed' WHERE iccid = $1`, [iccid])
    expect(await situation(token)).toEqual({ situation: 'notReady' })
  })

  test('downloaded, then installed with the end of the EID, then what the phone told; never the code', async () => {
    const { iccid, token, activationCode } = await linked()
    const card = lab.card()
    const eidEnd = card.eid.slice(-4)
    expect((await lab.phone(card).download({ activationCode })).outcome).toBe('installed')
    const installed = await situation(token)
    expect(installed).toMatchObject({ situation: 'installed', eidEnd, at: expect.any(Date) })
    expect(JSON.stringify(installed)).not.toContain('LPA:')
    await lab.sql(`UPDATE profile SET runtime_state = 'Enabled', runtime_since = $2 WHERE iccid = $1`, [iccid, lab.now])
    expect(await situation(token)).toMatchObject({ situation: 'installed', runtime: 'Enabled' })
    await lab.sql(`UPDATE profile SET runtime_state = 'Deleted' WHERE iccid = $1`, [iccid])
    expect(await situation(token)).toEqual({ situation: 'deleted', at: lab.now, eidEnd })
    await lab.sql(
      `UPDATE profile SET state = 'Downloaded', order_id = (SELECT order_id FROM customer_link WHERE iccid = $1) WHERE iccid = $1`,
      [iccid],
    )
    expect(await situation(token)).toMatchObject({ situation: 'downloaded', eidEnd })
  })

  test('nothing of whoever has the profile next', async () => {
    const { iccid, token, activationCode } = await linked()
    await lab.phone().download({ activationCode })
    await lab.sql(`UPDATE profile SET state = 'Available', eid = NULL, binding_id = NULL, runtime_state = NULL WHERE iccid = $1`, [iccid])
    lab.now = later(1)
    const [next] = await lab.issueAgain(iccid)
    expect(await situation(token)).toEqual({ situation: 'deleted' })
    const second = lab.card()
    await lab.phone(second).download({ activationCode: next?.activationCode ?? '' })
    expect(await situation(token)).toEqual({ situation: 'deleted' })
    expect(await situation(await tokenFor(iccid))).toMatchObject({ situation: 'installed', eidEnd: second.eid.slice(-4) })
  })

  test('cancelled, also when the profile goes to somebody else', async () => {
    const { iccid, token } = await linked()
    await lab.cancelled(iccid, 'Available')
    expect(await situation(token)).toEqual({ situation: 'cancelled' })
    lab.now = later(1)
    await lab.issueAgain(iccid)
    expect(await situation(token)).toEqual({ situation: 'cancelled' })
  })

  test.each([
    ['failed', { situation: 'failed', at: expect.any(Date) }],
    ['rejected', { situation: 'failed', at: expect.any(Date) }],
    ['downloadAttemptsExceeded', { situation: 'usedUp', reason: 'downloads' }],
    ['confirmationCodeAttemptsExceeded', { situation: 'usedUp', reason: 'confirmationCode' }],
  ])('why an order that ended as %s has', async (outcome, expected) => {
    const { iccid, orderId, token } = await linked()
    await lab.sql('UPDATE download_order SET closed_at = $2, outcome = $3 WHERE id = $1', [orderId, lab.now, outcome])
    await lab.sql(`UPDATE profile SET state = 'Error', order_id = NULL WHERE iccid = $1`, [iccid])
    expect(await situation(token)).toEqual(expected)
  })

  test('replaced, where another profile took its place or the same one moved on', async () => {
    const [old, fresh, moved] = [await linked(), await linked(), await linked()]
    await transaction(lab.db, tx => revokeLinks(tx, { iccid: old.iccid, by: 'x', at: lab.now }))
    expect(await situation(old.token)).toEqual({ situation: 'unknown' })
    await lab.sql(
      `INSERT INTO replacement (at, old_iccid, new_iccid, reason, order_id, created_by) VALUES (now(), $1, $2, 'lost', $3, 'x')`,
      [old.iccid, fresh.iccid, fresh.orderId],
    )
    expect(await situation(old.token)).toEqual({ situation: 'replaced' })
    await lab.phone().download({ activationCode: moved.activationCode })
    await transaction(lab.db, tx => revokeLinks(tx, { iccid: moved.iccid, by: 'x', at: lab.now }))
    await lab.sql(`UPDATE profile SET state = 'Available' WHERE iccid = $1`, [moved.iccid])
    lab.now = later(1)
    const [again] = await lab.issueAgain(moved.iccid)
    await lab.sql(`UPDATE download_order SET reason = 'reissue' WHERE id = $1`, [again?.orderId])
    expect(await situation(moved.token)).toEqual({ situation: 'replaced' })
  })
})

describe('a page that a person opened', () => {
  const seen = async (token: string, hours: number) => noteOpening(lab.db, token, later(hours))
  const told = async (iccid: string) => (await lab.events(iccid)).filter(({ kind }) => kind === 'linkOpened').length

  test('counts once a visit and stands on the timeline once a day, however many say so at once', async () => {
    start = new Date('2026-05-03T08:00:00Z')
    const { iccid, token } = await linked()
    await Promise.all(Array.from({ length: 20 }, () => seen(token, 0)))
    expect(await currentLink(lab.db, iccid)).toMatchObject({ opens: 1, openedAt: later(0), lastOpenedAt: later(0) })
    await seen(token, 0.4)
    expect(await currentLink(lab.db, iccid)).toMatchObject({ opens: 1 })
    await seen(token, 3)
    expect(await told(iccid)).toBe(1)
    await seen(token, 26)
    expect(await currentLink(lab.db, iccid)).toMatchObject({ opens: 3, openedAt: later(0), lastOpenedAt: later(26) })
    expect(await told(iccid)).toBe(2)
    expect((await lab.events(iccid)).at(-1)).toMatchObject({ kind: 'linkOpened', outcome: 'ok', data: { revoked: false } })
    await seen('x'.repeat(32), 1)
  })
})

describe('a mail with the link', () => {
  const deliver = (id: string) =>
    deliverMail(lab.db, id, {
      settings: {
        host: '127.0.0.1',
        port: smtp.port,
        secure: false,
        requireTls: false,
        login: undefined,
        from: { name: '', address: 'e@x.org' },
      },
      isLast: false,
      complete: completeMail({ db: lab.db, vault: lab.vault, customerUrl }),
    })
  const newest = async () => {
    const [mail] = await listMails(lab.db, { limit: 1 })
    if (!mail) throw new Error('no mail')
    return mail
  }

  test('is kept without the token, shown with it to some, and carries it when it goes out', async () => {
    const { iccid, token } = await linked()
    expect(await mailLink(lab.db, lab.orderContext(), { iccid, to: 'kim@example.com', language: 'de' })).toEqual({ to: 'kim@example.com' })
    const mail = await newest()
    expect(mail.to).toBe('kim@example.com')
    expect(`${mail.subject} ${mail.text}`).not.toContain(token)
    expect(hideLinks(mail.text)).not.toContain('customer-page:')
    expect(fillLinks(lab.orderContext().links, mail.text)).toContain(`${customerUrl}/e/${token}`)
    await deliver(mail.id)
    const body = smtp.received.at(-1)?.data.replace(/=\n/g, '').replace(/=3D/g, '=') ?? ''
    expect(Buffer.from(body.split('\n\n').slice(1).join('\n\n').replace(/\s/g, ''), 'base64').toString() + body).toContain(token)
    expect((await newest()).text).not.toContain(token)
    expect(await currentLink(lab.db, iccid)).toMatchObject({ mailedAt: lab.now })
    expect((await lab.events(iccid)).at(-1)).toMatchObject({ kind: 'linkMailed', data: { to: 'kim@example.com' } })
    expect(await lab.sql('SELECT customer_email FROM download_order WHERE iccid = $1', [iccid])).toEqual([
      { customer_email: 'kim@example.com' },
    ])
  })

  test('is not sent once the link is dead, and says so', async () => {
    const { iccid } = await linked()
    await mailLink(lab.db, lab.orderContext(), { iccid, to: 'kim@example.com' })
    const { id } = await newest()
    await renewLink(lab.db, lab.orderContext(), { iccid })
    const before = smtp.received.length
    await deliver(id)
    expect(smtp.received).toHaveLength(before)
    expect((await newest()).failure).toMatch(/revoked before it was sent/)
  })

  test('needs somebody to go to and an order that is open', async () => {
    const { iccid } = await linked()
    await expect(mailLink(lab.db, lab.orderContext(), { iccid })).rejects.toMatchObject({ fields: { to: expect.any(String) } })
    await lab.cancelled(iccid, 'Available')
    await expect(mailLink(lab.db, lab.orderContext(), { iccid, to: 'kim@example.com' })).rejects.toThrow(/no link to send/)
  })

  test('goes to every order of a run that has an address, once, in the customer’s language', async () => {
    const runId = randomUUID()
    const iccids: string[] = []
    for (const [email, language] of [
      ['a@example.com', 'de'],
      ['b@example.com', null],
      [null, null],
      ['not an address', null],
    ]) {
      const { iccid, orderId } = await linked()
      iccids.push(iccid)
      await lab.sql('UPDATE download_order SET run_id = $2, customer_email = $3, language = $4 WHERE id = $1', [
        orderId,
        runId,
        email,
        language,
      ])
    }
    await mailLink(lab.db, lab.orderContext(), { iccid: Iccid.parse(iccids[1]) })
    await startMailingLinks(lab.db, lab.orderContext(), runId)
    const before = (await listMails(lab.db, { limit: 100 })).length
    const told = { total: 0, done: 0, failed: 0, result: {} }
    const report: Report = {
      total: count => {
        told.total = count
      },
      done: (count = 1) => {
        told.done += count
      },
      failed: (count = 1) => {
        told.failed += count
      },
      result: result => {
        told.result = result
      },
      cancelled: async () => false,
    }
    const { actor } = lab.orderContext()
    const context = {
      db: lab.db,
      vault: lab.vault,
      actor,
      dataDir: '/nowhere',
      now: () => lab.now,
      addresses: { smdpAddress: 'x', customerUrl },
    }
    await mailRunLinks.perform(context, { runId, count: 2 }, report)
    expect(told).toMatchObject({
      total: 2,
      done: 1,
      failed: 1,
      result: { sentence: expect.stringMatching(/^1 link mailed\. 1 link had an address/) },
    })
    const mails = await listMails(lab.db, { limit: 100 })
    expect(mails).toHaveLength(before + 1)
    expect(mails[0]?.to).toBe('a@example.com')
    await lab.sql(`UPDATE download_order SET customer_email = NULL WHERE customer_email = 'not an address'`)
    await expect(startMailingLinks(lab.db, lab.orderContext(), runId)).rejects.toThrow(/no link left/)
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sealAudit } from '@/lib/accounts/audit-chain/sealer'
import { verifyAudit } from '@/lib/accounts/audit-chain/verify'
import { insertMail } from '@/lib/db/outbox-rows'
import { transaction } from '@/lib/db/pool'
import { bind } from '@/lib/orders/bind'
import { issue } from '@/lib/orders/issue'
import { replaceProfile } from '@/lib/orders/reuse/replace'
import type { Card } from '@/lib/phone/card'
import { Eid, Iccid } from '@/lib/rsp/identifiers'
import { actor, Laboratory } from '@/lib/smdp/testing/laboratory'
import { changeType } from '@/lib/smdp/testing/moved-profiles'
import { eraseSubscriber } from './erase-subscriber'
import { exportSubscriber } from './export-subscriber'
import { lookUpSubscriber } from './look-up-subscriber'
import { type Subject, SubjectInput } from './subject'

const email = 'kim@example.com'
const number = '491715550000'
const imei = /"imei":"?\d/

let lab: Laboratory

beforeEach(async () => {
  lab = await Laboratory.open()
})
afterEach(() => lab.close())

/** A customer with an eSIM on their phone, known by everything by which one can be known. */
async function customer({ to = email, msisdn = number, card = lab.card() }: { to?: string; msisdn?: string; card?: Card } = {}) {
  const { iccid } = await lab.addProfile()
  await lab.sql('UPDATE profile SET msisdn = $2 WHERE iccid = $1', [iccid, msisdn])
  const [issued] = await issue(lab.db, lab.orderContext(), { iccids: [iccid], customerEmail: to, reference: 'order 7' })
  if (!issued) throw new Error('nothing issued')
  await transaction(lab.db, tx => insertMail(tx, { to, subject: 'Your eSIM', text: 'customer-page:00000000-0000-4000-8000-000000000000' }))
  const phone = lab.phone(card)
  const download = async () => {
    await phone.download({ activationCode: issued.activationCode })
    await phone.sendNotifications()
  }
  const leave = async () => {
    phone.deleteProfile(iccid)
    await phone.sendNotifications()
  }
  return { iccid, eid: card.eid, orderId: issued.orderId, matchingId: issued.matchingId, to, msisdn, phone, card, download, leave }
}

async function exported(subject: Subject): Promise<{ text: string; json: Record<string, Record<string, unknown>[]> }> {
  let text = ''
  for await (const piece of exportSubscriber(lab.db, actor, subject)) text += piece
  return { text, json: JSON.parse(text) }
}

/** All that lies in the database, as text. */
async function everything(): Promise<string> {
  const tables = await lab.sql(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`)
  const texts = await Promise.all(tables.map(({ name }) => lab.sql(`SELECT t::text AS row FROM "${name}" t`)))
  return texts
    .flat()
    .map(({ row }) => row)
    .join('\n')
}

const count = async (table: string) => Number((await lab.sql(`SELECT count(*) AS n FROM ${table}`))[0]?.n)

describe('an export', () => {
  test('has everything that is held, whatever the subscriber is known by, and neither key nor code', async () => {
    const { iccid, eid, download, matchingId } = await customer()
    await download()
    for (const subject of [
      { by: 'iccid', value: iccid },
      { by: 'eid', value: eid },
      { by: 'email', value: email },
      { by: 'msisdn', value: number },
    ] as const) {
      const { text, json } = await exported(subject)
      expect(json.subscriber, subject.by).toEqual({ eids: [eid], emails: [email], phoneNumbers: [number] })
      expect(json.orders, subject.by).toMatchObject([{ iccid, customerEmail: email, reference: 'order 7', outcome: 'installed' }])
      expect(json.events?.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['confirmOrder', 'authenticateClient', 'installationResult']),
      )
      expect(json.notifications).toContainEqual(
        expect.objectContaining({ event: 'install', eid, verdict: 'applied', digest: expect.stringMatching(/^[0-9a-f]{64}$/) }),
      )
      expect(JSON.stringify(json.notifications)).toContain('notificationInstall')
      expect(json.events).toContainEqual(
        expect.objectContaining({ kind: 'authenticateClient', signedByEuicc: expect.objectContaining({ name: 'euiccSigned1' }) }),
      )
      expect(json.mails).toMatchObject([{ to: email, subject: 'Your eSIM', text: '(a link)' }])
      expect(json.audit?.map(({ action }) => action)).toContain('order:issue')
      expect(json.profiles).toMatchObject([{ iccid, state: 'Installed' }])
      expect(text).not.toContain(matchingId)
      expect(text).not.toContain(actor.name)
    }
  })

  test('tells nothing of the customer who had the profile before', async () => {
    const first = await customer({ to: 'first@example.com' })
    await lab.cancelled(first.iccid, 'Available')
    lab.now = new Date(lab.now.getTime() + 60_000)
    await issue(lab.db, lab.orderContext(), { iccids: [first.iccid], customerEmail: 'second@example.com' })
    const { text, json } = await exported({ by: 'iccid', value: first.iccid })
    expect(json.orders).toMatchObject([{ customerEmail: 'second@example.com' }])
    expect(text).not.toContain('first@example.com')
    expect((await exported({ by: 'email', value: 'first@example.com' })).text).not.toContain('second@example.com')
  })

  test('by EID has what the device tried elsewhere too', async () => {
    const own = await customer()
    const other = await customer({ to: 'other@example.com', msisdn: '491715550001' })
    await bind(lab.db, lab.orderContext(), { iccid: other.iccid, eid: Eid.parse('89049032123451234512345678901235') })
    await own.download()
    await expect(own.phone.download({ activationCode: `LPA:1$smdp.example.com$${other.matchingId}` })).rejects.toThrow()
    const { text, json } = await exported({ by: 'eid', value: own.eid })
    expect(json.events).toContainEqual(expect.objectContaining({ iccid: other.iccid, outcome: 'refused', eid: own.eid }))
    expect(text).not.toContain('other@example.com')
  })

  test('is audited when it begins and when it ends', async () => {
    const { iccid } = await customer()
    await exported({ by: 'iccid', value: iccid })
    const rows = await lab.sql(`SELECT result FROM audit WHERE action = 'personal:export' ORDER BY id`)
    expect(rows).toEqual([{ result: 'begun' }, { result: 'ok' }])
  })
})

describe('an erasure', () => {
  test('leaves nothing personal of a subscription that is over, and the books as they were', async () => {
    const { iccid, eid, download, leave, orderId } = await customer()
    await download()
    await leave()
    await lab.sql(
      `UPDATE profile_event SET evidence = 'signed', data = data || '{"imei":"356938035643809"}' WHERE kind = 'authenticateClient'`,
    )
    await exported({ by: 'eid', value: eid })
    await sealAudit(lab.db)
    const before = {
      events: await count('profile_event'),
      orders: await count('download_order'),
      notifications: await count('notification'),
    }

    const { erased, stays } = await eraseSubscriber(lab.db, actor, { by: 'email', value: email })
    expect(stays).toEqual([])
    expect(erased).toMatchObject({ orders: 1, profiles: 1, phoneNumbers: 1, notifications: 3, mails: 1 })
    const left = await everything()
    for (const personal of [eid, email, number, '356938035643809']) expect(left).not.toContain(personal)
    expect(left).not.toMatch(imei)

    expect({
      events: await count('profile_event'),
      orders: await count('download_order'),
      notifications: await count('notification'),
    }).toEqual(before)
    expect(await lab.sql('SELECT outcome, reference FROM download_order WHERE id = $1', [orderId])).toEqual([
      { outcome: 'installed', reference: 'order 7' },
    ])
    const tokens = await lab.sql('SELECT DISTINCT eid FROM profile_event WHERE iccid = $1 AND eid IS NOT NULL', [iccid])
    expect(tokens).toEqual([{ eid: expect.stringMatching(/^erased:[0-9a-f]{8}$/) }])
    expect(await lab.sql('SELECT DISTINCT eid FROM notification')).toEqual(tokens)
    expect(await lab.sql('SELECT DISTINCT length(raw) AS bytes FROM notification')).toEqual([{ bytes: 0 }])
  })

  test('leaves the audit’s chain whole, with its own row at the end', async () => {
    const { iccid, eid, download, leave } = await customer()
    await download()
    await leave()
    await exported({ by: 'eid', value: eid })
    await sealAudit(lab.db)
    const { name, erased } = await eraseSubscriber(lab.db, actor, { by: 'iccid', value: iccid })
    expect(erased.auditValues).toBeGreaterThan(0)
    await sealAudit(lab.db)
    expect(await verifyAudit(lab.db)).not.toHaveProperty('firstBroken')
    const [row] = await lab.sql(`SELECT target, detail FROM audit ORDER BY id DESC LIMIT 1`)
    expect(row).toMatchObject({ target: name, detail: { by: 'iccid', profiles: [iccid] } })
  })

  test('is refused while the profile is on a device or an order is open, and then erases nothing', async () => {
    const installed = await customer()
    await installed.download()
    const before = await everything()
    await expect(eraseSubscriber(lab.db, actor, { by: 'iccid', value: installed.iccid })).rejects.toThrow('has not reported its deletion')
    const open = await customer({ to: 'open@example.com', msisdn: '491715550002' })
    await expect(eraseSubscriber(lab.db, actor, { by: 'email', value: 'open@example.com' })).rejects.toThrow(
      'has an open order (Released). Cancel it first',
    )
    expect(await everything()).toContain(open.to)
    expect(await everything()).toContain(before.slice(0, 40))
  })

  test('that spares what is live leaves the device its profile, the number and the order, and erases the rest', async () => {
    const { iccid, eid, download, leave } = await customer()
    await download()
    const open = await customer({ to: email, msisdn: '491715550003' })
    const { stays } = await eraseSubscriber(lab.db, actor, { by: 'email', value: email }, { spareLive: true })
    expect(stays.join(' ')).toContain(`The phone number of ${iccid} stays: the subscription lives`)
    expect(stays.join(' ')).toContain(`The EID on which ${iccid} is installed stays`)
    expect(await lab.sql('SELECT eid, msisdn FROM profile WHERE iccid = $1', [iccid])).toEqual([{ eid, msisdn: number }])
    expect(await everything()).not.toContain(email)
    expect(JSON.stringify(await lab.events(iccid))).not.toContain(eid)
    await open.download()
    await leave()
    expect(await lab.profile(open.iccid)).toMatchObject({ state: 'Installed' })
    expect(await lab.profile(iccid)).toMatchObject({ runtime_state: 'Deleted' })
  })

  test('leaves other customers as they are, those of the same profile too', async () => {
    const first = await customer({ to: 'first@example.com' })
    await lab.cancelled(first.iccid, 'Available')
    lab.now = new Date(lab.now.getTime() + 60_000)
    await issue(lab.db, lab.orderContext(), { iccids: [first.iccid], customerEmail: 'second@example.com' })
    const other = await customer({ to: 'other@example.com', msisdn: '491715550001' })
    await other.download()
    await eraseSubscriber(lab.db, actor, { by: 'email', value: 'first@example.com' })
    const left = await everything()
    expect(left).not.toContain('first@example.com')
    for (const kept of ['second@example.com', 'other@example.com', other.eid, other.msisdn, number]) expect(left).toContain(kept)
  })

  test('goes along to the profile that took another’s place', async () => {
    await changeType(lab, 'test', { reuseDevice: 'any' })
    const old = await customer()
    await old.download()
    await lab.addProfile()
    lab.now = new Date(lab.now.getTime() + 60_000)
    const { iccid: newIccid } = await replaceProfile(lab.db, lab.orderContext(), {
      iccid: Iccid.parse(old.iccid),
      reason: 'The phone was lost.',
      type: 'test',
    })
    const summary = await lookUpSubscriber(lab.db, actor, { by: 'iccid', value: newIccid })
    expect(summary.profiles.map(({ iccid }) => iccid)).toEqual([old.iccid, newIccid])
    expect(summary).toMatchObject({ found: true, eids: [old.eid], emails: [email] })
    expect(summary.needed.join(' ')).toContain(`${newIccid} has an open order`)
  })

  test('done twice finds nothing more to erase', async () => {
    const { iccid, download, leave } = await customer()
    await download()
    await leave()
    await eraseSubscriber(lab.db, actor, { by: 'iccid', value: iccid })
    const before = await lab.sql('SELECT eid FROM profile_event ORDER BY id')
    const { erased } = await eraseSubscriber(lab.db, actor, { by: 'iccid', value: iccid })
    expect(Object.values(erased).every(each => each === 0)).toBe(true)
    expect(await lab.sql('SELECT eid FROM profile_event ORDER BY id')).toEqual(before)
  })

  test('of somebody of whom nothing is held says so', async () => {
    await expect(eraseSubscriber(lab.db, actor, { by: 'email', value: 'nobody@example.com' })).rejects.toThrow('Nothing is held')
  })
})

test('an identifier is taken as people write it, and refused with a sentence', () => {
  expect(SubjectInput.parse({ by: 'msisdn', value: '+49 (171) 555-0000' })).toEqual({ by: 'msisdn', value: '491715550000' })
  expect(SubjectInput.parse({ by: 'email', value: ' Kim@Example.com ' })).toEqual({ by: 'email', value: email })
  expect(SubjectInput.safeParse({ by: 'eid', value: '12' }).error?.issues).toMatchObject([
    { path: ['value'], message: 'An EID has 32 digits.' },
  ])
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rebuildAttempts } from '@/lib/db/attempts/follow-attempts'
import { spoolMessages } from '@/lib/partners/messages/spool'
import { defaultPoints } from '@/lib/partners/notification-points'
import { Office, partnerNamed } from '@/lib/smdp/es2/testing/office'
import { actor, Laboratory } from '@/lib/smdp/testing/laboratory'
import { eraseSubscriber } from './erase-subscriber'
import { exportSubscriber } from './export-subscriber'
import { lookUpSubscriber } from './look-up-subscriber'
import type { Subject } from './subject'

const minuteMs = 60_000
const partner = partnerNamed('bss.example.com')

let lab: Laboratory
let office: Office

beforeEach(async () => {
  lab = await Laboratory.open()
  office = new Office(lab)
  const before = new Date(lab.now.getTime() - minuteMs)
  await lab.sql(
    `INSERT INTO partner (id, name, identifier, all_types, created_by, created_at) VALUES ($1, 'Example BSS', 'bss.example.com', true, 'cli:test', $2)`,
    [partner.id, before],
  )
  const endpoint = `INSERT INTO endpoint (kind, name, partner_id, url, points, created_by, created_at, last_failure)`
  await lab.sql(`${endpoint} VALUES ('es2plus', 'Example BSS', $1, 'https://bss.example.com', $2, 'cli:test', $3, NULL)`, [
    partner.id,
    JSON.stringify(defaultPoints()),
    before,
  ])
  await lab.sql(`${endpoint} VALUES ('webhook', 'CRM', NULL, 'https://crm.example.com', '{}', 'cli:test', $1, NULL)`, [before])
})
afterEach(() => lab.close())

/** A partner's customer with an eSIM on their phone. */
async function customer(card = lab.card()) {
  await lab.addProfile()
  const { eid } = card
  const ordered = await office.call(partner, 'downloadOrder', { profileType: 'test', eid })
  const iccid = String(ordered.json.iccid)
  const confirmation = JSON.stringify({ header: office.header(partner), iccid, eid, releaseFlag: true })
  const confirm = () => office.post(partner, 'confirmOrder', confirmation)
  const { matchingId } = (await confirm()).json
  const phone = lab.phone(card)
  const download = async () => {
    await phone.download({ activationCode: `LPA:1$smdp.example.com$${matchingId}` })
    await phone.sendNotifications()
  }
  const leave = async () => {
    phone.deleteProfile(iccid)
    await phone.sendNotifications()
  }
  return { iccid, eid, matchingId: String(matchingId), phone, confirm, download, leave }
}

const tell = () => spoolMessages(lab.db, { now: lab.now, requester: 'smdp.example.com' })
const calls = () => lab.sql('SELECT function, request, response, status, iccid FROM es2_call ORDER BY id')
const messages = (kind: 'es2plus' | 'webhook') =>
  lab.sql(`SELECT m.body, m.state, m.name FROM message m JOIN endpoint e ON e.id = m.endpoint_id WHERE e.kind = $1 ORDER BY m.id`, [kind])

async function exported(subject: Subject): Promise<{ text: string; json: Record<string, Record<string, unknown>[]> }> {
  let text = ''
  for await (const piece of exportSubscriber(lab.db, actor, subject)) text += piece
  return { text, json: JSON.parse(text) }
}

const token = expect.stringMatching(/^erased:[0-9a-f]{8}$/)

describe('an export', () => {
  test('has what partners asked and were told, without codes, and what only named the eUICC', async () => {
    const { iccid, eid, matchingId, download } = await customer()
    await office.call(partner, 'downloadOrder', { profileType: 'no such type', eid })
    await download()
    await tell()
    for (const subject of [
      { by: 'iccid', value: iccid },
      { by: 'eid', value: eid },
    ] as const) {
      const { text, json } = await exported(subject)
      expect(json.calls, subject.by).toMatchObject([
        { partner: 'Example BSS', function: 'downloadOrder', iccid, request: { eid } },
        { partner: 'Example BSS', function: 'confirmOrder', iccid, response: { eid } },
        { function: 'downloadOrder', iccid: null, status: 'profileTypeUnknown', request: { eid } },
      ])
      expect(json.messages, subject.by).toContainEqual(expect.objectContaining({ to: 'CRM', name: 'profile.installed', state: 'waiting' }))
      expect(json.messages, subject.by).toContainEqual(
        expect.objectContaining({ to: 'Example BSS', name: 'installation', body: expect.objectContaining({ eid, iccid }) }),
      )
      expect(text).not.toContain(matchingId)
    }
    expect(await lookUpSubscriber(lab.db, actor, { by: 'iccid', value: iccid })).toMatchObject({ calls: 3, messages: expect.any(Number) })
  })

  test('has nothing of a customer who had the profile before', async () => {
    const first = await customer()
    await lab.cancelled(first.iccid, 'Available')
    await tell()
    lab.now = new Date(lab.now.getTime() + minuteMs)
    const second = lab.card()
    await office.call(partner, 'downloadOrder', { iccid: first.iccid, eid: second.eid })
    await tell()
    const { text, json } = await exported({ by: 'iccid', value: first.iccid })
    expect(json.calls).toMatchObject([{ function: 'downloadOrder', request: { eid: second.eid } }])
    expect(json.messages).toMatchObject([{ name: 'order.created' }])
    expect(text).not.toContain(first.eid)
  })

  test('by EID has the calls that name it for another profile', async () => {
    const own = await customer()
    const other = await customer()
    const cancel = { iccid: other.iccid, eid: own.eid, matchingId: other.matchingId, finalProfileStatusIndicator: 'Available' }
    expect((await office.call(partner, 'cancelOrder', cancel)).verdict).toBe('8.1.1/3.10')
    const { text, json } = await exported({ by: 'eid', value: own.eid })
    expect(json.calls).toContainEqual(expect.objectContaining({ function: 'cancelOrder', iccid: other.iccid }))
    expect(text).not.toContain(other.eid)
  })
})

describe('an erasure', () => {
  test('takes the eUICC out of what partners asked and were told; each message still tells its state', async () => {
    const { iccid, eid, download, leave } = await customer()
    await office.call(partner, 'downloadOrder', { profileType: 'no such type', eid })
    await download()
    await leave()
    await tell()
    await lab.sql(`UPDATE message SET state = 'sent' WHERE name = 'eligibility'`)
    await lab.sql(`UPDATE message SET failure = 'It answered 400: no ' || $1 WHERE name = 'installation'`, [eid])
    await lab.sql(`UPDATE endpoint SET last_failure = 'It answered 400: no ' || $1 WHERE kind = 'es2plus'`, [eid])
    const [progress, hooks] = [await messages('es2plus'), await messages('webhook')]
    expect(JSON.stringify(progress)).toContain(eid)
    expect(progress.some(({ body }) => (body as { resultData?: string }).resultData)).toBe(true)

    const { erased } = await eraseSubscriber(lab.db, actor, { by: 'iccid', value: iccid })
    expect(erased).toMatchObject({
      calls: 3,
      messages: progress.length + hooks.filter(({ body }) => JSON.stringify(body).includes(eid)).length,
    })
    const tables = ['es2_call', 'message', 'endpoint', 'profile_event', 'download_order']
    const left = await Promise.all(tables.map(table => lab.sql(`SELECT t::text AS row FROM ${table} t`)))
    expect(JSON.stringify(left)).not.toContain(eid)

    const requests = (await calls()).map(({ request }) => request as { eid: string })
    expect(requests).toMatchObject([{ eid: token }, { eid: token }, { eid: token }])
    expect(new Set(requests.map(request => request.eid)).size).toBe(1)
    const told = (rows: Awaited<ReturnType<typeof messages>>, change: (body: Record<string, unknown>) => object) =>
      rows.map(({ body, ...rest }) => ({ ...rest, body: change(body as Record<string, unknown>) }))
    expect(await messages('es2plus')).toEqual(told(progress, ({ eid: _, resultData: __, ...body }) => body))
    expect(await messages('webhook')).toEqual(told(hooks, body => ({ ...body, data: { ...(body.data as object), eid: null } })))
  })

  test('leaves a call that is sent again its answer, but for the EID, and does nothing twice', async () => {
    const { iccid, eid, matchingId, confirm, download, leave } = await customer()
    await download()
    await leave()
    expect((await confirm()).json).toMatchObject({ eid, matchingId })
    await eraseSubscriber(lab.db, actor, { by: 'iccid', value: iccid })
    const again = await confirm()
    expect(again).toMatchObject({ verdict: 'ok', json: { matchingId, smdpAddress: 'smdp.example.com' } })
    expect(again.json).not.toHaveProperty('eid')
    expect(await lab.sql('SELECT id FROM download_order')).toHaveLength(1)
  })

  test('that comes before a step was told lets it be told, without EID and result', async () => {
    const { iccid, eid, download, leave } = await customer()
    await download()
    await leave()
    await eraseSubscriber(lab.db, actor, { by: 'iccid', value: iccid })
    await tell()
    const told = await messages('es2plus')
    expect(told.map(({ name }) => name)).toEqual(expect.arrayContaining(['download', 'installation', 'deleted']))
    expect(JSON.stringify([told, await messages('webhook')])).not.toMatch(new RegExp(`${eid}|erased|resultData`))
  })

  test('leaves what is another customer’s, and finds nothing more when it is done twice', async () => {
    const gone = await customer()
    const other = await customer()
    await gone.download()
    await gone.leave()
    await other.download()
    await tell()
    await eraseSubscriber(lab.db, actor, { by: 'eid', value: gone.eid })
    const left = JSON.stringify([await calls(), await messages('es2plus'), await messages('webhook')])
    expect(left).not.toContain(gone.eid)
    expect(left.split(other.eid).length).toBeGreaterThan(5)
    const { erased } = await eraseSubscriber(lab.db, actor, { by: 'iccid', value: gone.iccid })
    expect(erased).toMatchObject({ calls: 0, messages: 0 })
  })

  test('of an eUICC that only a refused call has named finds that call', async () => {
    const eid = lab.card().eid
    await office.call(partner, 'downloadOrder', { profileType: 'no such type', eid })
    const { erased } = await eraseSubscriber(lab.db, actor, { by: 'eid', value: eid })
    expect(erased).toMatchObject({ calls: 1 })
    expect(await calls()).toMatchObject([{ request: { eid: token }, status: 'profileTypeUnknown' }])
  })

  test('counts no token as a manufacturer when attempts are made anew', async () => {
    const { iccid, eid, download, leave } = await customer()
    await download()
    await leave()
    const attempts = () => lab.sql('SELECT eum, result FROM download_attempt')
    await rebuildAttempts(lab.db)
    expect(await attempts()).toEqual([{ eum: eid.slice(0, 8), result: 'installed' }])
    await eraseSubscriber(lab.db, actor, { by: 'iccid', value: iccid })
    await rebuildAttempts(lab.db)
    expect(await attempts()).toEqual([{ eum: '', result: 'installed' }])
    expect(await lab.sql('SELECT DISTINCT eum FROM attempt_tally')).toEqual([{ eum: '' }])
  })
})

import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database'
import { type Database, openDatabase } from '../pool'
import {
  callDetail,
  correspondents,
  endpointHealth,
  hasTraffic,
  messageDetail,
  type TrafficCursor,
  type TrafficFilters,
  trafficPage,
} from './workbench'

let server: TestDatabase
let db: Database

const alpha = randomUUID()
const beta = randomUUID()
const callback = randomUUID()
const webhook = randomUUID()
const start = Date.parse('2030-01-01T12:00:00Z')
const minute = (n: number) => new Date(start + n * 60_000)
const iccid = (n: number) => `894400000000000000${n}`

const addCall = (partnerId: string, at: Date, more: { function?: string; status?: string; iccid?: string; resent?: number } = {}) =>
  db.query({
    text: `INSERT INTO es2_call (partner_id, at, function, function_call_identifier, content, request, response, status, iccid, resent)
      VALUES ($1, $2, $3, $4, $5, '{"asked": 1}', '{"answered": 1}', $6, $7, $8)`,
    values: [
      partnerId,
      at,
      more.function ?? 'downloadOrder',
      randomUUID(),
      randomBytes(32),
      more.status ?? null,
      more.iccid ?? null,
      more.resent ?? 0,
    ],
  })
const addMessage = (endpointId: string, at: Date, more: { name?: string; state?: string; attempts?: number; iccid?: string } = {}) =>
  db.query({
    text: `INSERT INTO message (endpoint_id, created_at, iccid, name, body, state, attempts) VALUES ($1, $2, $3, $4, '{"told": 1}', $5, $6)`,
    values: [endpointId, at, more.iccid ?? iccid(1), more.name ?? 'download', more.state ?? 'waiting', more.attempts ?? 0],
  })

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
  await db.query({
    text: `INSERT INTO partner (id, name, identifier, created_by) VALUES ($1, 'Alpha', '1.1', 't'), ($2, 'Beta', '1.2', 't')`,
    values: [alpha, beta],
  })
  await db.query({
    text: `INSERT INTO endpoint (id, kind, name, partner_id, url, created_by)
      VALUES ($1, 'es2plus', 'Alpha', $3, 'https://alpha.example.com/', 't'), ($2, 'webhook', 'Shop', NULL, 'https://shop.example.com/', 't')`,
    values: [callback, webhook, alpha],
  })
  await addCall(alpha, minute(1), { iccid: iccid(1) })
  await addCall(alpha, minute(2), { function: 'confirmOrder', status: 'fieldMissing', iccid: iccid(1), resent: 2 })
  await addCall(beta, minute(3), { iccid: iccid(2) })
  await addMessage(callback, minute(3), { state: 'sent', attempts: 1 })
  await addMessage(callback, minute(4), { name: 'installation', attempts: 3 })
  await addMessage(webhook, minute(4), { name: 'profile.installed', state: 'dead', attempts: 40 })
  await addMessage(webhook, minute(5), { name: 'profile.enabled', iccid: iccid(2) })
})

afterAll(async () => {
  await db?.close()
  await server?.close()
})

const all = { limit: 100 }
const found = async (filters: TrafficFilters) =>
  (await trafficPage(db, filters, all)).entries.map(({ kind, who, name }) => `${kind} ${who} ${name}`)

const everything = [
  'message Shop profile.enabled',
  'message Shop profile.installed',
  'message Alpha installation',
  'message Alpha download',
  'call Beta downloadOrder',
  'call Alpha confirmOrder',
  'call Alpha downloadOrder',
]

describe('calls and messages in one list', () => {
  test('stand newest first, each with what came of it', async () => {
    expect(await found({})).toEqual(everything)
    const { entries } = await trafficPage(db, {}, all)
    expect(entries.map(({ outcome }) => outcome)).toEqual(['waiting', 'dead', 'retrying', 'ok', 'ok', 'refused', 'ok'])
    expect(entries.map(({ times }) => times)).toEqual([0, 40, 3, 1, 0, 2, 0])
    expect(entries[5]).toMatchObject({ status: 'fieldMissing', iccid: iccid(1), partnerId: alpha, endpointId: null, webhook: false })
    expect(entries[1]).toMatchObject({ status: null, partnerId: null, endpointId: webhook, webhook: true })
  })

  test('are paged through, each once, also where several are of one moment', async () => {
    for (const limit of [1, 2, 3, 6, 7]) {
      const walked: string[] = []
      let after: TrafficCursor | undefined
      do {
        const page = await trafficPage(db, {}, { after, limit })
        walked.push(...page.entries.map(({ kind, who, name }) => `${kind} ${who} ${name}`))
        after = page.next
      } while (after)
      expect(walked, `${limit} a page`).toEqual(everything)
    }
  })

  test.each<[string, TrafficFilters, string[]]>([
    ['what partners ask', { kind: 'call' }, everything.slice(4)],
    ['what is told', { kind: 'message' }, everything.slice(0, 4)],
    [
      'both ways of one partner',
      { partnerId: alpha },
      ['message Alpha installation', 'message Alpha download', 'call Alpha confirmOrder', 'call Alpha downloadOrder'],
    ],
    ['a partner that is told nothing', { partnerId: beta }, ['call Beta downloadOrder']],
    ['one endpoint, without calls', { endpointId: webhook }, everything.slice(0, 2)],
    ['a function', { name: 'confirmOrder' }, ['call Alpha confirmOrder']],
    ['a point or an event', { name: 'profile.installed' }, ['message Shop profile.installed']],
    ['what went well, of both kinds', { outcome: 'ok' }, ['message Alpha download', 'call Beta downloadOrder', 'call Alpha downloadOrder']],
    ['refused calls', { outcome: 'refused' }, ['call Alpha confirmOrder']],
    ['messages not yet sent', { outcome: 'waiting' }, ['message Shop profile.enabled']],
    ['messages sent in vain', { outcome: 'retrying' }, ['message Alpha installation']],
    ['messages given up', { outcome: 'dead' }, ['message Shop profile.installed']],
    ['a profile', { iccid: iccid(2) }, ['message Shop profile.enabled', 'call Beta downloadOrder']],
    ['the beginning of an ICCID', { iccid: '8944' }, everything],
    ['another ICCID', { iccid: '8988' }, []],
    ['a time', { from: minute(2), before: minute(4) }, everything.slice(3, 6)],
    ['what cannot be', { endpointId: webhook, outcome: 'refused' }, []],
  ])('narrow down to %s', async (_, filters, wanted) => {
    expect(await found(filters)).toEqual(wanted)
  })

  test('unfold to what was said', async () => {
    const { entries } = await trafficPage(db, {}, all)
    const [call, message] = [entries[5], entries[1]]
    expect(await callDetail(db, call?.id ?? '0')).toMatchObject({ request: { asked: 1 }, response: { answered: 1 }, resent: 2 })
    expect(await messageDetail(db, message?.id ?? '0')).toMatchObject({ body: { told: 1 }, state: 'dead', attempts: 40, reachable: true })
    expect(await callDetail(db, '999999')).toBeUndefined()
    expect(await messageDetail(db, '999999')).toBeUndefined()
  })

  test('say which messages tell of a failure', async () => {
    const tell = (point: string, body: object) =>
      db.query({
        text: "INSERT INTO message (endpoint_id, iccid, name, body) VALUES ($1, '8988', $2, $3)",
        values: [callback, point, JSON.stringify(body)],
      })
    await tell('eligibility', { notificationPointStatus: { status: 'Failed' } })
    await tell('profile.failed', { data: { result: 'failed' } })
    await tell('installation', { notificationPointStatus: { status: 'Executed-Success' } })
    await tell('test', { data: null })
    const { entries } = await trafficPage(db, { iccid: '8988' }, all)
    await db.query({ text: "DELETE FROM message WHERE iccid = '8988'" })
    expect(entries.map(({ name, ofFailure }) => `${name} ${ofFailure}`).sort()).toEqual([
      'eligibility true',
      'installation false',
      'profile.failed true',
      'test false',
    ])
  })

  test('are known of a profile, or not', async () => {
    expect(await hasTraffic(db, iccid(2))).toBe(true)
    expect(await hasTraffic(db, iccid(9))).toBe(false)
  })
})

describe('those who are told', () => {
  test('show what waits and what was given up, callbacks before webhooks', async () => {
    expect(await endpointHealth(db, 10)).toMatchObject([
      { name: 'Alpha', kind: 'es2plus', partnerId: alpha, waiting: 1, dead: 0, oldestWaitingAt: minute(4), failures: 0 },
      { name: 'Shop', kind: 'webhook', partnerId: null, waiting: 1, dead: 1, oldestWaitingAt: minute(5) },
    ])
    await addMessage(webhook, minute(6))
    expect(await endpointHealth(db, 0)).toMatchObject([{ waiting: 1 }, { waiting: 1, dead: 1 }])
    expect(await endpointHealth(db, 1)).toMatchObject([{ waiting: 1 }, { waiting: 2, dead: 1 }])
  })

  test('stay in the choice for as long after their end as was asked', async () => {
    await db.query({ text: 'UPDATE partner SET removed_at = $2 WHERE id = $1', values: [beta, minute(0)] })
    const named = (rows: { name: string; removed: boolean }[]) => rows.map(({ name, removed }) => `${name}${removed ? ' (removed)' : ''}`)
    expect(named(await correspondents(db, minute(-1)))).toEqual(['Alpha', 'Beta (removed)', 'Shop'])
    expect(named(await correspondents(db, minute(1)))).toEqual(['Alpha', 'Shop'])
  })
})

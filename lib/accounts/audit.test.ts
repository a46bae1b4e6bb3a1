import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listAudit, personalOf } from '@/lib/db/audit-rows'
import { ensureAppRole } from '@/lib/db/embedded'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase, transaction } from '@/lib/db/pool'
import type { Actor } from './actor'
import { audit, auditEach } from './audit'
import { exportAudit } from './audit-export'
import { joinedDetail } from './audit-personal'

const eid = '89049032123451234512345678901235'
const kim: Actor = { kind: 'account', name: 'kim@example.com', role: 'operator', address: '192.0.2.7' }
const terminal: Actor = { kind: 'cli', name: 'cli:lee', role: 'administrator' }

let testDatabase: TestDatabase
let db: Database

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  db = openDatabase((await ensureAppRole(testDatabase.url)).url)
})

afterEach(async () => {
  await db.close()
  await testDatabase.close()
})

/** All rows with their details as people read them, oldest first. */
async function read(masked = false) {
  const rows = (await listAudit(db, {}, { limit: 100 })).reverse()
  const personal = await personalOf(
    db,
    rows.map(({ id }) => id),
  )
  return rows.map(row => ({ ...row, detail: joinedDetail(row.detail, personal.get(row.id) ?? [], { masked }) }))
}

describe('personal values of a detail', () => {
  const detail = {
    eid,
    fromEid: eid,
    msisdn: '+4369912345678',
    imsi: '232019999999999',
    email: 'c@example.net',
    to: 'c@example.net',
    address: 'Main Street 1',
    view: { search: eid, states: ['Available'], type: 'eid' },
    rows: [{ eid }],
    changes: { name: { from: 'a', to: 'b' } },
    orderId: 'o',
    n: 1,
    none: null,
  }

  test('stand aside, each with a salt of its own, and are read in their places again', async () => {
    await audit(db, kim, 'order:bind', { target: 'x', detail: { ...detail, at: new Date(0), left: undefined } })
    const { rows } = await db.query<{ detail: { eid: unknown; fromEid: unknown } }>({ text: 'SELECT detail FROM audit' })
    const kept = JSON.stringify(rows)
    for (const personal of [eid, '+4369912345678', '232019999999999', 'c@example.net', 'Main Street']) expect(kept).not.toContain(personal)
    expect(rows[0]?.detail).toMatchObject({ eid: { digest: expect.stringMatching(/^[\w-]{43}$/) }, orderId: 'o', changes: detail.changes })
    expect(rows[0]?.detail.eid).not.toEqual(rows[0]?.detail.fromEid)
    expect(await read()).toMatchObject([{ actor: 'kim@example.com', actorKind: 'account', address: '192.0.2.7', detail }])
    expect((await read())[0]?.detail).toEqual({ ...detail, at: '1970-01-01T00:00:00.000Z' })
  })

  test('of several rows go to the row that they belong to', async () => {
    const entries = Array.from({ length: 50 }, (_, n) => ({ target: `t${n}`, detail: n % 3 ? { eid: `${eid}${n}`, n } : { n } }))
    await auditEach(db, terminal, 'order:issue', entries)
    expect((await read()).map(({ target, detail }) => ({ target, detail }))).toEqual(entries)
    expect(await read()).toContainEqual(expect.objectContaining({ actor: 'cli:lee', actorKind: 'cli', result: 'ok', address: null }))
  })

  test('are rolled back with their row', async () => {
    await expect(
      transaction(db, async tx => {
        await audit(tx, kim, 'order:bind', { detail: { eid } })
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect((await db.query({ text: 'SELECT FROM audit_personal' })).rowCount).toBe(0)
  })

  test('are masked to the last four digits where EIDs are, also in rows of earlier versions and in what was searched for', async () => {
    await audit(db, kim, 'order:bind', { detail: { eid, email: 'c@example.net', view: { search: `x ${eid}` } } })
    const masked = { eid: '••••1235', email: 'c@example.net', view: { search: 'x ••••1235' } }
    expect((await read(true)).map(({ detail }) => detail)).toEqual([masked])
    expect(joinedDetail({ eid }, [], { masked: true })).toEqual({ eid: '••••1235' })
  })

  test('are told to be erased once they are', async () => {
    await audit(db, kim, 'order:bind', { detail: { eid, state: 'Released' } })
    await db.query({ text: 'DELETE FROM audit_personal' })
    expect((await read())[0]?.detail).toEqual({ eid: 'erased', state: 'Released' })
  })
})

describe('a view of the audit', () => {
  const targets = async (filters: Parameters<typeof listAudit>[1]) =>
    (await listAudit(db, filters, { limit: 10 })).map(({ target }) => target)

  beforeEach(async () => {
    await audit(db, kim, 'order:bind', { target: '8900001', detail: { eid } })
    await audit(db, kim, 'order:cancel', { target: '8900002', result: 'failed' })
    await audit(db, terminal, 'order:cancel', { target: '8900003' })
  })

  test('is narrowed by who, what, target, result and time, newest first', async () => {
    expect(await targets({})).toEqual(['8900003', '8900002', '8900001'])
    expect(await targets({ who: 'KIM' })).toEqual(['8900002', '8900001'])
    expect(await targets({ who: 'nobody' })).toEqual([])
    expect(await targets({ what: 'order:cancel' })).toEqual(['8900003', '8900002'])
    expect(await targets({ target: '8900002' })).toEqual(['8900002'])
    expect(await targets({ target: '89*' })).toEqual(['8900003', '8900002', '8900001'])
    expect(await targets({ target: eid })).toEqual(['8900001'])
    expect(await targets({ what: 'order:cancel', result: 'ok' })).toEqual(['8900003'])
    expect(await targets({ from: new Date(Date.now() - 60_000), before: new Date(Date.now() + 60_000) })).toHaveLength(3)
    expect(await targets({ before: new Date(Date.now() - 60_000) })).toEqual([])
  })

  test('goes on behind a row, those of one moment too', async () => {
    await auditEach(
      db,
      kim,
      'order:issue',
      ['a', 'b', 'c'].map(target => ({ target, detail: {} })),
    )
    const seen: (string | null)[] = []
    for (let after: { at: Date; id: string } | undefined; ; ) {
      const rows = await listAudit(db, {}, { after, limit: 2 })
      if (rows.length === 0) break
      seen.push(...rows.map(({ target }) => target))
      after = rows.at(-1)
    }
    expect(seen).toEqual(['c', 'b', 'a', '8900003', '8900002', '8900001'])
  })
})

test('an export has whole EIDs for who may see them, their ends for an auditor', async () => {
  await audit(db, kim, 'order:bind', { target: 'x', detail: { eid } })
  await audit(db, kim, 'order:bind', { target: 'y', detail: { orderId: 'o' } })
  const exported = async (role: Actor['role']) => {
    const rows = []
    for await (const step of exportAudit(db, { role }, {})) rows.push(...step.map(({ detail, masked }) => ({ detail, masked })))
    return rows
  }
  expect(await exported('administrator')).toEqual([
    { detail: { orderId: 'o' }, masked: false },
    { detail: { eid }, masked: false },
  ])
  expect(await exported('auditor')).toEqual([
    { detail: { orderId: 'o' }, masked: false },
    { detail: { eid: '••••1235' }, masked: true },
  ])
})

import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { linksAfter } from '@/lib/db/audit-link-rows'
import { erasePersonal } from '@/lib/db/audit-rows'
import { ensureAppRole } from '@/lib/db/embedded'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase, type Queryable, transaction } from '@/lib/db/pool'
import { createVault, type Vault } from '@/lib/vault/vault'
import type { Actor } from '../actor'
import { audit, auditEach } from '../audit'
import { chainState, keepVerdict, verdictSentence } from './chain-state'
import { auditHead, readHead } from './head'
import { sealAudit } from './sealer'
import { verifyAudit } from './verify'

const actor: Actor = { kind: 'account', name: 'kim@example.com', role: 'operator', address: '192.0.2.7' }
const now = new Date('2026-05-01T10:00:00Z')

let testDatabase: TestDatabase
/** The server's role */
let db: Database
let owner: Client
let vault: Vault

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  db = openDatabase((await ensureAppRole(testDatabase.url)).url)
  owner = new Client({ connectionString: testDatabase.url })
  owner.on('error', () => undefined)
  await owner.connect()
  vault = createVault(new Map([[1, Buffer.alloc(32, 7)]]))
})

afterEach(async () => {
  await owner.end()
  await db.close()
  await testDatabase.close()
})

const said = (target: string, on: Queryable = db) => audit(on, actor, 'type:write', { target, detail: { live: true, n: 1.5 } })

/** Rows 1 to `count`, sealed. */
async function sealed(count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await said(`t${n}`)
  expect(await sealAudit(db)).toEqual({ links: count })
}

const links = () => linksAfter(db, 0, 1_000)

describe('sealing', () => {
  test('links committed rows in the order of their numbers, each once, as the server’s role', async () => {
    await sealed(3)
    await said('t4')
    expect(await sealAudit(db)).toEqual({ links: 1 })
    expect(await sealAudit(db)).toEqual({ links: 0 })
    expect((await links()).map(({ place, auditId }) => `${place}:${auditId}`)).toEqual(['1:1', '2:2', '3:3', '4:4'])
    expect(await verifyAudit(db)).toMatchObject({ rows: 4, unsealed: 0 })
  })

  test('links nothing that a running transaction may still precede, whichever of the two began first', async () => {
    const late = new Client({ connectionString: testDatabase.url })
    await late.connect()
    await transaction(db, async tx => {
      await tx.query({ text: 'SELECT pg_current_xact_id()' })
      await late.query('BEGIN')
      await late.query(`INSERT INTO audit (actor, action) VALUES ('slow', 'type:write')`)
      await said('second', tx)
    })
    expect(await sealAudit(db, { waitMs: 100 })).toEqual({ links: 0, left: 'writers' })
    await late.query('COMMIT')
    await late.end()
    expect(await sealAudit(db)).toEqual({ links: 2 })
    expect(await verifyAudit(db)).toMatchObject({ rows: 2, unsealed: 0 })
  })

  test('passes over the numbers of what was rolled back', async () => {
    await said('t1')
    await expect(
      transaction(db, async tx => {
        await said('gone', tx)
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    await said('t3')
    expect(await sealAudit(db)).toEqual({ links: 2 })
    expect((await links()).map(({ auditId }) => auditId)).toEqual(['1', '3'])
  })

  test('loses nothing while many write in short and long transactions, and two sealers work at once', async () => {
    let writing = true
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; n < 25; n++)
        await transaction(db, async tx => {
          await said(`${writer}-${n}`, tx)
          // The odd ones go on for a while with a low number that nobody sees.
          if (writer % 2) await tx.query({ text: 'SELECT pg_sleep(0.01 * random())' })
          await said(`${writer}-${n} again`, tx)
          if (n % 10 === 9) throw new Error('rolled back')
        }).catch(() => undefined)
    })
    const sealer = async () => {
      while (writing) await sealAudit(db, { waitMs: 200 })
    }
    const sealers = [sealer(), sealer()]
    await Promise.all(writers)
    writing = false
    await Promise.all(sealers)
    await sealAudit(db)
    const { rows } = await owner.query('SELECT count(*)::int AS n FROM audit')
    expect(rows[0].n).toBe(8 * 23 * 2)
    expect(await verifyAudit(db)).toMatchObject({ rows: rows[0].n, unsealed: 0 })
    expect(await verifyAudit(db)).not.toHaveProperty('firstBroken')
  })

  test('takes rows of earlier versions as they are', async () => {
    await owner.query(`INSERT INTO audit (actor, action, detail) VALUES ('old', 'type:write', '{"eid": "89001"}')`)
    expect(await sealAudit(db)).toEqual({ links: 1 })
    expect(await verifyAudit(db)).toMatchObject({ rows: 1 })
  })
})

describe('tampering by SQL', () => {
  const first = async () => (await verifyAudit(db)).firstBroken

  for (const change of [
    `actor = 'somebody'`,
    `actor_kind = 'cli'`,
    `action = 'x'`,
    `target = 't9'`,
    `result = 'failed'`,
    `detail = '{"live": false, "n": 1.5}'`,
    'detail = NULL',
    `address = '192.0.2.8'`,
    `at = at + interval '1 ms'`,
  ])
    test(`a changed row is found: ${change}`, async () => {
      await sealed(5)
      await owner.query(`UPDATE audit SET ${change} WHERE id = 3`)
      expect(await verifyAudit(db)).toMatchObject({ rows: 2, firstBroken: { place: 3, id: '3', why: 'changed' } })
    })

  test('a removed row is found, first, last and with its link', async () => {
    await sealed(6)
    await owner.query('DELETE FROM audit WHERE id = 6')
    expect(await first()).toEqual({ place: 6, id: '6', why: 'removed' })
    await owner.query('DELETE FROM audit WHERE id = 4; DELETE FROM audit_link WHERE audit_id = 4')
    expect(await first()).toEqual({ place: 4, id: null, why: 'removed' })
    await owner.query('DELETE FROM audit WHERE id = 1')
    expect(await first()).toEqual({ place: 1, id: '1', why: 'removed' })
  })

  test('a removed link is found', async () => {
    await sealed(4)
    await owner.query('DELETE FROM audit_link WHERE place = 2')
    expect(await first()).toEqual({ place: 2, id: '2', why: 'removed' })
  })

  test('a row that was put in is found', async () => {
    await said('t1')
    await owner.query(`SELECT nextval('audit_id_seq')`)
    await said('t3')
    expect(await sealAudit(db)).toEqual({ links: 2 })
    await owner.query(`INSERT INTO audit (id, actor, action) VALUES (2, 'nobody', 'type:write')`)
    expect(await first()).toEqual({ place: null, id: '2', why: 'inserted' })
    expect(await sealAudit(db)).toEqual({ links: 0 })
    await owner.query(`INSERT INTO audit_link (place, audit_id, hash) VALUES (3, 2, '\\x00')`)
    expect(await first()).toMatchObject({ id: '2', why: 'reordered' })
  })

  test('rows that changed their places are found, and so are links', async () => {
    await sealed(5)
    await owner.query('UPDATE audit SET id = -id WHERE id IN (2, 4); UPDATE audit SET id = 6 + id WHERE id < 0')
    expect(await first()).toEqual({ place: 2, id: '2', why: 'reordered' })
    await owner.query('UPDATE audit SET id = -id WHERE id IN (2, 4); UPDATE audit SET id = 6 + id WHERE id < 0')
    expect(await first()).toBeUndefined()
    await owner.query(
      `UPDATE audit_link SET audit_id = -audit_id WHERE place IN (3, 4); UPDATE audit_link SET audit_id = 7 + audit_id WHERE audit_id < 0`,
    )
    expect(await first()).toEqual({ place: 3, id: '3', why: 'reordered' })
  })

  test('an end that was cut off, or made anew, is found by a head that was kept', async () => {
    await sealed(5)
    const head = await readHead(db, vault, JSON.stringify(await auditHead(db, vault, now)))
    const kept = { place: head.place, hash: Buffer.from(head.hash, 'hex') }
    await said('t6')
    await sealAudit(db)
    expect(await verifyAudit(db, { head: kept })).not.toHaveProperty('firstBroken')
    await owner.query('DELETE FROM audit WHERE id > 3; DELETE FROM audit_link WHERE place > 3')
    expect(await verifyAudit(db)).not.toHaveProperty('firstBroken')
    expect((await verifyAudit(db, { head: kept })).firstBroken).toEqual({ place: 4, id: null, why: 'cut' })
    for (const target of ['new', 'newer', 'newest']) await said(target)
    await sealAudit(db)
    expect(await verifyAudit(db)).not.toHaveProperty('firstBroken')
    expect((await verifyAudit(db, { head: kept })).firstBroken).toMatchObject({ place: 5, why: 'rewritten' })
  })

  test('a personal value that was put in another’s place is found', async () => {
    await audit(db, actor, 'order:bind', { target: 'x', detail: { eid: '89049032123451234512345678901235' } })
    await sealAudit(db)
    await owner.query(`UPDATE audit_personal SET value = '89049032123451234512345678901236'`)
    expect(await first()).toEqual({ place: 1, id: '1', why: 'personal' })
  })
})

test('erasing a personal value leaves the chain whole', async () => {
  await auditEach(
    db,
    actor,
    'order:issue',
    ['a', 'b', 'c'].map(target => ({ target, detail: { eid: '89049032123451234512345678901235', email: `${target}@example.net` } })),
  )
  await sealAudit(db)
  expect(await erasePersonal(db, ['89049032123451234512345678901235', 'b@example.net'])).toBe(4)
  expect(await verifyAudit(db)).toMatchObject({ rows: 3, unsealed: 0 })
  expect(await verifyAudit(db)).not.toHaveProperty('firstBroken')
})

describe('a head', () => {
  test('is signed by the deployment’s key; one that was changed or is another’s is refused', async () => {
    await sealed(2)
    const head = await auditHead(db, vault, now)
    expect(head).toMatchObject({ place: 2, at: now.toISOString() })
    expect(await auditHead(db, vault, now)).toEqual(head)
    await expect(readHead(db, vault, JSON.stringify({ ...head, place: 1 }))).rejects.toThrow(/signature/)
    await expect(readHead(db, vault, '{')).rejects.toThrow(/no head/)
    await owner.query(`DELETE FROM deployment_secret`)
    await expect(readHead(db, vault, JSON.stringify(head))).rejects.toThrow(/another key/)
  })

  test('of an empty chain can be taken too', async () => {
    const head = await auditHead(db, vault, now)
    expect(head.place).toBe(0)
    await sealed(2)
    expect(await verifyAudit(db, { head: { place: 0, hash: Buffer.from(head.hash, 'hex') } })).not.toHaveProperty('firstBroken')
  })
})

test('the state says how far the chain is sealed and what the last verification came to', async () => {
  await sealed(2)
  await said('t3')
  expect(await chainState(db)).toMatchObject({ sealed: 2, unsealed: 1, verified: undefined })
  await owner.query(`UPDATE audit SET target = 'x' WHERE id = 2`)
  const verdict = await verifyAudit(db)
  await keepVerdict(db, verdict, actor.name)
  expect((await chainState(db)).verified).toMatchObject({ by: actor.name, rows: 1, firstBroken: { id: '2', why: 'changed' } })
  expect(verdictSentence(verdict)).toBe(
    'The chain breaks at row 2, place 2 of the chain. The row is not as it was when it was sealed. 1 before it hold.',
  )
})

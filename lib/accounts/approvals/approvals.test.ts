import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readDecidedApprovals, readOpenApprovals } from '@/lib/db/approval-rows'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { type Actor, NotAllowed } from '../actor'
import { decideApproval, openApproval, requestApproval } from './approvals'
import { approvalRequired, approvalSettings, approvalsAtHand, approveLifting, requireApproval } from './settings'

let test1: TestDatabase
let db: Database
beforeAll(async () => {
  test1 = await createTestDatabase()
  db = openDatabase(test1.url, { maxConnections: 6 })
})
afterAll(async () => {
  await db.close()
  await test1.close()
})
beforeEach(async () => {
  for (const table of ['approval', 'setting', 'account', 'audit']) await db.query({ text: `DELETE FROM ${table}` })
})

const person = (name: string, role: Actor['role'] = 'operator'): Actor => ({ kind: 'account', name, role })
const [anna, ben, cleo] = [person('anna@example.com', 'administrator'), person('ben@example.com'), person('cleo@example.com')]
const terminal: Actor = { kind: 'cli', name: 'cli:anna', role: 'administrator' }

const batch = { kind: 'batch:approve', target: '7', detail: { rows: 10 } } as const
const request = (actor: Actor, asked: Parameters<typeof requestApproval>[2] = batch) =>
  transaction(db, tx => requestApproval(tx, actor, asked))
const decide = (actor: Actor, id: string, decision: Parameters<typeof decideApproval>[3] = 'approved') =>
  transaction(db, tx => decideApproval(tx, actor, id, decision))
const addPerson = (email: string, role: string) =>
  db.query({ text: `INSERT INTO account (email, role, password_hash, created_by) VALUES ($1, $2, 'x', 'test')`, values: [email, role] })
const audits = async () =>
  (await db.query({ text: 'SELECT actor, action, target, result FROM audit ORDER BY id' })).rows.map(row => Object.values(row).join(' '))

describe('a request for a second person', () => {
  test('is approved by another one, once, and recorded with both names', async () => {
    const id = await request(anna)
    expect(await openApproval(db, 'batch:approve', '7')).toMatchObject({ id, requestedBy: anna.name, detail: { rows: 10 } })
    expect(await decide(ben, id)).toMatchObject({ id, target: '7', decision: 'approved', decidedBy: ben.name })
    expect(await openApproval(db, 'batch:approve', '7')).toBeUndefined()
    await expect(decide(cleo, id)).rejects.toThrow('ben@example.com has approved this already.')
    expect(await audits()).toEqual([`${anna.name} batch:decide 7 waiting`, `${ben.name} approval:decide 7 approved`])
  })

  test('is not approved by the one who asked, nor from the command line, whoever asked', async () => {
    const id = await request(anna)
    await expect(decide(anna, id)).rejects.toThrow('it takes a second person')
    await expect(decide(terminal, id)).rejects.toThrow('not from the command line')
    const other = await request(terminal, { ...batch, target: '8' })
    await expect(decide(terminal, other)).rejects.toThrow('not from the command line')
    expect(await decide(anna, other)).toMatchObject({ requestedBy: 'cli:anna', decidedBy: anna.name })
  })

  test('cannot be approved by one person in the database either', async () => {
    const id = await request(anna)
    const forged = db.query({ text: `UPDATE approval SET decision = 'approved', decided_by = $2 WHERE id = $1`, values: [id, anna.name] })
    await expect(forged).rejects.toThrow(/approval_by_two/)
  })

  test('is one request, however often it is made', async () => {
    const ids = await Promise.all([request(anna), request(ben), request(anna)])
    expect(new Set(ids).size).toBe(1)
    await decide(cleo, ids[0] ?? '', 'declined')
    expect(await request(anna)).not.toBe(ids[0])
  })

  test('can be withdrawn by the one who asked, and declined by others', async () => {
    const [one, two] = [await request(anna), await request(ben, { ...batch, target: '8' })]
    expect(await decide(anna, one, 'withdrawn')).toMatchObject({ decision: 'withdrawn' })
    expect(await decide(terminal, two, 'declined')).toMatchObject({ decision: 'declined' })
  })

  test('of several who decide at once, one does', async () => {
    const id = await request(anna)
    const outcomes = await Promise.allSettled([decide(ben, id), decide(cleo, id, 'declined'), decide(person('dora@example.com'), id)])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(FormError)
  })

  test('goes back with the transaction that could not do what was approved', async () => {
    const id = await request(anna)
    const failing = transaction(db, async tx => {
      await decideApproval(tx, ben, id, 'approved')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await openApproval(db, 'batch:approve', '7')).toBeDefined()
  })

  test('that nobody made is answered in a sentence', async () => {
    await expect(decide(ben, crypto.randomUUID())).rejects.toThrow('There is no such request any more.')
  })

  test('stands on the page: what waits from the oldest on, what was decided from the newest on', async () => {
    const ids = [await request(anna), await request(anna, { ...batch, target: '8' }), await request(anna, { ...batch, target: '9' })]
    await db.query({ text: `UPDATE approval SET requested_at = now() + target::int * interval '1 second'` })
    for (const id of ids.slice(0, 2)) await decide(ben, id)
    expect((await readOpenApprovals(db, 10)).map(({ id }) => id)).toEqual([ids[2]])
    const [first] = await readDecidedApprovals(db, { limit: 1 })
    expect(first?.id).toBe(ids[1])
    expect((await readDecidedApprovals(db, { before: first, limit: 10 })).map(({ id }) => id)).toEqual([ids[0]])
  })
})

describe('the rule that a kind needs a second person', () => {
  beforeEach(async () => {
    await addPerson(anna.name, 'administrator')
    await addPerson(ben.name, 'operator')
  })

  test('is off at first, and one person switches it on', async () => {
    expect(await approvalRequired(db, 'batch:approve')).toBe(false)
    expect(await approvalsAtHand(db)).toEqual({ required: false, waiting: 0 })
    expect(await requireApproval(db, anna, 'batch:approve', true)).toEqual({ state: 'on' })
    expect(await approvalRequired(db, 'batch:approve')).toBe(true)
    expect(await approvalRequired(db, 'transport-key')).toBe(false)
    expect(await approvalsAtHand(db)).toEqual({ required: true, waiting: 0 })
    expect(await audits()).toEqual([`${anna.name} settings:write second person: batch:approve ok`])
  })

  test('takes a second person to be switched off', async () => {
    await requireApproval(db, anna, 'batch:approve', true)
    const asked = await requireApproval(db, anna, 'batch:approve', false)
    if (asked.state !== 'waiting') throw new Error(asked.state)
    expect(await approvalRequired(db, 'batch:approve')).toBe(true)
    expect(await approvalSettings(db)).toMatchObject([
      { kind: 'batch:approve', required: true, lifting: { id: asked.approvalId, requestedBy: anna.name } },
      { kind: 'transport-key', required: false },
      { kind: 'order:past-policy', required: false },
    ])
    expect(await approvalsAtHand(db)).toEqual({ required: true, waiting: 1 })
    await expect(approveLifting(db, anna, asked.approvalId)).rejects.toThrow('it takes a second person')
    await expect(approveLifting(db, terminal, asked.approvalId)).rejects.toThrow('not from the command line')
    expect(await requireApproval(db, anna, 'batch:approve', false)).toEqual(asked)
    await approveLifting(db, ben, asked.approvalId)
    expect(await approvalRequired(db, 'batch:approve')).toBe(false)
    expect(await approvalsAtHand(db)).toEqual({ required: false, waiting: 0 })
  })

  test('is not switched off with the approval of something else', async () => {
    await requireApproval(db, anna, 'batch:approve', true)
    const id = await request(anna)
    await expect(approveLifting(db, ben, id)).rejects.toThrow('about something else')
    expect(await openApproval(db, 'batch:approve', '7')).toBeDefined()
    expect(await approvalRequired(db, 'batch:approve')).toBe(true)
  })

  test('is not switched on where nobody could approve', async () => {
    await db.query({ text: `UPDATE account SET disabled_at = now() WHERE email = $1`, values: [ben.name] })
    await expect(requireApproval(db, anna, 'batch:approve', true)).rejects.toThrow('Add a second person first.')
  })

  test('is a matter for administrators', async () => {
    await expect((async () => requireApproval(db, ben, 'batch:approve', true))()).rejects.toThrow(NotAllowed)
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/accounts/actor'
import { decideApproval } from '@/lib/accounts/approvals/approvals'
import { requireApproval } from '@/lib/accounts/approvals/settings'
import { transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { Eid } from '@/lib/rsp/identifiers'
import { Device } from '@/lib/smdp/testing/device'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { deletedOnPhone, goodLinks, move, moved, onPhone, ordersOf } from '@/lib/smdp/testing/moved-profiles'
import { moveVerdict } from './move'
import { decidePastPolicy } from './past-policy'
import { replaceProfile } from './replace'

let lab: Laboratory
const person = (name: string): Actor => ({ kind: 'account', name, role: 'administrator' })
const [anna, ben] = [person('anna@example.com'), person('ben@example.com')]
const as = (actor: Actor) => ({ ...lab.orderContext(), actor })

beforeAll(async () => {
  lab = await Laboratory.open()
  for (const { name } of [anna, ben])
    await lab.sql(`INSERT INTO account (email, role, password_hash, created_by) VALUES ($1, 'administrator', 'x', 'test')`, [name])
  await lab.addType({ name: 'same', reuseDevice: 'same' })
  await lab.addType({ name: 'once', reuseDevice: 'none', reuseLimit: 0, reuseWaitHours: 48 })
  await lab.addType({ name: 'coded', confirmationCodeRequired: true })
})
afterAll(() => lab.close())

const pastPolicy = { reason: 'The phone fell into the harbour.' }
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    error => (error instanceof FormError ? error.message : Promise.reject(error)),
  )
const audits = async (iccid: string) =>
  (await lab.sql(`SELECT actor, action, result FROM audit WHERE target = $1 AND action <> 'order:issue' ORDER BY id`, [iccid])).map(row =>
    Object.values(row).join(' '),
  )

describe('past the policy, by one person', () => {
  test('takes a reason, which stands on the timeline and in the audit with the rules that were passed', async () => {
    const { iccid, card } = await onPhone(lab, { type: 'once' })
    const next = await moved(lab, iccid, { pastPolicy })
    expect((await lab.events(iccid)).find(({ kind }) => kind === 'reissue')?.data).toMatchObject({
      eid: card.eid,
      reason: pastPolicy.reason,
      rules: ['device', 'deletion', 'times', 'wait'],
    })
    const [row] = await lab.sql(`SELECT detail FROM audit WHERE target = $1 AND action = 'order:reissue'`, [iccid])
    expect(row?.detail).toMatchObject({ pastPolicy })
    expect(await lab.phone().download({ activationCode: next.activationCode })).toMatchObject({ outcome: 'installed' })
  })

  test('where the policy says the same eUICC, it is any, or the one that is named', async () => {
    const { iccid } = await deletedOnPhone(lab, { type: 'same' })
    await moved(lab, iccid, { pastPolicy })
    expect((await ordersOf(lab, iccid)).at(-1)).toMatchObject({ eid: null })
    expect((await lab.events(iccid)).find(({ kind }) => kind === 'reissue')?.data).toMatchObject({ rules: ['device'] })
    const { iccid: other } = await onPhone(lab, { type: 'same' })
    const { eid } = lab.card()
    await moved(lab, other, { pastPolicy, eid: Eid.parse(eid) })
    expect((await ordersOf(lab, other)).at(-1)).toMatchObject({ eid })
  })

  test('what the policy allows is not past it, whatever was said', async () => {
    const { iccid } = await deletedOnPhone(lab)
    await moved(lab, iccid, { pastPolicy })
    expect((await lab.events(iccid)).find(({ kind }) => kind === 'reissue')?.data).not.toHaveProperty('reason')
  })
})

describe('past the policy, with a second person', () => {
  beforeAll(() => requireApproval(lab.db, anna, 'order:past-policy', true))
  let profile: Awaited<ReturnType<typeof onPhone>>
  beforeEach(async () => {
    profile = await onPhone(lab)
  })
  const ask = async (actor = anna, more: Parameters<typeof move>[2] = {}) => {
    const answer = await move(lab, profile.iccid, { pastPolicy, ...more }, actor)
    if (!('waiting' in answer)) throw new Error('moved')
    return answer.waiting
  }
  const decide = (approvalId: string, actor = ben, decision: 'approved' | 'declined' | 'withdrawn' = 'approved') =>
    decidePastPolicy(lab.db, as(actor), approvalId, decision)

  test('nothing is done until another one has agreed; then the code is theirs to hand on', async () => {
    const before = await lab.profile(profile.iccid)
    const waiting = await ask(anna, { customerEmail: 'kim@example.com', expiresAt: null })
    expect(await lab.profile(profile.iccid)).toEqual(before)
    expect(await goodLinks(lab, profile.iccid)).toEqual([profile.orderId])
    expect(await moveVerdict(lab.db, profile.iccid, lab.now)).toMatchObject({
      secondPerson: true,
      waiting: { approvalId: waiting, requestedBy: anna.name, reason: pastPolicy.reason },
    })
    expect(await refusal(decide(waiting, anna))).toContain('it takes a second person')
    const next = await decide(waiting)
    expect(next).toMatchObject({ iccid: profile.iccid, state: 'Released', expiresAt: null })
    expect((await ordersOf(lab, profile.iccid)).at(-1)).toMatchObject({ reason: 'reissue', customer_email: 'kim@example.com' })
    expect((await lab.events(profile.iccid)).find(({ kind }) => kind === 'reissue')?.data).toMatchObject({
      reason: pastPolicy.reason,
      requestedBy: anna.name,
    })
    expect(await audits(profile.iccid)).toEqual([
      'anna@example.com order:reissue waiting',
      'ben@example.com approval:decide approved',
      'ben@example.com order:reissue ok',
    ])
    expect((await moveVerdict(lab.db, profile.iccid, lab.now)).waiting).toBeUndefined()
  })

  test('declined or withdrawn, everything stays as it was', async () => {
    const before = await lab.profile(profile.iccid)
    expect(await decide(await ask(), ben, 'declined')).toBeUndefined()
    expect(await decide(await ask(), anna, 'withdrawn')).toBeUndefined()
    expect(await lab.profile(profile.iccid)).toEqual(before)
  })

  test('approved after the profile has changed: the decision says so, and nothing happens', async () => {
    const waiting = await ask()
    profile.phone.deleteProfile(profile.iccid)
    await profile.phone.sendNotifications()
    // Moved by the policy: the request is taken back with it.
    const next = await moved(lab, profile.iccid)
    expect(await refusal(decide(waiting))).toContain('withdrawn this already')
    // The next phone has it by the time that an older request is decided.
    await lab.phone().download({ activationCode: next.activationCode })
    const again = await ask()
    await lab.sql(`UPDATE profile SET state_since = state_since + interval '1 second' WHERE iccid = $1`, [profile.iccid])
    const before = await lab.fingerprint()
    expect(await refusal(decide(again))).toContain('The profile has changed since anna@example.com asked for this')
    expect(await lab.fingerprint()).toEqual(before)
    expect(await decide(again, ben, 'declined')).toBeUndefined()
  })

  test('approved after the expiry that was asked for: nothing happens', async () => {
    const waiting = await ask(anna, { expiresAt: new Date(lab.now.getTime() + 1_000) })
    const today = lab.now
    lab.now = new Date(today.getTime() + 1_000)
    expect(await refusal(decide(waiting))).toContain('would have expired')
    lab.now = today
    expect(await lab.profile(profile.iccid)).toMatchObject({ state: 'Installed' })
  })

  test('a request about a profile that has changed since does not stand in the way of a new one', async () => {
    const first = await ask()
    await lab.sql(`UPDATE profile SET state_since = state_since + interval '1 second' WHERE iccid = $1`, [profile.iccid])
    const second = await ask(ben)
    expect(second).not.toBe(first)
    expect(await decide(second, anna)).toMatchObject({ state: 'Released' })
  })

  test('asked twice it is one request; said otherwise, the new one', async () => {
    const first = await ask()
    expect(await ask()).toBe(first)
    const second = await ask(anna, { language: 'de' })
    expect(second).not.toBe(first)
    expect(await refusal(decide(first))).toContain('withdrawn this already')
    await decide(second)
    expect((await ordersOf(lab, profile.iccid)).at(-1)).toMatchObject({ language: 'de' })
  })

  test('asked by another one as well, that one is sent to the request', async () => {
    await ask()
    expect(await refusal(ask(ben))).toContain('anna@example.com has asked for this already')
  })

  test('a confirmation code of one’s own is not kept; one that the type wants is made for whoever approves', async () => {
    expect(await refusal(ask(anna, { confirmationCode: 'secret-code' }))).toContain('is not kept for so long')
    expect(JSON.stringify(await lab.sql('SELECT * FROM approval'))).not.toContain('secret-code')
    const { iccid, matchingId } = await lab.issued({ type: 'coded', confirmationCode: '1' })
    await new Device(lab).downloaded(matchingId, { confirmationCode: '1' })
    await lab.sql(`UPDATE profile SET state = 'Installed', order_id = NULL WHERE iccid = $1`, [iccid])
    await lab.sql(`UPDATE download_order SET closed_at = now(), outcome = 'installed' WHERE iccid = $1`, [iccid])
    const answer = await move(lab, iccid, { pastPolicy }, anna)
    if (!('waiting' in answer)) throw new Error('moved')
    expect(await decide(answer.waiting)).toMatchObject({ confirmationCode: expect.stringMatching(/^[0-9]{6}$/) })
  })

  test('none of a move that the policy allows', async () => {
    profile.phone.deleteProfile(profile.iccid)
    await profile.phone.sendNotifications()
    expect(await moved(lab, profile.iccid, { pastPolicy })).toMatchObject({ state: 'Released' })
  })

  test('a replacement takes the request back', async () => {
    await lab.addProfile()
    const waiting = await ask()
    await replaceProfile(lab.db, lab.orderContext(), { iccid: profile.iccid, reason: 'lost' })
    expect(await refusal(decide(waiting))).toContain('withdrawn this already')
  })

  test('the code that no phone has used is made anew under the same rule', async () => {
    const next = await decide(await ask())
    expect(await refusal(move(lab, profile.iccid, { insteadOf: next?.orderId }))).toContain('does not let this profile move')
    const again = await ask(anna, { insteadOf: next?.orderId })
    expect(await decide(again)).toMatchObject({ state: 'Released' })
    expect(await lab.order(next?.orderId ?? '')).toMatchObject({ outcome: 'cancelled' })
  })

  test('a request of another kind is not decided here', async () => {
    const lifting = await requireApproval(lab.db, anna, 'order:past-policy', false)
    if (lifting.state !== 'waiting') throw new Error(lifting.state)
    expect(await refusal(decide(lifting.approvalId))).toContain('no such request')
    await transaction(lab.db, tx => decideApproval(tx, anna, lifting.approvalId, 'withdrawn'))
  })

  test('of two who approve at once, one does', async () => {
    await lab.sql(`INSERT INTO account (email, role, password_hash, created_by) VALUES ('cleo@example.com', 'operator', 'x', 'test')`)
    const waiting = await ask()
    const answers = await Promise.allSettled([decide(waiting), decide(waiting, { ...person('cleo@example.com'), role: 'operator' })])
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await ordersOf(lab, profile.iccid)).filter(({ reason }) => reason === 'reissue')).toHaveLength(1)
  })
})

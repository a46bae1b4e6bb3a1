import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextState, PROFILE_STATES, type ProfileEvent, TRANSITIONS } from '@/lib/rsp/lifecycle'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { type DeliveryMove, deliverProfile, type Move, moveProfile, StaleState } from './move-profile'
import { transaction } from './pool'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

const moveOf = (iccid: string, move: Partial<Move> & { event: ProfileEvent }): Move => ({
  iccid,
  orderId: null,
  at: lab.now,
  timeline: { at: lab.now, iccid, actor: 'test', kind: 'uploaded', outcome: 'ok' },
  ...move,
})
const delivery = (eid: string, replaces: string | null, bindingId: string = randomUUID()) => ({
  eid,
  replaces,
  bindingId,
  binding: { otPkDp: Buffer.of(1), otPkEuicc: Buffer.of(2), metadata: Buffer.of(3), sealed: Buffer.of(4), ciNumber: 1, credential: 1 },
  seen: { confirmationCodeHash: null, protection: 'session' as const },
})
const deliveryOf = (iccid: string, move: Partial<DeliveryMove> & Pick<DeliveryMove, 'orderId' | 'delivery'>): DeliveryMove => ({
  iccid,
  event: 'deliver',
  at: lab.now,
  timeline: { at: lab.now, iccid, actor: 'test', kind: 'uploaded', outcome: 'ok' },
  ...move,
})
const settled = async (moves: Promise<unknown>[]) => {
  const results = await Promise.allSettled(moves)
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StaleState)
  return results.filter(result => result.status === 'fulfilled').length
}

describe('moveProfile, the one place that moves a profile', () => {
  const events = [...new Set(PROFILE_STATES.flatMap(state => Object.keys(TRANSITIONS[state])))] as ProfileEvent[]
  test.each(events.map(event => [event]))('%s happens from the states of the lifecycle and from no other', async event => {
    const { iccid } = await lab.addProfile()
    for (const state of PROFILE_STATES) {
      await lab.sql('UPDATE profile SET state = $2 WHERE iccid = $1', [iccid, state])
      const to = nextState(state, event)
      const move = { ...moveOf(iccid, { event }), from: to ? [state] : undefined } as Move
      if (to) expect(await moveProfile(lab.db, move)).toBe(to)
      else if (event === 'deliver' || event === 'failed' || PROFILE_STATES.some(one => nextState(one, event)))
        await expect(moveProfile(lab.db, { ...move, from: PROFILE_STATES.filter(one => nextState(one, event)) })).rejects.toThrow()
      expect((await lab.profile(iccid))?.state).toBe(to ?? state)
    }
  })

  test('the order that the caller saw must still be the open one', async () => {
    const { iccid, orderId } = await lab.issued()
    const before = await lab.fingerprint()
    for (const other of [null, randomUUID()])
      await expect(moveProfile(lab.db, moveOf(iccid, { event: 'failed', orderId: other, closeAs: 'failed' }))).rejects.toBeInstanceOf(
        StaleState,
      )
    await expect(moveProfile(lab.db, moveOf('8999999999999999999', { event: 'failed', orderId }))).rejects.toBeInstanceOf(StaleState)
    expect(await lab.fingerprint()).toEqual(before)
  })

  test('20 at once: one moves, 19 hear that it is stale and have changed nothing; one event, one closed order', async () => {
    const { iccid, orderId } = await lab.issued()
    const events = (await lab.events(iccid)).length
    const moves = Array.from({ length: 20 }, () => moveProfile(lab.db, moveOf(iccid, { event: 'failed', orderId, closeAs: 'failed' })))
    expect(await settled(moves)).toBe(1)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error', order_id: null })
    expect(await lab.order(orderId)).toMatchObject({ outcome: 'failed' })
    expect(await lab.events(iccid)).toHaveLength(events + 1)
  })

  test('a delivery is claimed by one EID: none yet, or this one', async () => {
    const { iccid, orderId } = await lab.issued()
    const eids = ['A', 'B', 'C', 'D', 'E', 'F']
    const moves = eids.map(eid => deliverProfile(lab.db, deliveryOf(iccid, { orderId, delivery: delivery(eid, null) })))
    expect(await settled(moves)).toBe(1)
    const profile = await lab.profile(iccid)
    const rows = await lab.sql('SELECT id, eid FROM binding WHERE order_id = $1', [orderId])
    expect(rows).toEqual([{ id: profile?.binding_id, eid: profile?.eid }])
    const again = (eid: string) =>
      deliverProfile(lab.db, deliveryOf(iccid, { orderId, delivery: delivery(eid, profile?.binding_id ?? null) }))
    await expect(again('Z')).rejects.toBeInstanceOf(StaleState)
    expect(await again(profile?.eid ?? '')).toMatchObject({ templateId: null })
  })

  test('a delivery replaces exactly the binding that the caller saw', async () => {
    const { iccid, orderId } = await lab.issued()
    const deliver = (replaces: string | null) => deliverProfile(lab.db, deliveryOf(iccid, { orderId, delivery: delivery('A', replaces) }))
    await deliver(null)
    await expect(deliver(null)).rejects.toBeInstanceOf(StaleState)
    await expect(deliver(randomUUID())).rejects.toBeInstanceOf(StaleState)
    const seen = (await lab.profile(iccid))?.binding_id ?? null
    expect(await settled(Array.from({ length: 10 }, () => deliver(seen)))).toBe(1)
    expect(await lab.sql('SELECT 1 FROM binding WHERE order_id = $1', [orderId])).toHaveLength(2)
  })

  test('what is told of a binding happens only while it is the profile’s', async () => {
    const { iccid, orderId } = await lab.issued()
    await deliverProfile(lab.db, deliveryOf(iccid, { orderId, delivery: delivery('A', null) }))
    const bound = (await lab.profile(iccid))?.binding_id ?? ''
    const installed = (boundAs: string) =>
      moveProfile(lab.db, moveOf(iccid, { event: 'installed', orderId, boundAs, closeAs: 'installed' }))
    await expect(installed(randomUUID())).rejects.toBeInstanceOf(StaleState)
    expect(await installed(bound)).toBe('Installed')
  })

  test('state_since tells when the state began, not when it was confirmed again', async () => {
    const { iccid, orderId } = await lab.issued()
    const since = async () => (await lab.sql('SELECT state_since FROM profile WHERE iccid = $1', [iccid]))[0]?.state_since
    const at = (minutes: number) => new Date(lab.now.getTime() + minutes * 60_000)
    await deliverProfile(lab.db, deliveryOf(iccid, { orderId, delivery: delivery('A', null), at: at(1) }))
    expect(await since()).toEqual(at(1))
    const replaces = (await lab.profile(iccid))?.binding_id ?? null
    await deliverProfile(lab.db, deliveryOf(iccid, { orderId, delivery: delivery('A', replaces), at: at(2) }))
    expect(await since()).toEqual(at(1))
  })

  test('in a transaction that is rolled back nothing stays', async () => {
    const { iccid, orderId } = await lab.issued()
    const before = await lab.fingerprint()
    const work = transaction(lab.db, async tx => {
      await moveProfile(tx, moveOf(iccid, { event: 'failed', orderId, closeAs: 'failed' }))
      throw new Error('afterwards')
    })
    await expect(work).rejects.toThrow('afterwards')
    expect(await lab.fingerprint()).toEqual(before)
  })

  test('the database itself refuses a second open order, a second use of a MatchingID and an unknown state', async () => {
    const { iccid, matchingId } = await lab.issued()
    const other = await lab.addProfile()
    const insert = (of: string, id: string) =>
      lab.sql(
        `INSERT INTO download_order (iccid, matching_id, confirmation_limit, download_limit, created_by) VALUES ($1, $2, 1, 1, 'x')`,
        [of, id],
      )
    await expect(insert(iccid, 'NEW-ONE')).rejects.toMatchObject({ constraint: 'download_order_open_iccid' })
    await expect(insert(other.iccid, matchingId)).rejects.toMatchObject({ constraint: 'download_order_open_matching_id' })
    await expect(lab.sql(`UPDATE profile SET state = 'Lost' WHERE iccid = $1`, [iccid])).rejects.toMatchObject({
      constraint: 'profile_state_known',
    })
    await expect(lab.sql('UPDATE download_order SET download_attempts = download_limit + 1 WHERE iccid = $1', [iccid])).rejects.toThrow(
      /attempts_within_limit/,
    )
  })
})

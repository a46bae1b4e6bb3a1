import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Es9Store } from '@/lib/db/es9-store'
import { readAll, readSingle } from '@/lib/rsp/tlv'
import { Device, octetsOf, verdictOf } from '../testing/device'
import { type Answer, Laboratory } from '../testing/laboratory'
import { EVENT, installationResult, otherNotification } from '../testing/notifications'
import type { Es9Context } from './context'
import { boundedSessionMemory, noSessionMemory } from './session-memory'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addType({ name: 'one attempt', downloadLimit: 1 })
  await lab.addType({ name: 'two attempts', downloadLimit: 2 })
  await lab.addType({ name: 'end', onRejection: 'end' })
})
afterAll(() => lab.close())

type Reading = 'findOrder' | 'session' | 'installedProfile' | 'countConfirmationAttempt'

/** Lets something happen right after the server has read what it decides on; once. */
function onceRead(reading: Reading, happens: () => Promise<unknown>): (ctx: Es9Context) => Es9Context {
  let done = false
  const interposed =
    <Args extends unknown[], Result>(read: (...args: Args) => Promise<Result>) =>
    async (...args: Args) => {
      const found = await read(...args)
      if (!done) {
        done = true
        await happens()
      }
      return found
    }
  return ctx => {
    const store: Es9Store = { ...ctx.store }
    if (reading === 'findOrder') store.findOrder = interposed(ctx.store.findOrder)
    if (reading === 'session') store.session = interposed(ctx.store.session)
    if (reading === 'installedProfile') store.installedProfile = interposed(ctx.store.installedProfile)
    if (reading === 'countConfirmationAttempt') store.countConfirmationAttempt = interposed(ctx.store.countConfirmationAttempt)
    // What is remembered is not read.
    return { ...ctx, store, sessions: noSessionMemory }
  }
}

describe('what happens between the server’s look and its decision', () => {
  test('§5.6.3 the order is cancelled: the code is refused (8.2.6/3.8), nothing is opened', async () => {
    const { matchingId, iccid, orderId } = await lab.issued()
    const device = new Device(lab)
    device.through = onceRead('findOrder', () => lab.cancelled(iccid, 'Available'))
    expect(verdictOf(await device.authenticate(matchingId))).toBe('8.2.6/3.8')
    expect(await lab.order(orderId)).toMatchObject({ download_attempts: 0, outcome: 'cancelled' })
    const [session] = await lab.sql('SELECT step FROM rsp_session WHERE transaction_id = $1', [device.transactionId])
    expect(session?.step).toBe('refused')
  })

  test('§5.6.3 another eUICC downloads while this one goes over the limit of attempts: the winner keeps its package', async () => {
    const { matchingId, iccid, orderId } = await lab.issued({ type: 'one attempt' })
    const [winner, late] = [new Device(lab), new Device(lab)]
    await winner.authenticate(matchingId)
    late.through = onceRead('findOrder', () => winner.fetch())
    expect(verdictOf(await late.authenticate(matchingId))).toBe('8.8.5/6.4')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded', eid: winner.euicc.eid })
    expect(await lab.order(orderId)).toMatchObject({ closed_at: null })
  })

  test('§5.6.2 another eUICC downloads while this one’s last wrong code is counted (8.2.7/6.4): the winner keeps its package', async () => {
    const { matchingId, iccid, orderId } = await lab.issued({ confirmationCode: '1234' })
    const [winner, guesser] = [new Device(lab), new Device(lab)]
    await winner.authenticate(matchingId)
    await guesser.authenticate(matchingId)
    const right = winner.prepare({ confirmationCode: '1234' })
    await lab.sql('UPDATE download_order SET confirmation_attempts = 1 WHERE id = $1', [orderId])
    guesser.through = onceRead('session', async () => {
      expect(verdictOf(await winner.sendPrepared(right))).toBe('Executed-Success')
      await lab.sql('UPDATE download_order SET confirmation_attempts = 2 WHERE id = $1', [orderId])
    })
    expect(verdictOf(await guesser.fetch({ confirmationCode: '0000' }))).toBe('8.2.7/6.4')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded', eid: winner.euicc.eid })
    expect(await lab.order(orderId)).toMatchObject({ closed_at: null })
  })

  test('§5.6.2 the order is cancelled while the package is bound (8.2/1.2): nothing is given out', async () => {
    const { matchingId, iccid, orderId } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    device.through = onceRead('session', () => lab.cancelled(iccid, 'Available'))
    expect(verdictOf(await device.fetch())).toBe('8.2/1.2')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Available', eid: null, binding_id: null })
    expect(await lab.sql('SELECT 1 FROM binding WHERE order_id = $1', [orderId])).toEqual([])
  })

  test('§5.6.2 the profile is cancelled and issued anew while the package is bound: the old session does not get the new order’s profile', async () => {
    const { matchingId, iccid } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    device.through = onceRead('session', async () => {
      await lab.cancelled(iccid, 'Available')
      await lab.issueAgain(iccid)
    })
    expect(verdictOf(await device.fetch())).toBe('8.2/1.2')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released', eid: null })
  })

  test('§5.6.2 another eUICC downloads first (8.1.1/3.8)', async () => {
    const { matchingId } = await lab.issued()
    const [winner, loser] = [new Device(lab), new Device(lab)]
    await winner.authenticate(matchingId)
    await loser.authenticate(matchingId)
    loser.through = onceRead('session', () => winner.fetch())
    expect(verdictOf(await loser.fetch())).toBe('8.1.1/3.8')
  })

  test('§5.6.2 the same eUICC asks twice with different one-time keys: each gets the package for its key, the last one counts', async () => {
    const { matchingId, iccid } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const [first, second] = [device.prepare(), device.prepare({ newOneTimeKey: true })]
    const twin = new Device(lab, device.card)
    twin.transactionId = device.transactionId
    device.through = onceRead('session', () => twin.sendPrepared(first))
    const answer = await device.sendPrepared(second)
    expect(device.load(answer).refusal).toBeUndefined()
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded' })
  })

  test('§5.6.5 another eUICC downloads while this one’s cancel is judged: the winner keeps its package', async () => {
    const { matchingId, iccid } = await lab.issued({ type: 'end' })
    const [winner, loser] = [new Device(lab), new Device(lab)]
    await winner.authenticate(matchingId)
    await loser.authenticate(matchingId)
    loser.through = onceRead('session', () => winner.fetch())
    expect(verdictOf(await loser.cancel('undefinedReason'))).toBe('Executed-Success')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded', eid: winner.euicc.eid })
    expect((await lab.events(iccid)).at(-1)).toMatchObject({ kind: 'cancelSession', data: { effect: 'kept' } })
  })

  test('§5.6.4 the order is cancelled while its result is judged: recorded, changes nothing', async () => {
    const { matchingId, iccid } = await lab.issued()
    const device = new Device(lab)
    await device.downloaded(matchingId)
    device.through = onceRead('session', () => lab.cancelled(iccid, 'Unavailable'))
    expect((await device.notify(installationResult(device))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Unavailable' })
    expect(await lab.sql('SELECT verdict FROM notification WHERE iccid = $1', [iccid])).toEqual([{ verdict: 'order closed' }])
  })

  test('§5.6.4 the package is bound anew while an older result is judged: recorded, changes nothing', async () => {
    const { matchingId, iccid } = await lab.issued()
    const device = new Device(lab)
    await device.downloaded(matchingId)
    const result = installationResult(device, { errorReason: 8 })
    const again = new Device(lab, device.card)
    device.through = onceRead('session', () => again.downloaded(matchingId, { newOneTimeKey: true }))
    expect((await device.notify(result)).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded' })
    expect(await lab.sql('SELECT verdict FROM notification WHERE iccid = $1', [iccid])).toEqual([{ verdict: 'older binding' }])
  })

  test('§5.6.4 a newer notification comes while an older one is judged: the newer one stands', async () => {
    const { matchingId, iccid } = await lab.issued()
    const device = new Device(lab)
    await device.downloaded(matchingId)
    await device.notify(installationResult(device))
    const newer = new Device(lab, device.card)
    device.through = onceRead('installedProfile', () =>
      newer.notify(otherNotification(newer, { sequenceNumber: 8, event: EVENT.delete, iccid })),
    )
    expect((await device.notify(otherNotification(device, { sequenceNumber: 7, event: EVENT.enable, iccid }))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ runtime_state: 'Deleted' })
    expect((await lab.sql('SELECT verdict FROM notification WHERE iccid = $1 AND sequence_number = 7', [iccid]))[0]?.verdict).toBe(
      'older than what is known',
    )
  })
})

describe('what happens between what this process remembers and what it writes', () => {
  /** A device whose session this process has opened. */
  const authenticated = async (options: Parameters<Laboratory['issued']>[0] = {}) => {
    const issued = await lab.issued(options)
    const device = new Device(lab)
    expect(verdictOf(await device.authenticate(issued.matchingId))).toBe('Executed-Success')
    return { ...issued, device }
  }
  const elsewhere = (device: Device): Device => {
    const twin = new Device(lab, device.card)
    const sessions = boundedSessionMemory()
    Object.assign(twin, { transactionId: device.transactionId, client: device.client })
    twin.through = ctx => ({ ...ctx, sessions })
    return twin
  }
  const tagsOf = (bound: Answer) => readAll(readSingle(octetsOf(bound, 'boundProfilePackage'), 0xbf36).value).map(({ tag }) => tag)

  test('a download reads its order once and nothing else', async () => {
    const reads: string[] = []
    const { matchingId, iccid } = await lab.issued()
    const device = new Device(lab)
    device.through = ctx => ({
      ...ctx,
      store: {
        ...ctx.store,
        findOrder: key => {
          reads.push('order')
          return ctx.store.findOrder(key)
        },
        session: transactionId => {
          reads.push('session')
          return ctx.store.session(transactionId)
        },
      },
    })
    await device.authenticate(matchingId)
    const bound = await device.fetch()
    await device.notify(device.load(bound).profileInstallationResult)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
    expect(reads).toEqual(['order'])
  })

  test('§5.6.2 the order is cancelled (8.2/1.2): nothing is given out', async () => {
    const { device, iccid, orderId } = await authenticated()
    await lab.cancelled(iccid, 'Available')
    expect(verdictOf(await device.fetch())).toBe('8.2/1.2')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Available', eid: null, binding_id: null })
    expect(await lab.sql('SELECT 1 FROM binding WHERE order_id = $1', [orderId])).toEqual([])
  })

  test('§5.6.2 the profile is cancelled and issued anew (8.2/1.2): the new order keeps it', async () => {
    const { device, iccid } = await authenticated()
    await lab.cancelled(iccid, 'Available')
    await lab.issueAgain(iccid)
    expect(verdictOf(await device.fetch())).toBe('8.2/1.2')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released', eid: null })
  })

  test('§5.6.2 another eUICC downloads (8.1.1/3.8)', async () => {
    const { device, matchingId, iccid } = await authenticated()
    const winner = new Device(lab)
    await winner.downloaded(matchingId)
    expect(verdictOf(await device.fetch())).toBe('8.1.1/3.8')
    expect(await lab.profile(iccid)).toMatchObject({ eid: winner.euicc.eid })
  })

  test('§5.6.5 another instance has taken the cancel of this session (8.10.1/3.9): nothing is given out', async () => {
    const { device, iccid } = await authenticated()
    const request = device.prepare()
    const twin = elsewhere(device)
    expect(verdictOf(await twin.sendCancel(device.euicc.cancelSession('postponed')))).toBe('Executed-Success')
    expect(verdictOf(await device.sendPrepared(request))).toBe('8.10.1/3.9')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released', eid: null })
  })

  const edits: [what: string, edit: string, verdict: string][] = [
    ['its last day', `expires_at = '2001-01-01'`, '8.8.5/4.10'],
    ['its eUICC', `eid = '89049032000000000000000000000000'`, '8.1.1/3.8'],
    ['its confirmation code', `confirmation_code_hash = '\\x00'`, '8.2.7/2.2'],
  ]
  test.each(edits)('§5.6.2 an operator has changed %s of the order', async (_, edit, verdict) => {
    const { device, iccid, orderId } = await authenticated()
    await lab.sql(`UPDATE download_order SET ${edit} WHERE id = $1`, [orderId])
    expect(verdictOf(await device.fetch())).toBe(verdict)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released', eid: null })
  })

  test('§5.6.2 an operator has changed how the type’s packages are protected: as the type says now', async () => {
    await lab.addType({ name: 'protection edited' })
    const { device } = await authenticated({ type: 'protection edited' })
    await lab.sql(`UPDATE profile_type SET protection = 'random' WHERE name = 'protection edited'`)
    const bound = await device.fetch()
    expect(tagsOf(bound)).toContain(0xa2)
    expect(device.load(bound).refusal).toBeUndefined()
  })

  test('§5.6.2, §5.6.4 two instances take turns, each remembering what the other one has changed', async () => {
    const { device, iccid } = await authenticated()
    const twin = elsewhere(device)
    expect(verdictOf(await twin.sendPrepared(device.prepare()))).toBe('Executed-Success')
    const bound = await device.fetch({ newOneTimeKey: true })
    expect(device.load(bound).refusal).toBeUndefined()
    expect((await twin.notify(installationResult(device))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', eid: device.euicc.eid })
  })

  test('§5.6.4 the order is cancelled: the result is recorded and changes nothing', async () => {
    const { device, iccid } = await authenticated()
    await device.fetch()
    await lab.cancelled(iccid, 'Unavailable')
    expect((await device.notify(installationResult(device))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Unavailable' })
    expect(await lab.sql('SELECT verdict FROM notification WHERE iccid = $1', [iccid])).toEqual([{ verdict: 'order closed' }])
  })

  test('§5.6.4 another instance has bound the package anew: an older result is recorded and changes nothing', async () => {
    const { device, matchingId, iccid } = await authenticated()
    await device.fetch()
    const again = elsewhere(new Device(lab, device.card))
    await again.downloaded(matchingId, { newOneTimeKey: true })
    expect((await device.notify(installationResult(device))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded' })
    expect(await lab.sql('SELECT verdict FROM notification WHERE iccid = $1', [iccid])).toEqual([{ verdict: 'older binding' }])
  })
})

test('whole downloads at once, each of its own profile, disturb nobody', async () => {
  const issued = []
  for (let i = 0; i < 12; i++) issued.push(await lab.issued())
  await Promise.all(issued.map(({ activationCode }) => lab.phone().download({ activationCode })))
  for (const { iccid } of issued) expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
})

test('eight phones with one code and the right confirmation code: exactly one installs', async () => {
  const { activationCode, iccid } = await lab.issued({ confirmationCode: '1234' })
  const phones = Array.from({ length: 8 }, () => lab.phone())
  await Promise.allSettled(phones.map(phone => phone.download({ activationCode, confirmationCode: '1234' })))
  const holders = phones.filter(phone => phone.listProfiles().length > 0)
  expect(holders).toHaveLength(1)
  expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', eid: holders[0]?.euicc.eid })
})

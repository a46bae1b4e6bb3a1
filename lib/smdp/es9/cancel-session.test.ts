import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SessionStep } from '@/lib/db/es9-rows'
import { CANCEL_REASON, type CancelReasonName } from '@/lib/phone/refusal'
import { integerValue, oidValue, tlv } from '@/lib/rsp/tlv'
import { Device, replaced, verdictOf } from '../testing/device'
import { Laboratory } from '../testing/laboratory'
import { installationResult } from '../testing/notifications'
import { cancelEffect } from './cancel-session'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addType({ name: 'end', onRejection: 'end' })
})
afterAll(() => lab.close())

async function authenticated(type = 'test') {
  const issued = await lab.issued({ type })
  const device = new Device(lab)
  expect(verdictOf(await device.authenticate(issued.matchingId))).toBe('Executed-Success')
  return { ...issued, device }
}
const downloaded = async (type = 'test') => {
  const prepared = await authenticated(type)
  expect(verdictOf(await prepared.device.fetch())).toBe('Executed-Success')
  return prepared
}
const withReason = (reason: number) => replaced(tlv(0x82, integerValue(reason)))

describe('§5.6.5 the table of last step, reason and the type’s setting', () => {
  const kept: SessionStep[] = ['refused', 'confirmationRefused', 'temporaryFailure']
  const reasons = [0, 1, 2, 3, 4, 5, 16, 17, 25, 29, 127]
  test.each(kept.flatMap(step => reasons.map(reason => [step, reason] as const)))(
    'after %s, reason %i: the order stays',
    (step, reason) => {
      expect(cancelEffect(step, reason, 'keep')).toBe('kept')
      expect(cancelEffect(step, reason, 'end')).toBe('kept')
    },
  )

  const rows: [SessionStep, number, 'kept' | 'ended', 'kept' | 'ended'][] = [
    ['authenticated', 0, 'kept', 'ended'],
    ['authenticated', 1, 'kept', 'kept'],
    ['authenticated', 2, 'kept', 'kept'],
    ['authenticated', 3, 'ended', 'ended'],
    ['authenticated', 4, 'ended', 'ended'],
    ['authenticated', 16, 'kept', 'kept'],
    ['authenticated', 17, 'ended', 'ended'],
    ['authenticated', 127, 'ended', 'ended'],
    ['bound', 0, 'kept', 'kept'],
    ['bound', 1, 'kept', 'kept'],
    ['bound', 2, 'kept', 'kept'],
    ['bound', 3, 'ended', 'ended'],
    ['bound', 4, 'ended', 'ended'],
    ['bound', 5, 'ended', 'ended'],
    ['bound', 16, 'kept', 'kept'],
    ['bound', 127, 'ended', 'ended'],
  ]
  test.each(rows)('after %s, reason %i: %s where rejections keep, %s where they end', (step, reason, keep, end) => {
    expect(cancelEffect(step, reason, 'keep')).toBe(keep)
    expect(cancelEffect(step, reason, 'end')).toBe(end)
  })
})

describe.each([
  ['4.3.16.2.1 after authenticateClient', authenticated, 'Released'],
  ['4.3.16.2.2 after getBoundProfilePackage', downloaded, 'Downloaded'],
] as const)('§5.6.5 %s', (_, begin, before) => {
  const reasons = Object.keys(CANCEL_REASON) as CancelReasonName[]
  const ending = ['pprNotAllowed', 'metadataMismatch', 'loadBppExecutionError', 'undefinedReason']
  test.each(reasons)('%s', async reason => {
    const { device, iccid, orderId, matchingId } = await begin()
    expect(verdictOf(await device.cancel(reason))).toBe('Executed-Success')
    const ended = ending.includes(reason)
    expect(await lab.profile(iccid)).toMatchObject({ state: ended ? 'Error' : before })
    expect(await lab.order(orderId)).toMatchObject({ outcome: ended ? 'rejected' : null })
    expect((await lab.events(iccid)).at(-1)).toMatchObject({
      kind: 'cancelSession',
      data: { reason: CANCEL_REASON[reason], effect: ended ? 'ended' : 'kept' },
    })
    expect(verdictOf(await device.authenticate(matchingId))).toBe(ended ? '8.2.6/3.8' : 'Executed-Success')
  })

  test('a person’s “no” ends the order where the type says so, and only before the package was given out', async () => {
    const { device, iccid, orderId } = await begin('end')
    expect(verdictOf(await device.cancel('endUserRejection'))).toBe('Executed-Success')
    expect(await lab.profile(iccid)).toMatchObject({ state: before === 'Released' ? 'Error' : 'Downloaded' })
    expect((await lab.order(orderId))?.outcome).toBe(before === 'Released' ? 'rejected' : null)
  })

  test('an unknown transactionId in JSON or inside the signed part (8.10.1/3.9)', async () => {
    const { device, iccid } = await begin()
    const edit = replaced(tlv(0x80, Buffer.alloc(16, 1)))
    expect(verdictOf(await device.cancel('undefinedReason', edit))).toBe('8.10.1/3.9')
    const response = tlv(
      0xbf41,
      tlv(
        0xa0,
        tlv(0x30, tlv(0x80, Buffer.alloc(16)), tlv(0x81, oidValue('2.999.10')), tlv(0x82, Buffer.of(0))),
        tlv(0x5f37, Buffer.alloc(64)),
      ),
    )
    expect(verdictOf(await device.sendCancel(response, '00'.repeat(16)))).toBe('8.10.1/3.9')
    expect(await lab.profile(iccid)).toMatchObject({ state: before })
  })

  test('a wrong signature (8.1/6.1), also a right one of another eUICC', async () => {
    const { device, iccid } = await begin()
    const stored = await lab.fingerprint()
    const signed = tlv(
      0x30,
      tlv(0x80, Buffer.from(device.transactionId, 'hex')),
      tlv(0x81, oidValue('2.999.10')),
      tlv(0x82, Buffer.of(127)),
    )
    for (const signature of [new Device(lab).sign(signed), tlv(0x5f37, Buffer.alloc(64)), device.sign(signed, Buffer.of(0))])
      expect(verdictOf(await device.sendCancel(tlv(0xbf41, tlv(0xa0, signed, signature))))).toBe('8.1/6.1')
    expect(await lab.profile(iccid)).toMatchObject({ state: before })
    expect(await lab.fingerprint()).toEqual(stored)
  })

  test('an OID that is not this SM-DP+ (8.8/3.10)', async () => {
    const { device, iccid } = await begin()
    expect(verdictOf(await device.cancel('undefinedReason', replaced(tlv(0x81, oidValue('2.999.12')))))).toBe('8.8/3.10')
    expect(await lab.profile(iccid)).toMatchObject({ state: before })
  })

  test('the eUICC’s error variant, unsigned, changes nothing (8.10.1/3.9)', async () => {
    const { device, iccid } = await begin()
    const stored = await lab.fingerprint()
    expect(verdictOf(await device.sendCancel(tlv(0xbf41, tlv(0x81, Buffer.of(5)))))).toBe('8.10.1/3.9')
    expect(await lab.fingerprint()).toEqual(stored)
    expect(await lab.profile(iccid)).toMatchObject({ state: before })
  })

  test.each([16, 18, 25, 29])('a reason of v3, %i', async reason => {
    const { device, iccid } = await begin()
    expect(verdictOf(await device.cancel('postponed', withReason(reason)))).toBe('Executed-Success')
    expect(await lab.profile(iccid)).toMatchObject({ state: reason === 16 ? before : 'Error' })
  })
})

describe('§5.6.5 what a cancel cannot do', () => {
  test('twice: the session is over (8.10.1/3.9), for cancel and for the package', async () => {
    const { device } = await authenticated()
    const response = device.euicc.cancelSession('postponed')
    expect(verdictOf(await device.sendCancel(response))).toBe('Executed-Success')
    expect(verdictOf(await device.sendCancel(response))).toBe('8.10.1/3.9')
  })

  test('a session that was only initiated cannot be cancelled (8.10.1/3.9)', async () => {
    const device = new Device(lab)
    await device.proof('ANY')
    expect(verdictOf(await device.cancel('undefinedReason'))).toBe('8.10.1/3.9')
  })

  test('after an hour (8.10.1/3.9)', async () => {
    const { device, iccid } = await authenticated()
    const today = lab.now
    lab.now = new Date(today.getTime() + 3_601_000)
    expect(verdictOf(await device.cancel('undefinedReason'))).toBe('8.10.1/3.9')
    lab.now = today
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released' })
  })

  test.each(['endUserRejection', 'undefinedReason', 'loadBppExecutionError'] as const)(
    'after a refused authenticateClient (%s) nothing happens to the order, whoever’s it is',
    async reason => {
      const mine = await lab.issued({ type: 'end' })
      const claimant = new Device(lab)
      await claimant.downloaded(mine.matchingId)
      const device = new Device(lab)
      expect(verdictOf(await device.authenticate(mine.matchingId))).toBe('8.1.1/3.8')
      expect(verdictOf(await device.cancel(reason))).toBe('Executed-Success')
      expect(await lab.profile(mine.iccid)).toMatchObject({ state: 'Downloaded', eid: claimant.euicc.eid })
    },
  )

  test.each(['endUserRejection', 'undefinedReason'] as const)('after a mistyped confirmation code (%s) the order stays', async reason => {
    const { matchingId, iccid } = await lab.issued({ type: 'end', confirmationCode: '1234' })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    await device.fetch({ confirmationCode: '4321' })
    expect(verdictOf(await device.cancel(reason))).toBe('Executed-Success')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released' })
    expect(verdictOf(await device.downloaded(matchingId, { confirmationCode: '1234' }))).toBe('Executed-Success')
  })

  test('after a temporary installation error the order stays, in whichever order cancel and result come', async () => {
    for (const cancelFirst of [false, true]) {
      const { device, iccid, matchingId } = await downloaded('end')
      const result = installationResult(device, { errorReason: 11 })
      if (!cancelFirst) await device.notify(result)
      expect(verdictOf(await device.cancel('endUserRejection'))).toBe('Executed-Success')
      if (cancelFirst) await device.notify(result)
      expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded' })
      expect(verdictOf(await device.sendCancel(tlv(0xbf41, tlv(0x81, Buffer.of(5)))))).toBe('8.10.1/3.9')
      expect(verdictOf(await device.downloaded(matchingId))).toBe('Executed-Success')
    }
  })

  test('the eUICC that lost the race cannot hurt the winner', async () => {
    for (const reason of ['undefinedReason', 'pprNotAllowed', 'endUserRejection'] as const) {
      const { matchingId, iccid, orderId } = await lab.issued({ type: 'end' })
      const [winner, loser] = [new Device(lab), new Device(lab)]
      await winner.authenticate(matchingId)
      await loser.authenticate(matchingId)
      expect(verdictOf(await winner.fetch())).toBe('Executed-Success')
      expect(verdictOf(await loser.cancel(reason))).toBe('Executed-Success')
      expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded', eid: winner.euicc.eid })
      expect(await lab.order(orderId)).toMatchObject({ closed_at: null })
    }
  })

  test('after the installation: the session is finished (8.10.1/3.9)', async () => {
    const { device, iccid } = await downloaded()
    await device.notify(installationResult(device))
    expect(verdictOf(await device.cancel('undefinedReason'))).toBe('8.10.1/3.9')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
  })
})

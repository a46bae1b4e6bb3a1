import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseCertificate } from '@/lib/rsp/pki/certificate'
import { makeTestPki } from '@/lib/rsp/pki/test-pki'
import { readAll, readSingle, tlv } from '@/lib/rsp/tlv'
import { issuing, testSmdpOid } from '../pki/test-pki-files'
import { Device, verdictOf } from '../testing/device'
import { forgedCard } from '../testing/forged-card'
import { Laboratory } from '../testing/laboratory'
import { EVENT, installationResult, otherNotification } from '../testing/notifications'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addPki('brainpoolP256r1', true)
  await lab.addType({ name: 'two attempts', downloadLimit: 2 })
})
afterAll(() => lab.close())

/** A device with its package, not installed yet. */
async function delivered(type = 'test') {
  const issued = await lab.issued({ type })
  const device = new Device(lab)
  const bound = await device.downloaded(issued.matchingId)
  return { ...issued, device, bound }
}
/** A device on which the profile is installed. */
async function installed() {
  const { device, bound, ...rest } = await delivered()
  expect((await device.notify(installationResult(device, { sequenceNumber: 10 }))).status).toBe(204)
  return { ...rest, device, bound }
}
const verdicts = async (iccid: string) =>
  (await lab.sql('SELECT verdict FROM notification WHERE iccid = $1 ORDER BY sequence_number', [iccid])).map(row => row.verdict)

/** r ‖ n − s verifies as well as r ‖ s. */
function otherSignature(notification: Buffer): Buffer {
  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
  const at = notification.indexOf(Buffer.from('5f3740', 'hex')) + 3
  const s = BigInt(`0x${notification.subarray(at + 32, at + 64).toString('hex')}`)
  const copy = Buffer.from(notification)
  Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex').copy(copy, at + 32)
  return copy
}

describe('§5.6.4 ProfileInstallationResult', () => {
  test('#01 success: 204, the profile is Installed, the order is finished, the raw octets are kept', async () => {
    const { device, iccid, orderId, bound } = await delivered()
    const { profileInstallationResult } = device.load(bound)
    expect((await device.notify(profileInstallationResult)).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', eid: device.euicc.eid, order_id: null })
    expect(await lab.order(orderId)).toMatchObject({ outcome: 'installed', closed_at: expect.any(Date) })
    const [kept] = await lab.sql('SELECT raw, verdict, eid FROM notification WHERE iccid = $1', [iccid])
    expect(kept).toMatchObject({ raw: profileInstallationResult, verdict: 'applied', eid: device.euicc.eid })
    const [session] = await lab.sql('SELECT step FROM rsp_session WHERE transaction_id = $1', [device.transactionId])
    expect(session?.step).toBe('finished')
  })

  test('#02 then an OtherSignedNotification (enable)', async () => {
    const { device, iccid } = await installed()
    expect((await device.notify(otherNotification(device, { sequenceNumber: 11, event: EVENT.enable, iccid }))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', runtime_state: 'Enabled' })
  })

  test('#03 an unknown transactionId: 204, no trace in the database', async () => {
    const { device } = await delivered()
    const before = await lab.fingerprint()
    for (const transactionId of ['00'.repeat(16), 'AB'])
      expect((await device.notify(installationResult(device, { transactionId }))).status).toBe(204)
    expect(await lab.fingerprint()).toEqual(before)
  })

  test('a wrong signature, or another eUICC’s: 204, no trace', async () => {
    const { device, iccid } = await delivered()
    const before = await lab.fingerprint()
    const forged = installationResult(device)
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
    expect((await device.notify(forged)).status).toBe(204)
    const stranger = new Device(lab)
    expect((await stranger.notify(installationResult(stranger, { transactionId: device.transactionId, errorReason: 1 }))).status).toBe(204)
    expect(await lab.fingerprint()).toEqual(before)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded' })
  })

  const permanent = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 23, 26, 127]
  test.each(permanent)('#04–#18 errorReason %i is permanent: 204, profile Error, order closed', async errorReason => {
    const { device, iccid, orderId } = await delivered()
    expect((await device.notify(installationResult(device, { errorReason }))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error', order_id: null })
    expect(await lab.order(orderId)).toMatchObject({ outcome: 'failed' })
    expect((await lab.events(iccid)).at(-1)).toMatchObject({ kind: 'installationResult', data: { errorReason, effect: 'ended' } })
  })

  test.each([10, 11])('errorReason %i is temporary: the order stays downloadable until the limit of attempts', async errorReason => {
    const { device, iccid, orderId, matchingId } = await delivered('two attempts')
    expect((await device.notify(installationResult(device, { errorReason }))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded' })
    expect((await lab.events(iccid)).at(-1)?.data).toMatchObject({ effect: 'kept' })
    await device.downloaded(matchingId)
    expect((await device.notify(installationResult(device, { errorReason, sequenceNumber: 2 }))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error' })
    expect(await lab.order(orderId)).toMatchObject({ outcome: 'failed' })
  })

  test('after a temporary error the retry gets the same binding and its success counts', async () => {
    const { device, iccid, matchingId, bound } = await delivered()
    device.load(bound, 3)
    for (const { der } of device.euicc.listNotifications()) await device.notify(Buffer.from(der, 'base64'))
    const again = await device.downloaded(matchingId)
    expect(device.load(again).refusal).toBeUndefined()
    await device.notify(Buffer.from(device.euicc.listNotifications().at(-1)?.der ?? '', 'base64'))
    const results = device.euicc.listNotifications().filter(one => one.event === 'install')
    for (const { der } of results) await device.notify(Buffer.from(der, 'base64'))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
  })

  test.each(['30008107', '', '3003800100', 'ff'.repeat(9), `30${'82ffff'}`])(
    'a simaResponse that is empty or worse is no obstacle: “%s”',
    async hex => {
      const { device, iccid } = await delivered()
      expect((await device.notify(installationResult(device, { errorReason: 12, simaResponse: Buffer.from(hex, 'hex') }))).status).toBe(204)
      expect(await lab.profile(iccid)).toMatchObject({ state: 'Error' })
    },
  )

  test('what the eUICC made of the profile elements stands on the timeline', async () => {
    const { device, iccid } = await delivered()
    const simaResponse = Buffer.from('3010a00c300a800103810105830200ff8100', 'hex')
    await device.notify(installationResult(device, { errorReason: 12, simaResponse }))
    expect((await lab.events(iccid)).at(-1)?.data?.peStatus).toEqual([{ status: 3, meaning: 'bad-values', identification: 5, offset: 255 }])
  })

  test('the same one 20 times at once changes once', async () => {
    const { device, iccid } = await delivered()
    const result = installationResult(device)
    const answers = await Promise.all(Array.from({ length: 20 }, () => device.notify(result)))
    expect(answers.map(answer => answer.status)).toEqual(Array(20).fill(204))
    expect((await lab.events(iccid)).filter(event => event.kind === 'installationResult')).toHaveLength(1)
    expect(await verdicts(iccid)).toEqual(['applied'])
  })

  test('the same one with another form of its signature, or something after it, is the same one', async () => {
    const { device, iccid } = await delivered()
    const result = installationResult(device)
    await device.notify(result)
    await device.notify(otherSignature(result))
    await device.notify(tlv(0xbf37, readSingle(result, 0xbf37).value, tlv(0x04, Buffer.from('again'))))
    expect((await lab.events(iccid)).filter(event => event.kind === 'installationResult')).toHaveLength(1)
    expect(await verdicts(iccid)).toEqual(['applied'])
  })

  test('a late result of an older binding is recorded and changes nothing', async () => {
    const { device, iccid, matchingId } = await delivered()
    const old = device.transactionId
    await device.downloaded(matchingId, { newOneTimeKey: true })
    await device.notify(installationResult(device, { transactionId: old, errorReason: 8 }))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded' })
    expect(await verdicts(iccid)).toEqual(['older binding'])
    await device.notify(installationResult(device, { sequenceNumber: 2 }))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
  })

  test('a result for an order that was cancelled meanwhile is recorded and changes nothing', async () => {
    const { device, iccid, orderId } = await delivered()
    await lab.cancelled(iccid, 'Unavailable')
    await device.notify(installationResult(device))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Unavailable' })
    expect(await lab.order(orderId)).toMatchObject({ outcome: 'cancelled' })
    expect(await verdicts(iccid)).toEqual(['order closed'])
  })

  test('a result of a session in which nothing was bound is recorded and changes nothing', async () => {
    const { matchingId, iccid } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    await device.notify(installationResult(device))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released' })
    expect(await verdicts(iccid)).toEqual(['nothing was bound'])
  })

  test('hours after the session: the key for the result is kept until the order is closed', async () => {
    const { device, iccid } = await delivered()
    const today = lab.now
    lab.now = new Date(today.getTime() + 48 * 3_600_000)
    await device.notify(installationResult(device))
    lab.now = today
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
  })

  test('after the session was cancelled (real LPAs do that after a failed load)', async () => {
    const { device, iccid } = await delivered()
    await device.cancel('endUserRejection')
    await device.notify(installationResult(device))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
  })

  test('without smdpOid (v2.1 eUICCs) it counts', async () => {
    const { device, iccid } = await delivered()
    await device.notify(installationResult(device, { oid: null }))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
  })

  test('with the OID of another SM-DP+ it is recorded and changes nothing', async () => {
    const { device, iccid } = await delivered()
    expect((await device.notify(installationResult(device, { oid: '2.999.12' }))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded' })
    expect(await verdicts(iccid)).toEqual(['foreign OID'])
  })

  test('another ICCID in its metadata does not matter: the transaction names the order', async () => {
    const { device, iccid } = await delivered()
    await device.notify(installationResult(device, { iccid: '89019990001234567893' }))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
  })
})

describe('§5.6.4 OtherSignedNotification', () => {
  test.each([
    ['enable', 'Enabled'],
    ['disable', 'Disabled'],
    ['delete', 'Deleted'],
  ] as const)('%s of the installed profile: %s', async (event, state) => {
    const { device, iccid } = await installed()
    expect((await device.notify(otherNotification(device, { sequenceNumber: 11, event: EVENT[event], iccid }))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', runtime_state: state })
    expect((await lab.events(iccid)).at(-1)).toMatchObject({ kind: 'notification', data: { event, sequenceNumber: 11 } })
  })

  test.each(['0040', '0640', '0440', '0740', '054000', '0f4000'].map(hex => Buffer.from(hex, 'hex')))(
    'of the event’s bit string only the bits count: %o',
    async event => {
      const { device, iccid } = await installed()
      await device.notify(otherNotification(device, { sequenceNumber: 11, event, iccid }))
      expect(await lab.profile(iccid)).toMatchObject({ runtime_state: 'Enabled' })
    },
  )

  test('a genuine eUICC with another EID cannot report a stranger’s profile deleted', async () => {
    const { iccid } = await installed()
    const other = new Device(lab)
    expect((await other.notify(otherNotification(other, { sequenceNumber: 99, event: EVENT.delete, iccid }))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ runtime_state: null })
    expect(await verdicts(iccid)).toContain('the profile is not on this eUICC')
  })

  test('an eUICC under another class of CI with the same EID (test against live) changes nothing', async () => {
    const { iccid, device } = await installed()
    const twin = new Device(lab, forgedCard(lab, { curve: 'brainpoolP256r1', eid: device.euicc.eid }))
    expect((await twin.notify(otherNotification(twin, { sequenceNumber: 99, event: EVENT.delete, iccid }))).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ runtime_state: null })
    await device.notify(otherNotification(device, { sequenceNumber: 99, event: EVENT.delete, iccid }))
    expect(await lab.profile(iccid)).toMatchObject({ runtime_state: 'Deleted' })
  })

  test('for another server’s address it changes nothing; our name without case does', async () => {
    const { iccid, device } = await installed()
    await device.notify(otherNotification(device, { sequenceNumber: 11, event: EVENT.delete, iccid, to: 'smdp.elsewhere.example' }))
    expect(await lab.profile(iccid)).toMatchObject({ runtime_state: null })
    await device.notify(otherNotification(device, { sequenceNumber: 12, event: EVENT.enable, iccid, to: 'SMDP.example.COM' }))
    expect(await lab.profile(iccid)).toMatchObject({ runtime_state: 'Enabled' })
  })

  test('an older sequence number after a newer one is recorded and changes nothing, in whatever order they come', async () => {
    const { iccid, device } = await installed()
    const events = [EVENT.enable, EVENT.disable, EVENT.enable, EVENT.disable, EVENT.delete]
    const notifications = events.map((event, i) => otherNotification(device, { sequenceNumber: 11 + i, event, iccid }))
    await device.notify(notifications[3] ?? Buffer.alloc(0))
    await device.notify(notifications[2] ?? Buffer.alloc(0))
    expect(await lab.profile(iccid)).toMatchObject({ runtime_state: 'Disabled' })
    const answers = await Promise.all(notifications.reverse().map(one => device.notify(one)))
    expect(answers.map(answer => answer.status)).toEqual(Array(5).fill(204))
    expect(await lab.profile(iccid)).toMatchObject({ runtime_state: 'Deleted' })
  })

  test('one that overtakes the installation result counts, and the result after it does not take it back', async () => {
    const { device, iccid } = await delivered()
    await device.notify(otherNotification(device, { sequenceNumber: 6, event: EVENT.enable, iccid }))
    await device.notify(installationResult(device, { sequenceNumber: 5 }))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', runtime_state: 'Enabled' })
    await device.notify(otherNotification(device, { sequenceNumber: 4, event: EVENT.delete, iccid }))
    expect(await lab.profile(iccid)).toMatchObject({ runtime_state: 'Enabled' })
  })

  test('the same one 20 times at once changes once; another form of its signature is no other one', async () => {
    const { device, iccid } = await installed()
    const notification = otherNotification(device, { sequenceNumber: 11, event: EVENT.enable, iccid })
    await Promise.all(Array.from({ length: 20 }, () => device.notify(notification)))
    await device.notify(otherSignature(notification))
    expect((await lab.events(iccid)).filter(event => event.kind === 'notification')).toHaveLength(1)
    expect(await verdicts(iccid)).toHaveLength(2)
  })

  test('without ICCID, with no event, with an unknown ICCID: 204, nothing changes', async () => {
    const { device, iccid } = await installed()
    const before = await lab.profile(iccid)
    for (const notification of [
      otherNotification(device, { sequenceNumber: 21, event: EVENT.delete }),
      otherNotification(device, { sequenceNumber: 22, event: Buffer.of(0), iccid }),
      otherNotification(device, { sequenceNumber: 23, event: Buffer.of(3, 0x08), iccid }),
      otherNotification(device, { sequenceNumber: 24, event: EVENT.delete, iccid: '89019990001234567893' }),
      otherNotification(device, { sequenceNumber: 25, event: EVENT.install, iccid }),
    ])
      expect((await device.notify(notification)).status).toBe(204)
    expect(await lab.profile(iccid)).toEqual(before)
  })

  test('for a profile that has not been given out it changes nothing', async () => {
    const { iccid, matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    await device.notify(otherNotification(device, { sequenceNumber: 1, event: EVENT.delete, iccid }))
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released', runtime_state: null })
  })

  test('a wrong signature, a broken chain, an unknown CI: 204, no trace in the database', async () => {
    const { device, iccid } = await installed()
    const before = await lab.fingerprint()
    const unsigned = otherNotification(device, { sequenceNumber: 11, event: EVENT.delete, iccid })
    const at = unsigned.indexOf(Buffer.from('5f3740', 'hex')) + 10
    unsigned[at] = (unsigned[at] ?? 0) ^ 1
    const other = makeTestPki({ curve: 'P-256', dnsNames: ['x.example'], oid: testSmdpOid }, issuing(lab.now))
    const unknownCi = new Device(
      lab,
      forgedCard(lab, { eid: device.euicc.eid, eum: { issuer: parseCertificate(other.ci.certificate), issuerKey: other.ci.privateKey } }),
    )
    const broken = new Device(lab, forgedCard(lab, { eid: device.euicc.eid, euicc: { issuerKey: other.ci.privateKey } }))
    for (const notification of [
      unsigned,
      otherNotification(unknownCi, { sequenceNumber: 11, event: EVENT.delete, iccid }),
      otherNotification(broken, { sequenceNumber: 11, event: EVENT.delete, iccid }),
    ])
      expect((await device.notify(notification)).status).toBe(204)
    expect(await lab.fingerprint()).toEqual(before)
  })
})

describe('§5.6.4 the answer', () => {
  test('an unknown CHOICE of a later version: 204, no trace', async () => {
    const device = new Device(lab)
    const before = await lab.fingerprint()
    for (const tag of [0xbf39, 0xa1, 0x04]) expect((await device.notify(tlv(tag, Buffer.of(1)))).status).toBe(204)
    expect(await lab.fingerprint()).toEqual(before)
  })

  test('malformed DER, base64 or JSON: 400 and no trace', async () => {
    const { device } = await delivered()
    const before = await lab.fingerprint()
    const whole = installationResult(device)
    const members = readAll(readSingle(whole, 0xbf37).value)
    const malformed = [
      whole.subarray(0, -1),
      Buffer.concat([whole, Buffer.of(0)]),
      tlv(0xbf37),
      tlv(0xbf37, members[0]?.raw),
      tlv(0x30),
      tlv(0x30, Buffer.of(0x05, 0)),
      Buffer.from('bf3780', 'hex'),
    ]
    for (const der of malformed) expect((await device.notify(der)).status).toBe(400)
    for (const body of [{}, { pendingNotification: 'A' }, { pendingNotification: 7 }, { pendingNotification: null }])
      expect((await lab.call('handleNotification', body)).status).toBe(400)
    expect((await lab.call('handleNotification', Buffer.from('{'))).status).toBe(400)
    expect(await lab.fingerprint()).toEqual(before)
    expect(verdictOf(await lab.call('handleNotification', {}))).toBe('1.3.1/2.2')
  })
})

import { verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { transaction } from '@/lib/db/pool'
import { confirmOrder } from '@/lib/orders/confirm-order'
import { downloadOrder } from '@/lib/orders/download-order'
import { Eid, MatchingId } from '@/lib/rsp/identifiers'
import { parseCertificate } from '@/lib/rsp/pki/certificate'
import { readSingle, TlvReader, tlv } from '@/lib/rsp/tlv'
import { Device, octetsOf, replaced, verdictOf } from '../testing/device'
import { forgedCard } from '../testing/forged-card'
import { Laboratory } from '../testing/laboratory'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addPki('brainpoolP256r1')
  await lab.addType({ name: 'two attempts', downloadLimit: 2 })
})
afterAll(() => lab.close())

const eidOf = (device: Device) => Eid.parse(device.euicc.eid)
const empty = MatchingId.parse('')
const lastEvent = async (iccid: string) => (await lab.events(iccid)).at(-1)

describe('§5.6.3 nominal', () => {
  test.each([
    ['#08 activation code, no confirmation code', undefined],
    ['#09 activation code with confirmation code', '12345678'],
  ])('%s: metadata, smdpSigned2 and its signature over euiccSignature1', async (_, confirmationCode) => {
    const { matchingId, iccid } = await lab.issued({ ...(confirmationCode ? { confirmationCode } : {}) })
    const device = new Device(lab)
    const proof = await device.proof(matchingId)
    const answer = await device.sendProof(proof)
    expect(verdictOf(answer)).toBe('Executed-Success')
    expect(answer.json.transactionId).toBe(device.transactionId)
    expect(readSingle(octetsOf(answer, 'profileMetadata')).tag).toBe(0xbf25)

    const smdpSigned2 = octetsOf(answer, 'smdpSigned2')
    const signed = new TlvReader(readSingle(smdpSigned2, 0x30).value)
    expect(signed.next(0x80).value.toString('hex').toUpperCase()).toBe(device.transactionId)
    expect(signed.next(0x01).value.toString('hex')).toBe(confirmationCode ? 'ff' : '00')
    expect(signed.peek()).toBeUndefined()

    const pb = parseCertificate(octetsOf(answer, 'smdpCertificate'))
    const auth = lab.pki.get('P-256')?.dpAuth.certificate ?? Buffer.alloc(0)
    expect(pb.policies).toContain('2.23.146.1.2.1.5')
    expect(pb.registeredIds).toEqual(parseCertificate(auth).registeredIds)
    const euiccSignature1 = new TlvReader(readSingle(readSingle(proof, 0xbf38).value, 0xa0).value)
    euiccSignature1.next(0x30)
    const covered = Buffer.concat([smdpSigned2, euiccSignature1.next(0x5f37).raw])
    const signature = readSingle(octetsOf(answer, 'smdpSignature2'), 0x5f37).value
    expect(verify('sha256', covered, { key: pb.publicKey.key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
    expect(await lastEvent(iccid)).toMatchObject({ kind: 'authenticateClient', outcome: 'ok', data: { attempt: 1, attemptLimit: 10 } })
  })

  test.each([
    ['#01 #14 #15 #17 omitted', undefined, undefined],
    ['#16 #18 empty', '', undefined],
    ['#02 omitted, with confirmation code', undefined, '12345678'],
  ])('default SM-DP+ order, MatchingID %s', async (_, sent, confirmationCode) => {
    const device = new Device(lab)
    await lab.issued({ eid: eidOf(device), matchingId: empty, ...(confirmationCode ? { confirmationCode } : {}) })
    expect(verdictOf(await device.authenticate(sent))).toBe('Executed-Success')
  })

  test('#03 a second attempt after an invalid MatchingID', async () => {
    const device = new Device(lab)
    await lab.issued({ eid: eidOf(device), matchingId: empty })
    expect(verdictOf(await device.authenticate('WRONG-ONE'))).toBe('8.2.6/3.8')
    expect(verdictOf(await device.authenticate())).toBe('Executed-Success')
  })

  test('#05 #06 the MatchingID of an event', async () => {
    const device = new Device(lab)
    await lab.issued({ eid: eidOf(device), matchingId: MatchingId.parse('EVENT-001') })
    expect(verdictOf(await device.authenticate('EVENT-001'))).toBe('Executed-Success')
  })

  test('#11 #12 an activation code that is not tied to an EID serves any eUICC', async () => {
    const { matchingId } = await lab.issued()
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('Executed-Success')
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('Executed-Success')
  })

  test('4.3.14.2.5 on brainpoolP256r1', async () => {
    const { matchingId } = await lab.issued()
    const answer = await new Device(lab, lab.card({ curve: 'brainpoolP256r1' })).authenticate(matchingId)
    expect(parseCertificate(octetsOf(answer, 'smdpCertificate')).publicKey.curve).toBe('brainpoolP256r1')
  })

  test('of several default orders of one EID the oldest that can be had is picked', async () => {
    const device = new Device(lab)
    const eid = eidOf(device)
    const first = await lab.issued({ eid, matchingId: empty })
    const second = await lab.issued({ eid, matchingId: empty })
    await device.authenticate()
    expect((await lastEvent(first.iccid))?.kind).toBe('authenticateClient')
    expect((await lastEvent(second.iccid))?.kind).toBe('confirmOrder')
  })

  test('an expired default order does not stand in the way of a valid one', async () => {
    const device = new Device(lab)
    const eid = eidOf(device)
    await lab.issued({ eid, matchingId: empty, expiresAt: new Date(lab.now.getTime() + 60_000) })
    const valid = await lab.issued({ eid, matchingId: empty })
    const today = lab.now
    lab.now = new Date(today.getTime() + 120_000)
    try {
      expect(verdictOf(await device.authenticate())).toBe('Executed-Success')
      expect((await lastEvent(valid.iccid))?.kind).toBe('authenticateClient')
    } finally {
      lab.now = today
    }
  })

  test('4.3.14.2.6 a retry after a package was bound repeats the earlier otPK.EUICC, for this eUICC only', async () => {
    const { matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.downloaded(matchingId)
    const otPk = Buffer.from(device.card.oneTimeKeys.at(-1)?.euiccOtpk ?? '', 'hex')
    const retry = await device.authenticate(matchingId)
    const signed = new TlvReader(readSingle(octetsOf(retry, 'smdpSigned2'), 0x30).value)
    expect(signed.find(0x5f49)?.value.equals(otPk)).toBe(true)
    const metadata = octetsOf(retry, 'profileMetadata')
    expect(octetsOf(await device.fetch(), 'boundProfilePackage').includes(metadata.subarray(0, 40))).toBe(true)
  })
})

describe('§5.6.3 the order', () => {
  test('#8 a profile that is only confirmed (8.2/1.2)', async () => {
    const { iccid } = await lab.addProfile()
    const matchingId = MatchingId.parse('NOT-RELEASED')
    await transaction(lab.db, async tx => {
      await downloadOrder(tx, lab.orderContext(), { iccid })
      await confirmOrder(tx, lab.orderContext(), { iccid, matchingId, releaseFlag: false })
    })
    const before = await lab.profile(iccid)
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('8.2/1.2')
    expect(await lab.profile(iccid)).toEqual(before)
    expect(await lastEvent(iccid)).toMatchObject({ kind: 'authenticateClient', outcome: 'refused', status: 'profileNotReleased' })
  })

  test.each(['UNKNOWN-1', 'lower-case', 'A B', 'A'.repeat(65), '\u0000', '\\u0000', `${'A'.repeat(63)}😀`, 'ä'.repeat(3000)])(
    '#11 #12 #13 no order has this MatchingID (8.2.6/3.8): %j',
    async matchingId => {
      const device = new Device(lab)
      expect(verdictOf(await device.authenticate(matchingId))).toBe('8.2.6/3.8')
      const [event] = await lab.sql('SELECT status, data FROM profile_event WHERE eid = $1', [device.euicc.eid])
      expect(event).toMatchObject({ status: 'matchingIdRefused' })
    },
  )

  test.each([undefined, ''])('#14 #19 no order waits for this EID, MatchingID %j (8.1.1/3.8)', async matchingId =>
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('8.1.1/3.8'),
  )

  test('#20 #21 an order of another EID (8.1.1/3.8)', async () => {
    const { matchingId, iccid, orderId } = await lab.issued({ eid: eidOf(new Device(lab)) })
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('8.1.1/3.8')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released' })
    expect(await lab.order(orderId)).toMatchObject({ download_attempts: 0 })
  })

  test('EIDs without valid check digits are looked up like others (8.1.1/3.8, 8.2.6/3.8)', async () => {
    const device = new Device(lab, forgedCard(lab, { eid: '89999123000000000000000000009917' }))
    expect(verdictOf(await device.authenticate())).toBe('8.1.1/3.8')
  })

  test('a matchingId of another eUICC’s default order cannot be guessed by an empty one', async () => {
    await lab.issued({ eid: eidOf(new Device(lab)), matchingId: empty })
    expect(verdictOf(await new Device(lab).authenticate(''))).toBe('8.1.1/3.8')
  })

  test('#16 an expired order (8.8.5/4.10); the order stays and the operator sees why', async () => {
    const expiresAt = new Date(lab.now.getTime() + 60_000)
    const { matchingId, iccid } = await lab.issued({ expiresAt })
    const today = lab.now
    lab.now = expiresAt
    try {
      expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('8.8.5/4.10')
    } finally {
      lab.now = today
    }
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released' })
    expect(await lastEvent(iccid)).toMatchObject({ status: 'orderExpired' })
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('Executed-Success')
  })

  test('#17 attempts are counted; over the limit the order ends, the profile goes to Error, later tries hear the same (8.8.5/6.4)', async () => {
    const { matchingId, iccid, orderId } = await lab.issued({ type: 'two attempts' })
    const device = new Device(lab)
    expect(verdictOf(await device.authenticate(matchingId))).toBe('Executed-Success')
    expect(verdictOf(await device.authenticate(matchingId))).toBe('Executed-Success')
    expect(await lab.order(orderId)).toMatchObject({ download_attempts: 2, closed_at: null })
    expect(verdictOf(await device.authenticate(matchingId))).toBe('8.8.5/6.4')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error', order_id: null })
    expect(await lab.order(orderId)).toMatchObject({ outcome: 'downloadAttemptsExceeded', closed_at: expect.any(Date) })
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('8.8.5/6.4')
    expect((await lab.events(iccid)).map(event => event.kind)).toContain('orderEnded')
  })

  test('30 devices at once on an order of 2 attempts: two get through, the rest hear 8.8.5/6.4, and the order ends once', async () => {
    const { matchingId, iccid, orderId } = await lab.issued({ type: 'two attempts' })
    const devices = Array.from({ length: 30 }, () => new Device(lab))
    const verdicts = (await Promise.all(devices.map(device => device.authenticate(matchingId)))).map(verdictOf)
    expect(verdicts.filter(verdict => verdict === 'Executed-Success')).toHaveLength(2)
    expect(verdicts.filter(verdict => verdict === '8.8.5/6.4')).toHaveLength(28)
    expect((await lab.order(orderId))?.download_attempts).toBe(2)
    await new Device(lab).authenticate(matchingId)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error' })
    expect((await lab.events(iccid)).filter(event => event.kind === 'orderEnded')).toHaveLength(1)
  })

  test('a code that was used up (8.2.6/3.8), whoever tries it', async () => {
    const { matchingId, activationCode } = await lab.issued()
    const phone = lab.phone()
    await phone.download({ activationCode })
    expect(verdictOf(await new Device(lab, phone.euicc.card).authenticate(matchingId))).toBe('8.2.6/3.8')
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('8.2.6/3.8')
  })

  test('a cancelled order (8.2.6/3.8)', async () => {
    const { matchingId, iccid } = await lab.issued()
    await lab.cancelled(iccid, 'Available')
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('8.2.6/3.8')
  })

  test('another eUICC has taken the profile with the same code (8.1.1/3.8)', async () => {
    const { matchingId } = await lab.issued()
    await new Device(lab).downloaded(matchingId)
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('8.1.1/3.8')
  })
})

describe('§5.6.3 the session', () => {
  test('the very same request again gets the very same answer and is one attempt, also when they come at once', async () => {
    const { matchingId, orderId } = await lab.issued()
    const device = new Device(lab)
    const proof = await device.proof(matchingId)
    const answers = await Promise.all(Array.from({ length: 10 }, () => device.sendProof(proof)))
    for (const answer of [...answers, await device.sendProof(proof)]) expect(answer).toEqual(answers[0])
    expect(verdictOf(answers[0] ?? (await device.sendProof(proof)))).toBe('Executed-Success')
    expect(await lab.order(orderId)).toMatchObject({ download_attempts: 1 })
  })

  test('a used transactionId with another request is unknown (8.10.1/3.9)', async () => {
    const one = await lab.issued()
    const two = await lab.issued()
    const device = new Device(lab)
    const proof = await device.proof(one.matchingId)
    expect(verdictOf(await device.sendProof(proof))).toBe('Executed-Success')
    const reader = new TlvReader(readSingle(readSingle(proof, 0xbf38).value, 0xa0).value)
    const edited = replaced(tlv(0xa0, tlv(0x80, Buffer.from(two.matchingId)), tlv(0xa1, tlv(0x80, Buffer.alloc(4)), tlv(0xa1))))
    const members = new TlvReader(reader.next(0x30).value)
    const signed = tlv(0x30, ...edited([0x80, 0x83, 0x84, 0xbf22, 0xa0].map(tag => members.next(tag).raw)))
    const certificates = [reader.next(0x5f37), reader.next(0x30), reader.next(0x30)].slice(1).map(one => one.raw)
    const other = tlv(0xbf38, tlv(0xa0, signed, device.sign(signed), ...certificates))
    expect(verdictOf(await device.sendProof(other))).toBe('8.10.1/3.9')
    expect(await lab.order(two.orderId)).toMatchObject({ download_attempts: 0 })
  })

  test('a refused request may not be sent again under its transactionId (8.10.1/3.9)', async () => {
    const device = new Device(lab)
    const proof = await device.proof('NO-SUCH-CODE')
    expect(verdictOf(await device.sendProof(proof))).toBe('8.2.6/3.8')
    expect(verdictOf(await device.sendProof(proof))).toBe('8.10.1/3.9')
  })

  test('a proof of one eUICC under the transactionId of another (8.10.1/3.9)', async () => {
    const { matchingId } = await lab.issued()
    const [one, two] = [new Device(lab), new Device(lab)]
    const proof = await one.proof(matchingId)
    await two.proof(matchingId)
    expect(verdictOf(await two.sendProof(proof))).toBe('8.10.1/3.9')
    expect(verdictOf(await one.sendProof(proof))).toBe('Executed-Success')
  })

  test('the session keeps the eUICC’s key, and the timeline no signature, key or code', async () => {
    const { matchingId, iccid } = await lab.issued({ confirmationCode: 'SECRET-CODE' })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const [session] = await lab.sql('SELECT euicc_public_key, step FROM rsp_session WHERE transaction_id = $1', [device.transactionId])
    const certificate = parseCertificate(Buffer.from(device.card.credentials[0]?.euiccCertificate ?? '', 'base64'))
    expect(session).toMatchObject({
      step: 'authenticated',
      euicc_public_key: certificate.publicKey.point,
    })
    expect(JSON.stringify(await lab.events(iccid))).not.toContain('SECRET-CODE')
  })
})

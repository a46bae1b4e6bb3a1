import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { maxIconBytes } from '@/lib/rsp/icon'
import { craftedPng } from '@/lib/rsp/testdata/pictures'
import { readAll, readSingle, tlv } from '@/lib/rsp/tlv'
import { Device, octetsOf, replaced, verdictOf } from '../testing/device'
import { type Answer, Laboratory } from '../testing/laboratory'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addPki('brainpoolP256r1')
  await lab.addType({ name: 'random', protection: 'random' })
  const icon = {
    iconType: 'png' as const,
    icon: new Uint8Array(craftedPng(64, 64, { bytes: maxIconBytes })),
  }
  await lab.addType({ name: 'icon', icon, serviceProviderName: 'S'.repeat(32), profileName: 'N'.repeat(64) })
  await lab.addType({ name: 'random icon', icon, protection: 'random' })
  await lab.addType({ name: 'limit 1', confirmationLimit: 1 })
  await lab.addType({ name: 'limit 20', confirmationLimit: 20 })
})
afterAll(() => lab.close())

/** The parts of a BoundProfilePackage. */
function partsOf(answer: Answer) {
  const [secureChannel, ...protectedParts] = readAll(readSingle(octetsOf(answer, 'boundProfilePackage'), 0xbf36).value)
  if (!secureChannel) throw new Error('empty package')
  const members = new Map(readAll(secureChannel.value).map(member => [member.tag, member.value]))
  return {
    transactionId: members.get(0x80)?.toString('hex').toUpperCase(),
    otPkDp: members.get(0x5f49)?.toString('hex') ?? '',
    tags: protectedParts.map(part => part.tag),
    segments: Buffer.concat(protectedParts.map(part => part.raw)).toString('hex'),
    metadataSegments: readAll(protectedParts.find(part => part.tag === 0xa1)?.value ?? Buffer.alloc(0)),
    all: protectedParts.flatMap(part => readAll(part.value)),
  }
}
const code = '12345678'
const installedBytes = (device: Device) => Buffer.from(device.euicc.listProfiles()[0]?.profilePackage ?? '', 'base64')

describe('§5.6.2 nominal (SGP.23 4.3.13.2.1 to .2.3)', () => {
  const cases = (['test', 'random', 'icon', 'random icon'] as const).flatMap(type =>
    [undefined, code].map(confirmationCode => ({ type, confirmationCode })),
  )
  test.each(cases)(
    'type “$type”, confirmation code $confirmationCode: the eUICC opens it and finds what was uploaded',
    async ({ type, confirmationCode }) => {
      const given = confirmationCode ? { confirmationCode } : {}
      const { matchingId, upp, iccid } = await lab.issued({ type, ...given })
      const device = new Device(lab)
      const bound = await device.downloaded(matchingId, given)
      expect(bound.json.transactionId).toBe(device.transactionId)
      const parts = partsOf(bound)
      expect(parts.transactionId).toBe(device.transactionId)
      expect(parts.tags).toEqual(type.startsWith('random') ? [0xa0, 0xa1, 0xa2, 0xa3] : [0xa0, 0xa1, 0xa3])
      expect(parts.metadataSegments.length).toBe(type.endsWith('icon') ? 2 : 1)
      expect(Math.max(...parts.all.map(segment => segment.raw.length))).toBeLessThanOrEqual(1020)
      const metadata = Buffer.concat(parts.metadataSegments.map(segment => segment.value.subarray(0, -8)))
      expect(metadata.equals(octetsOf(device.client ?? bound, 'profileMetadata'))).toBe(true)
      expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded', eid: device.euicc.eid })
      expect(device.load(bound).refusal).toBeUndefined()
      expect(installedBytes(device).equals(upp)).toBe(true)
    },
  )

  test.each(['test', 'random'])('BRP #01 on brainpoolP256r1, type “%s”', async type => {
    const { matchingId, upp } = await lab.issued({ type })
    const device = new Device(lab, lab.card({ curve: 'brainpoolP256r1' }))
    expect(device.load(await device.downloaded(matchingId)).refusal).toBeUndefined()
    expect(installedBytes(device).equals(upp)).toBe(true)
  })

  test('one-time and random keys are fresh with each order', async () => {
    const seen = new Set<string>()
    for (let i = 0; i < 4; i++) {
      const { matchingId } = await lab.issued({ type: 'random' })
      const { otPkDp, all } = partsOf(await new Device(lab).downloaded(matchingId))
      seen.add(otPkDp).add(all.at(-1)?.raw.toString('hex') ?? '')
    }
    expect(seen.size).toBe(8)
  })
})

describe('§5.6.2 retry cases (SGP.23 4.3.13.2.4, .2.7)', () => {
  const cases = (['test', 'random'] as const).flatMap(type => [undefined, code].map(confirmationCode => ({ type, confirmationCode })))

  test.each(cases)(
    '#01–#04 the same otPK.EUICC after “postponed”: same otPK.DP and the very same segments, whatever was edited ($type, $confirmationCode)',
    async ({ type, confirmationCode }) => {
      const given = confirmationCode ? { confirmationCode } : {}
      const { matchingId, iccid, upp } = await lab.issued({ type, ...given })
      const device = new Device(lab)
      const first = await device.downloaded(matchingId, given)
      expect(verdictOf(await device.cancel('postponed'))).toBe('Executed-Success')
      const [before] = await lab.sql('SELECT profile_name, protection FROM profile_type WHERE name = $1', [type])
      await lab.sql(`UPDATE profile_type SET profile_name = 'Edited', protection = $2 WHERE name = $1`, [
        type,
        type === 'test' ? 'random' : 'session',
      ])
      await lab.sql(`UPDATE profile SET package_name = 'Edited too' WHERE iccid = $1`, [iccid])
      try {
        const second = await device.downloaded(matchingId, given)
        expect(partsOf(second)).toMatchObject({ otPkDp: partsOf(first).otPkDp, segments: partsOf(first).segments })
        expect(partsOf(second).transactionId).toBe(device.transactionId)
        expect(partsOf(second).transactionId).not.toBe(partsOf(first).transactionId)
        expect(device.load(second).refusal).toBeUndefined()
        expect(installedBytes(device).equals(upp)).toBe(true)
        // What is kept of a binding is its keys, not its segments.
        const [kept] = await lab.sql(
          'SELECT octet_length(sealed) AS n FROM binding b JOIN download_order o ON o.id = b.order_id WHERE iccid = $1',
          [iccid],
        )
        expect(Number(kept?.n)).toBeLessThan(200)
      } finally {
        await lab.sql('UPDATE profile_type SET profile_name = $2, protection = $3 WHERE name = $1', [
          type,
          before?.profile_name,
          before?.protection,
        ])
      }
      expect(
        (
          await lab.sql('SELECT count(*)::int AS n FROM binding b JOIN download_order o ON o.id = b.order_id WHERE o.iccid = $1', [iccid])
        )[0]?.n,
      ).toBe(1)
    },
  )

  test.each(cases)(
    '#05–#08, #10–#13 a new otPK.EUICC gets another otPK.DP ($type, $confirmationCode)',
    async ({ type, confirmationCode }) => {
      const given = confirmationCode ? { confirmationCode } : {}
      const { matchingId, upp } = await lab.issued({ type, ...given })
      const device = new Device(lab)
      const first = await device.downloaded(matchingId, given)
      await device.cancel('postponed')
      const second = await device.downloaded(matchingId, { ...given, newOneTimeKey: true })
      expect(partsOf(second).otPkDp).not.toBe(partsOf(first).otPkDp)
      expect(partsOf(second).segments).not.toBe(partsOf(first).segments)
      expect(device.load(second).refusal).toBeUndefined()
      expect(installedBytes(device).equals(upp)).toBe(true)
    },
  )

  test('metadata are frozen at authenticateClient: an edit before the package is fetched does not change it', async () => {
    await lab.addType({ name: 'edited meanwhile', profileName: 'Before' })
    const { matchingId } = await lab.issued({ type: 'edited meanwhile' })
    const device = new Device(lab)
    const client = await device.authenticate(matchingId)
    await lab.sql(`UPDATE profile_type SET profile_name = 'After' WHERE name = 'edited meanwhile'`)
    const { metadataSegments } = partsOf(await device.fetch())
    expect(metadataSegments[0]?.value.subarray(0, -8).equals(octetsOf(client, 'profileMetadata'))).toBe(true)
    expect(octetsOf(await device.authenticate(matchingId), 'profileMetadata').equals(octetsOf(client, 'profileMetadata'))).toBe(true)
  })

  test('#09 a wrong code, then the right one in the same session', async () => {
    const { matchingId, iccid, orderId } = await lab.issued({ confirmationCode: code })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    expect(verdictOf(await device.fetch({ confirmationCode: '87654321' }))).toBe('8.2.7/3.8')
    expect(await lab.order(orderId)).toMatchObject({ confirmation_attempts: 1 })
    expect(verdictOf(await device.fetch({ confirmationCode: code }))).toBe('Executed-Success')
    expect(await lab.order(orderId)).toMatchObject({ confirmation_attempts: 0 })
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded' })
  })

  test('the same request again (its answer was lost) is answered with the same binding', async () => {
    const { matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const request = device.prepare()
    const answers = [await device.sendPrepared(request), await device.sendPrepared(request)]
    const [one, two] = answers.map(partsOf)
    expect(one?.segments).toBe(two?.segments)
  })

  test('identical requests at once get one and the same binding', async () => {
    const { matchingId, orderId } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const request = device.prepare()
    const answers = await Promise.all(Array.from({ length: 8 }, () => device.sendPrepared(request)))
    expect(answers.map(verdictOf)).toEqual(Array(8).fill('Executed-Success'))
    expect(new Set(answers.map(answer => partsOf(answer).segments)).size).toBe(1)
    expect((await lab.sql('SELECT count(*)::int AS n FROM binding WHERE order_id = $1', [orderId]))[0]?.n).toBe(1)
  })
})

describe('§5.6.2 refusals (SGP.23 4.3.13.2.10)', () => {
  test('#01 a wrong euiccSignature2 (8.1/6.1) changes nothing', async () => {
    const { matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const before = await lab.fingerprint()
    const request = device.prepare()
    const at = request.length - 1
    request[at] = (request[at] ?? 0) ^ 1
    expect(verdictOf(await device.sendPrepared(request))).toBe('8.1/6.1')
    expect(await lab.fingerprint()).toEqual(before)
  })

  test('#01 a euiccSignature2 that does not cover smdpSignature2 (8.1/6.1)', async () => {
    const { matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const signed = readAll(readSingle(readSingle(device.prepare(), 0xbf21).value, 0xa0).value)[0]?.raw ?? Buffer.alloc(0)
    expect(verdictOf(await device.sendPrepared(tlv(0xbf21, tlv(0xa0, signed, device.sign(signed)))))).toBe('8.1/6.1')
  })

  test('#02 an unknown transactionId in JSON (8.10.1/3.9), also one that has only been initiated', async () => {
    const { matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const request = device.prepare()
    expect(verdictOf(await device.sendPrepared(request, '00'.repeat(16)))).toBe('8.10.1/3.9')
    const initiated = await new Device(lab).initiate()
    expect(verdictOf(await device.sendPrepared(request, String(initiated.json.transactionId)))).toBe('8.10.1/3.9')
  })

  test('#03 another transactionId inside euiccSigned2 (8.10.1/3.9)', async () => {
    const { matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    expect(verdictOf(await device.fetch({ edit: replaced(tlv(0x80, Buffer.alloc(16, 1))) }))).toBe('8.10.1/3.9')
  })

  test('a session in which authenticateClient was refused has no package (8.10.1/3.9)', async () => {
    const { matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const request = device.prepare()
    const refused = new Device(lab)
    await refused.authenticate('NO-SUCH-CODE')
    expect(verdictOf(await device.sendPrepared(request, refused.transactionId))).toBe('8.10.1/3.9')
  })

  test('a session lasts one hour (8.10.1/3.9); a cancelled one is over', async () => {
    const { matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const request = device.prepare()
    const today = lab.now
    lab.now = new Date(today.getTime() + 3_601_000)
    expect(verdictOf(await device.sendPrepared(request))).toBe('8.10.1/3.9')
    lab.now = today
    await device.cancel('postponed')
    expect(verdictOf(await device.sendPrepared(request))).toBe('8.10.1/3.9')
  })

  test('otPK.EUICC off the curve (1.3.1/2.1), or no uncompressed point', async () => {
    const { matchingId, iccid } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const off = Buffer.concat([Buffer.of(4), Buffer.alloc(32, 1), Buffer.alloc(32, 2)])
    for (const point of [
      off,
      Buffer.alloc(65),
      Buffer.concat([Buffer.of(4), Buffer.alloc(64, 0xff)]),
      off.subarray(0, 33),
      Buffer.concat([Buffer.of(2), off.subarray(1, 33)]),
    ])
      expect(verdictOf(await device.fetch({ edit: replaced(tlv(0x5f49, point)) }))).toBe('1.3.1/2.1')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released', eid: null })
    expect(verdictOf(await device.fetch())).toBe('Executed-Success')
  })

  test('the error variant of the eUICC ends in 8.1/6.1 and stands on the timeline; the order stays', async () => {
    const { matchingId, iccid } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const error = tlv(0xbf21, tlv(0xa1, tlv(0x80, Buffer.from(device.transactionId, 'hex')), tlv(0x02, Buffer.of(2))))
    expect(verdictOf(await device.sendPrepared(error))).toBe('8.1/6.1')
    expect((await lab.events(iccid)).at(-1)).toMatchObject({ outcome: 'refused', data: { downloadErrorCode: 2 } })
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released' })
  })

  test('an order that expired after authenticateClient (8.8.5/4.10)', async () => {
    const { matchingId } = await lab.issued({ expiresAt: new Date(lab.now.getTime() + 60_000) })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const today = lab.now
    lab.now = new Date(today.getTime() + 61_000)
    expect(verdictOf(await device.fetch())).toBe('8.8.5/4.10')
    lab.now = today
  })

  test.each(['Available', 'Unavailable'] as const)(
    'an order cancelled to %s after authenticateClient (8.2/1.2)',
    async finalProfileStatusIndicator => {
      const { matchingId, iccid } = await lab.issued()
      const device = new Device(lab)
      await device.authenticate(matchingId)
      await lab.cancelled(iccid, finalProfileStatusIndicator)
      expect(verdictOf(await device.fetch())).toBe('8.2/1.2')
      expect(await lab.profile(iccid)).toMatchObject({ state: finalProfileStatusIndicator, eid: null, binding_id: null })
    },
  )

  test('a package or a binding that has gone from the store (8.2/3.7)', async () => {
    const one = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(one.matchingId)
    await lab.sql('DELETE FROM profile_package WHERE iccid = $1', [one.iccid])
    expect(verdictOf(await device.fetch())).toBe('8.2/3.7')
    expect(await lab.profile(one.iccid)).toMatchObject({ state: 'Released' })
  })

  test('a package that does not open is no answer but an incident; mended, its eUICC gets it as it was bound', async () => {
    const { matchingId, iccid, upp } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const damage = 'UPDATE profile_package SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 255) WHERE iccid = $1'
    await lab.sql(damage, [iccid])
    expect(verdictOf(await device.fetch())).toBe('HTTP 500')
    expect((await lab.events(iccid)).at(-1)).toMatchObject({ kind: 'getBoundProfilePackage', outcome: 'refused', status: 'bppUnavailable' })
    await lab.sql(damage, [iccid])
    const bound = await device.fetch()
    expect(device.load(bound).refusal).toBeUndefined()
    expect(installedBytes(device).equals(upp)).toBe(true)
  })

  test('a binding whose keys have gone is not given out again: the eUICC gets a new one', async () => {
    const { matchingId, orderId } = await lab.issued()
    const device = new Device(lab)
    const first = await device.downloaded(matchingId)
    await lab.sql('UPDATE binding SET sealed = NULL WHERE order_id = $1', [orderId])
    const second = await device.downloaded(matchingId)
    expect(partsOf(second).otPkDp).not.toBe(partsOf(first).otPkDp)
    expect(device.load(second).refusal).toBeUndefined()
  })

  test('of two phones that both authenticated one gets the package and the other hears 8.1.1/3.8', async () => {
    const { matchingId, iccid } = await lab.issued()
    const devices = Array.from({ length: 6 }, () => new Device(lab))
    for (const device of devices) await device.authenticate(matchingId)
    const verdicts = (await Promise.all(devices.map(device => device.fetch()))).map(verdictOf)
    expect(verdicts.filter(verdict => verdict === 'Executed-Success')).toHaveLength(1)
    expect(verdicts.filter(verdict => verdict === '8.1.1/3.8')).toHaveLength(5)
    const winner = devices[verdicts.indexOf('Executed-Success')]
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded', eid: winner?.euicc.eid })
    expect(
      (await lab.sql('SELECT count(*)::int AS n FROM binding b JOIN download_order o ON o.id = b.order_id WHERE o.iccid = $1', [iccid]))[0]
        ?.n,
    ).toBe(1)
  })

  test('… also when the winner has installed it meanwhile (8.1.1/3.8)', async () => {
    const { matchingId } = await lab.issued()
    const [winner, loser] = [new Device(lab), new Device(lab)]
    for (const device of [winner, loser]) await device.authenticate(matchingId)
    const { profileInstallationResult } = winner.load(await winner.fetch())
    await winner.notify(profileInstallationResult)
    expect(verdictOf(await loser.fetch())).toBe('8.1.1/3.8')
  })
})

describe('§5.6.2 confirmation codes', () => {
  test('#04 a missing one (8.2.7/2.2) is no attempt', async () => {
    const { matchingId, orderId } = await lab.issued({ confirmationCode: code })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    for (let i = 0; i < 5; i++) expect(verdictOf(await device.fetch())).toBe('8.2.7/2.2')
    expect(await lab.order(orderId)).toMatchObject({ confirmation_attempts: 0, closed_at: null })
    expect(verdictOf(await device.fetch({ confirmationCode: code }))).toBe('Executed-Success')
  })

  test.each(['1234567', '12345678 ', '\u00001234', 'x'.repeat(500), ''])('#05 a wrong one (8.2.7/3.8): %j', async wrong => {
    const { matchingId } = await lab.issued({ confirmationCode: code })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    expect(verdictOf(await device.fetch({ confirmationCode: wrong }))).toBe('8.2.7/3.8')
  })

  test.each(['0042', 'Ünïcödé 密碼', ' spaces '])('the octets of the text are what is hashed: %j', async own => {
    const { matchingId } = await lab.issued({ confirmationCode: own })
    expect(verdictOf(await new Device(lab).downloaded(matchingId, { confirmationCode: own }))).toBe('Executed-Success')
  })

  test('a code that is sent where none is needed disturbs nothing', async () => {
    const { matchingId } = await lab.issued()
    expect(verdictOf(await new Device(lab).downloaded(matchingId, { confirmationCode: 'any' }))).toBe('Executed-Success')
  })

  test('a hashCc of another session does not pass (8.2.7/3.8)', async () => {
    const { matchingId } = await lab.issued({ confirmationCode: code })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const hashCc = readAll(
      readAll(readSingle(readSingle(device.prepare({ confirmationCode: code }), 0xbf21).value, 0xa0).value)[0]?.value ?? Buffer.alloc(0),
    ).at(-1)
    await device.authenticate(matchingId)
    expect(verdictOf(await device.fetch({ confirmationCode: code, edit: replaced(hashCc?.raw ?? Buffer.alloc(0)) }))).toBe('8.2.7/3.8')
  })

  test('the third wrong one of three ends session and order (8.2.7/6.4), the profile goes to Error', async () => {
    const { matchingId, iccid, orderId } = await lab.issued({ confirmationCode: code })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const verdicts: string[] = []
    for (let i = 0; i < 3; i++) verdicts.push(verdictOf(await device.fetch({ confirmationCode: `wrong ${i}` })))
    expect(verdicts).toEqual(['8.2.7/3.8', '8.2.7/3.8', '8.2.7/6.4'])
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error', order_id: null })
    expect(await lab.order(orderId)).toMatchObject({ outcome: 'confirmationCodeAttemptsExceeded' })
    expect(verdictOf(await device.fetch({ confirmationCode: code }))).toBe('8.10.1/3.9')
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('8.8.5/6.4')
  })

  test('wrong codes of several sessions and devices count together (8.2.7/6.4)', async () => {
    const { matchingId, iccid } = await lab.issued({ confirmationCode: code })
    const devices = [new Device(lab), new Device(lab), new Device(lab), new Device(lab)]
    for (const device of devices) await device.authenticate(matchingId)
    const [one, two, three, four] = devices
    expect(verdictOf((await one?.fetch({ confirmationCode: 'a' })) as Answer)).toBe('8.2.7/3.8')
    expect(verdictOf((await two?.fetch({ confirmationCode: 'b' })) as Answer)).toBe('8.2.7/3.8')
    expect(verdictOf((await three?.fetch({ confirmationCode: 'c' })) as Answer)).toBe('8.2.7/6.4')
    expect(verdictOf((await four?.fetch({ confirmationCode: code })) as Answer)).toBe('8.2.7/6.4')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error' })
  })

  test('50 wrong ones at once against a limit of 3: two are told “wrong”, the rest 6.4, and the profile is in Error', async () => {
    const { matchingId, iccid, orderId } = await lab.issued({ confirmationCode: code })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const requests = Array.from({ length: 50 }, (_, i) => device.prepare({ confirmationCode: `guess ${i}` }))
    const verdicts = (await Promise.all(requests.map(request => device.sendPrepared(request)))).map(verdictOf)
    expect(verdicts.filter(verdict => verdict === '8.2.7/3.8').length).toBe(2)
    expect(verdicts.filter(verdict => !['8.2.7/3.8', '8.2.7/6.4', '8.10.1/3.9'].includes(verdict))).toEqual([])
    expect(verdicts.filter(verdict => verdict === '8.2.7/6.4').length).toBeGreaterThan(0)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error' })
    expect(await lab.order(orderId)).toMatchObject({ confirmation_attempts: 3, outcome: 'confirmationCodeAttemptsExceeded' })
  })

  test('50 guesses at once with the right one among them never get more than 3 comparisons', async () => {
    const { matchingId, orderId } = await lab.issued({ confirmationCode: code })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    const requests = Array.from({ length: 50 }, (_, i) => device.prepare({ confirmationCode: i === 49 ? code : `guess ${i}` }))
    const verdicts = (await Promise.all(requests.map(request => device.sendPrepared(request)))).map(verdictOf)
    expect(verdicts.filter(verdict => verdict === '8.2.7/3.8').length).toBeLessThanOrEqual(2)
    expect((await lab.order(orderId))?.outcome).toBe('confirmationCodeAttemptsExceeded')
    expect(verdicts).not.toContain('Executed-Success')
  })

  test.each(['limit 1', 'test'])(
    'the right code, sent many times at once because answers were slow, does not end the order (type “%s”)',
    async type => {
      const { matchingId, iccid, orderId } = await lab.issued({ type, confirmationCode: code })
      const device = new Device(lab)
      await device.authenticate(matchingId)
      const request = device.prepare({ confirmationCode: code })
      const verdicts = (await Promise.all(Array.from({ length: 8 }, () => device.sendPrepared(request)))).map(verdictOf)
      expect(verdicts).toContain('Executed-Success')
      expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded', eid: device.euicc.eid })
      expect(await lab.order(orderId)).toMatchObject({ closed_at: null, confirmation_attempts: 0 })
      expect(verdictOf(await new Device(lab, device.card).downloaded(matchingId, { confirmationCode: code }))).toBe('Executed-Success')
    },
  )

  test('an attempt that was counted but never decided (the server died) ends the order at the next authenticateClient (8.8.5/6.4)', async () => {
    const { matchingId, iccid, orderId } = await lab.issued({ confirmationCode: code })
    await lab.sql('UPDATE download_order SET confirmation_attempts = confirmation_limit WHERE id = $1', [orderId])
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('8.8.5/6.4')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error' })
    expect(await lab.order(orderId)).toMatchObject({ outcome: 'confirmationCodeAttemptsExceeded' })
  })

  test('events tell attempts and limits, never a code, a hash or a key', async () => {
    const { matchingId, iccid } = await lab.issued({ confirmationCode: code })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    await device.fetch({ confirmationCode: '87654321' })
    const bound = await device.fetch({ confirmationCode: code })
    const events = await lab.events(iccid)
    expect(events.at(-2)).toMatchObject({ status: 'confirmationCodeRefused', data: { confirmationAttempt: 1, confirmationLimit: 3 } })
    expect(events.at(-1)).toMatchObject({
      kind: 'getBoundProfilePackage',
      outcome: 'ok',
      data: { confirmationAttempt: 2, protection: 'session', rebound: false },
    })
    const text = JSON.stringify(events).toLowerCase()
    const { otPkDp } = partsOf(bound)
    for (const secret of [code, '87654321', otPkDp, Buffer.from(otPkDp, 'hex').toString('base64').toLowerCase()])
      expect(text).not.toContain(secret)
  })
})

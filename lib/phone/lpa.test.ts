import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readAll, readSingle, TlvReader } from '@/lib/rsp/tlv'
import { type CardSettings, createCard } from './card'
import { publicKeyOf, publicPoint, readPrivateKey, verifyRaw } from './curve'
import { Euicc } from './euicc'
import { type DownloadRequest, Lpa } from './lpa'
import { LpaError } from './lpa-error'
import { EuiccRefusal } from './refusal'
import { makeMetadata, ts48Iccid } from './scripted-metadata'
import { makeCard, makePki, type Script, ScriptedServer, scriptedAddress } from './scripted-server'

const profiles = readdirSync('lib/rsp/testdata/profiles').filter(name => name.endsWith('.der'))
const ts48 = (name = 'TS48v3_SAIP2.3_BERTLV.der') => readFileSync(`lib/rsp/testdata/profiles/${name}`)
const pkis = { 'P-256': makePki('P-256'), brainpoolP256r1: makePki('brainpoolP256r1') }
const activationCode = `LPA:1$${scriptedAddress}$TOKEN-1`

function setUp(script: Partial<Script> = {}, settings: Partial<CardSettings> = {}, curve: keyof typeof pkis = 'P-256') {
  const server = new ScriptedServer(pkis[curve], { profilePackage: ts48(), metadata: makeMetadata(), ...script })
  const euicc = new Euicc(makeCard(pkis[curve], settings))
  server.eid = euicc.eid
  const lpa = new Lpa(euicc, () => server)
  const download = (request: DownloadRequest = {}) => lpa.download({ activationCode, ...request })
  return { server, euicc, lpa, download }
}

const outcomeOf = async (promise: Promise<unknown>) =>
  await promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('a download', () => {
  test.each(profiles)(
    '%s: the decrypted package is the one that was bound, on both curves, with session and with random keys',
    async name => {
      for (const curve of ['P-256', 'brainpoolP256r1'] as const) {
        for (const randomKeys of [false, true]) {
          const { euicc, download } = setUp({ profilePackage: ts48(name), randomKeys }, {}, curve)
          await expect(download()).resolves.toMatchObject({ outcome: 'installed' })
          expect(Buffer.from(euicc.card.profiles[0]?.profilePackage ?? '', 'base64').equals(ts48(name))).toBe(true)
          expect(euicc.listProfiles()[0]).toMatchObject({
            iccid: ts48Iccid,
            state: 'Disabled',
            smdpAddress: scriptedAddress,
            smdpOid: '2.999.10',
          })
        }
      }
    },
  )

  test.each(['NIST', 'BRP'])('between the SGP.26 certificates of both sides: a server under the %s CI', async curve => {
    const sgp26 = (name: string) => readFileSync(`lib/rsp/testdata/sgp26/${name}`)
    const holder = (name: string) => ({
      der: sgp26(`CERT_S_SM_${name}_ECDSA_${curve}.der`),
      key: readPrivateKey(sgp26(`SK_S_SM_${name}_ECDSA_${curve}.pem`).toString()),
    })
    const ciKeyId = 'F54172BDF98A95D65CBEB88A38A1C11D800A85C3'
    const pki = { ...pkis['P-256'], ciKeyId, dpAuth: holder('DPauth'), dpPb: holder('DPpb') }
    const card = createCard({
      ciCertificates: [sgp26('CERT_CI_ECDSA_NIST.pem'), sgp26('CERT_CI_ECDSA_BRP.pem')],
      eumCertificate: sgp26('CERT_EUM_ECDSA_NIST.der'),
      eumPrivateKey: sgp26('SK_EUM_ECDSA_NIST.pem').toString(),
      eid: '89049032123451234512345678901235',
    })
    const server = new ScriptedServer(pki, { profilePackage: ts48(), metadata: makeMetadata() })
    server.eid = card.eid
    const euicc = new Euicc(card, { now: () => new Date('2026-06-01') })
    await expect(new Lpa(euicc, () => server).download({ activationCode })).resolves.toMatchObject({ outcome: 'installed' })
  })

  test('with an icon that spreads the metadata over several segments', async () => {
    const metadata = makeMetadata({ iconType: Buffer.of(1), icon: Buffer.alloc(1024, 7) })
    const { download } = setUp({ metadata })
    await expect(download()).resolves.toMatchObject({ metadata: { icon: { type: 'png' } } })
  })

  test('reports its installation with a signed result, which leaves the card after a 2xx', async () => {
    const { server, euicc, download } = setUp()
    await download()
    expect(euicc.listNotifications()).toEqual([])
    const [data, signature] = readAll(readSingle(server.notifications[0] ?? Buffer.of(), 0xbf37).value)
    const key = readPrivateKey(Buffer.from(euicc.card.credentials[0]?.euiccPrivateKey ?? '', 'base64'))
    expect(verifyRaw(publicKeyOf(key.curve, publicPoint(key)), data?.raw ?? Buffer.of(), signature?.value ?? Buffer.of())).toBe(true)
    expect(readAll(data?.value ?? Buffer.of()).map(field => field.tag)).toEqual([0x80, 0xbf2f, 0x06, 0xa2])
  })

  test('tells its steps in order, in sentences', async () => {
    const steps: string[] = []
    const { download } = setUp()
    await download({
      onProgress: ({ step, sentence }) => {
        expect(sentence).toMatch(/\.$/)
        steps.push(step)
      },
    })
    expect(steps).toEqual([
      'initiateAuthentication',
      'authenticateServer',
      'authenticateClient',
      'confirmation',
      'prepareDownload',
      'getBoundProfilePackage',
      'loadBoundProfilePackage',
      'handleNotification',
    ])
  })

  test('replays byte for byte with the same random octets and clock', async () => {
    const card = makeCard(pkis['P-256'])
    const run = async () => {
      const { server } = setUp()
      const random = (length: number) => Buffer.alloc(length, 7)
      const euicc = new Euicc(structuredClone(card), { random, now: () => new Date('2026-06-01') })
      await new Lpa(euicc, () => server).download({ activationCode })
      return [server.notifications, euicc.card]
    }
    expect(await run()).toEqual(await run())
  })

  test('sends the matchingId as it is: a token, empty, or none at all', async () => {
    for (const [request, expected] of [
      [{ activationCode }, 'TOKEN-1'],
      [{ activationCode: `1$${scriptedAddress}$` }, ''],
      [{ smdpAddress: scriptedAddress }, undefined],
    ] as const) {
      const { lpa } = setUp()
      let seen: string | undefined
      const authenticateServerResponse = (der: Buffer) => {
        const signed = new TlvReader(readAll(readSingle(readSingle(der, 0xbf38).value).value)[0]?.value ?? Buffer.of()).find(0xa0)
        seen = new TlvReader(signed?.value ?? Buffer.of()).optional(0x80)?.value.toString()
        return der
      }
      await lpa.download({ ...request, faults: { authenticateServerResponse } })
      expect(seen).toBe(expected)
    }
  })
})

describe('a confirmation code', () => {
  test('is asked for only when the server wants one', async () => {
    const asked: number[] = []
    const confirmationCode = (attempt: number) => {
      asked.push(attempt)
      return '1234'
    }
    await setUp().download({ confirmationCode })
    expect(asked).toEqual([])
    await setUp({ confirmationCode: '1234' }).download({ confirmationCode })
    expect(asked).toEqual([1])
  })

  test('mistyped can be typed again in the same session', async () => {
    const { server, download } = setUp({ confirmationCode: '1234' })
    await expect(download({ confirmationCode: attempt => (attempt < 3 ? 'wrong' : '1234') })).resolves.toMatchObject({
      outcome: 'installed',
    })
    expect(server.calls.filter(call => call === 'initiateAuthentication')).toHaveLength(1)
    expect(server.calls.filter(call => call === 'getBoundProfilePackage')).toHaveLength(3)
  })

  test('wrong, given once: the refusal is told in words, and the session is cancelled', async () => {
    const { server, download } = setUp({ confirmationCode: '1234' })
    const error = await outcomeOf(download({ confirmationCode: 'wrong' }))
    expect(error).toMatchObject({ name: 'LpaError', step: 'getBoundProfilePackage', subjectCode: '8.2.7', reasonCode: '3.8' })
    expect((error as LpaError).sentence).toBe('Refused: the confirmation code is wrong (8.2.7/3.8).')
    expect(server.calls.at(-1)).toBe('cancelSession')
  })

  test('not given at all', async () => {
    const { download } = setUp({ confirmationCode: '1234' })
    await expect(download()).rejects.toThrow(/needs a confirmation code/)
  })
})

describe('the person', () => {
  test.each([
    ['reject', 'rejected', 0],
    ['postpone', 'postponed', 1],
  ] as const)('may %s the offered profile: a signed cancelSession with its reason', async (decision, outcome, reason) => {
    const { server, euicc, download } = setUp()
    await expect(download({ accept: () => decision })).resolves.toMatchObject({ outcome })
    const [signed] = readAll(readSingle(readSingle(server.cancellations[0] ?? Buffer.of(), 0xbf41).value, 0xa0).value)
    const [transactionId, oid, number] = readAll(signed?.value ?? Buffer.of())
    expect([transactionId?.value.length, oid?.value.toString('hex'), number?.value[0]]).toEqual([16, '88370a', reason])
    expect(euicc.listProfiles()).toEqual([])
  })
})

describe('after a failure', () => {
  test('of a server function the refusal is typed, and the session cancelled unless the test says otherwise', async () => {
    const refuse = {
      answer: (fn: string, fields: Record<string, unknown>) =>
        fn === 'authenticateClient' ? { refuse: ['8.2.6', '3.8'] as [string, string] } : fields,
    }
    const first = setUp(refuse)
    const error = await outcomeOf(first.download())
    expect(error).toBeInstanceOf(LpaError)
    expect(error).toMatchObject({ step: 'authenticateClient', subjectCode: '8.2.6', reasonCode: '3.8' })
    expect(first.server.calls).toEqual(['initiateAuthentication', 'authenticateClient', 'cancelSession'])
    const second = setUp(refuse)
    await outcomeOf(second.download({ faults: { noCancelSession: true } }))
    expect(second.server.calls).toEqual(['initiateAuthentication', 'authenticateClient'])
  })

  test('of a load: cancelSession, then the installation result with its reason', async () => {
    const { server, euicc, download } = setUp()
    const error = await outcomeOf(download({ faults: { interruptAfterSegments: 5 } }))
    expect(error).toBeInstanceOf(EuiccRefusal)
    expect(error).toMatchObject({ code: { name: 'installFailedDueToInterruption', number: 11 }, bppCommand: 'loadProfileElements' })
    expect(server.calls.slice(-2)).toEqual(['cancelSession', 'handleNotification'])
    expect(euicc.listProfiles()).toEqual([])
  })

  test('of the eUICC its error goes to the server, and there is nothing to cancel', async () => {
    const { server, download } = setUp({ signedEuiccChallenge: Buffer.alloc(16) })
    await expect(download()).rejects.toMatchObject({ code: { name: 'euiccChallengeMismatch', number: 6 } })
    expect(server.calls).toEqual(['initiateAuthentication', 'authenticateClient'])
  })

  test('the card is as it was, but for the key pair of a retry', async () => {
    const { server, euicc, download } = setUp()
    await outcomeOf(download({ faults: { interruptAfterSegments: 3 } }))
    expect(euicc.card.oneTimeKeys).toHaveLength(1)
    server.script.bppEuiccOtpk = Buffer.from(euicc.card.oneTimeKeys[0]?.euiccOtpk ?? '', 'hex')
    await expect(download()).resolves.toMatchObject({ outcome: 'installed' })
    expect(server.euiccOtpks[1]?.equals(server.euiccOtpks[0] ?? Buffer.of())).toBe(true)
    expect(euicc.card.oneTimeKeys).toEqual([])
  })

  test('a retry may take a new one-time key, and does when the named one is not there', async () => {
    const first = setUp()
    await outcomeOf(first.download({ faults: { interruptAfterSegments: 3 } }))
    first.server.script.bppEuiccOtpk = first.server.euiccOtpks[0]
    await first.download({ faults: { newOneTimeKey: true } })
    expect(first.server.euiccOtpks[1]?.equals(first.server.euiccOtpks[0] ?? Buffer.of())).toBe(false)
    const second = setUp({ bppEuiccOtpk: first.server.euiccOtpks[0] })
    await second.download()
    expect(second.server.euiccOtpks[0]?.equals(first.server.euiccOtpks[0] ?? Buffer.of())).toBe(false)
  })
})

describe('the LPA refuses', () => {
  test('a server that signed for another address, whatever its certificate', async () => {
    const { server, download } = setUp({ serverAddress: 'other.example.com' })
    await expect(download()).rejects.toThrow(/signed for other\.example\.com/)
    expect(server.calls).toEqual(['initiateAuthentication'])
  })

  test('not, when only the spelling of the address differs in case', async () => {
    const { download } = setUp({ serverAddress: 'SMDP.Example.com' })
    await expect(download()).resolves.toMatchObject({ outcome: 'installed' })
  })

  test('a server with another OID than the activation code names', async () => {
    const { lpa } = setUp()
    await expect(lpa.download({ activationCode: `LPA:1$${scriptedAddress}$T$2.999.11` })).rejects.toThrow(
      /2\.999\.10, but the activation code names 2\.999\.11/,
    )
    await expect(lpa.download({ activationCode: `LPA:1$${scriptedAddress}$T$2.999.10` })).resolves.toMatchObject({ outcome: 'installed' })
  })

  test('a package whose metadata are not those that were offered: metadataMismatch', async () => {
    const { server, download } = setUp({ metadataInPackage: makeMetadata({ profileName: 'Another' }) })
    await expect(download()).rejects.toThrow(/differ from those that were offered/)
    const [signed] = readAll(readSingle(readSingle(server.cancellations[0] ?? Buffer.of(), 0xbf41).value, 0xa0).value)
    expect(readAll(signed?.value ?? Buffer.of())[2]?.value[0]).toBe(4)
    expect(server.cancellations).toHaveLength(1)
  })

  test('answers that are not of an SM-DP+', async () => {
    for (const [change, sentence] of [
      [{ transactionId: 'ab' }, /transactionId/],
      [{ serverSigned1: '***' }, /serverSigned1/],
      [{ serverCertificate: undefined }, /serverCertificate/],
    ] as const) {
      const answer = (_fn: string, fields: Record<string, unknown>) => ({ ...fields, ...change })
      await expect(setUp({ answer }).download()).rejects.toThrow(sentence)
    }
  })
})

describe('installed profiles', () => {
  const notifications = { [scriptedAddress]: [0, 1, 2, 3], 'other.example.com': [3] }

  test('are enabled, disabled and deleted, each with its signed notifications in rising order', async () => {
    const { server, lpa, euicc, download } = setUp({ metadata: makeMetadata({ notifications }) })
    await download()
    lpa.enable(ts48Iccid)
    expect(euicc.listProfiles()[0]?.state).toBe('Enabled')
    lpa.disable(ts48Iccid)
    lpa.deleteProfile(ts48Iccid)
    expect(euicc.listProfiles()).toEqual([])
    expect(euicc.listNotifications().map(({ seqNumber, event, address }) => [seqNumber, event, address])).toEqual([
      [3, 'enable', scriptedAddress],
      [4, 'disable', scriptedAddress],
      [5, 'delete', scriptedAddress],
      [6, 'delete', 'other.example.com'],
    ])
    await expect(lpa.sendNotifications()).resolves.toBe(4)
    expect(euicc.listNotifications()).toEqual([])
    const [metadata, signature, euiccCertificate, eumCertificate] = readAll(
      readSingle(server.notifications.at(-1) ?? Buffer.of(), 0x30).value,
    )
    expect(metadata?.raw.toString('hex')).toContain('81020410')
    expect(signature?.value).toHaveLength(64)
    expect(euiccCertificate?.raw.toString('base64')).toBe(euicc.card.credentials[0]?.euiccCertificate)
    expect(eumCertificate?.raw.toString('base64')).toBe(euicc.card.credentials[0]?.eumCertificate)
  })

  test('stay with what their state and policy rules allow', async () => {
    const { lpa, download } = setUp({ metadata: makeMetadata({ mccMnc: '00f110', policyRules: [1, 2] }) })
    await download()
    const codeOf = (act: () => void) => {
      try {
        act()
      } catch (error) {
        return error instanceof EuiccRefusal ? error.code.name : 'other'
      }
      return 'done'
    }
    expect(codeOf(() => lpa.enable('8900000000000000000'))).toBe('iccidOrAidNotFound')
    expect(codeOf(() => lpa.disable(ts48Iccid))).toBe('profileNotInExpectedState')
    expect(codeOf(() => lpa.deleteProfile(ts48Iccid))).toBe('disallowedByPolicy')
    expect(codeOf(() => lpa.enable(ts48Iccid))).toBe('done')
    expect(codeOf(() => lpa.enable(ts48Iccid))).toBe('profileNotInExpectedState')
    expect(codeOf(() => lpa.deleteProfile(ts48Iccid))).toBe('profileNotInExpectedState')
    expect(codeOf(() => lpa.disable(ts48Iccid))).toBe('disallowedByPolicy')
  })

  test('keep their notifications while the server does not take them', async () => {
    const { server, euicc, lpa, download } = setUp()
    await download({ faults: { keepNotifications: true } })
    server.post = async () => ({ status: 503, headers: {}, json: undefined })
    await expect(lpa.sendNotifications()).rejects.toThrow(/HTTP 503/)
    expect(euicc.listNotifications()).toHaveLength(1)
  })

  test('are installed even if the server does not take the report; it stays for later', async () => {
    const { server, euicc, lpa, download } = setUp()
    const honest = server.post.bind(server)
    server.post = async (path, body) =>
      path.endsWith('handleNotification') ? { status: 503, headers: {}, json: undefined } : honest(path, body)
    await expect(download()).resolves.toMatchObject({ outcome: 'installed' })
    expect(server.cancellations).toEqual([])
    expect(euicc.listNotifications()).toHaveLength(1)
    server.post = honest
    await expect(lpa.sendNotifications()).resolves.toBe(1)
  })

  test('a notification that is not taken does not hold up the others', async () => {
    const { server, euicc, lpa, download } = setUp({
      metadata: makeMetadata({ notifications: { 'down.example.com': [1], 'up.example.com': [1] } }),
    })
    await download()
    lpa.enable(ts48Iccid)
    const down = { post: async () => ({ status: 500, headers: {}, json: undefined }) }
    const selective = new Lpa(euicc, address => (address === 'down.example.com' ? down : server))
    await expect(selective.sendNotifications()).rejects.toThrow(/HTTP 500/)
    expect(euicc.listNotifications().map(({ address }) => address)).toEqual(['down.example.com'])
  })
})

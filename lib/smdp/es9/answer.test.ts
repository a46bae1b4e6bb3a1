import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { es9Store } from '@/lib/db/es9-store'
import { openDatabase } from '@/lib/db/pool'
import { tlv } from '@/lib/rsp/tlv'
import { loadCredentials } from '../credentials'
import { Device, octetsOf, verdictOf } from '../testing/device'
import { address, Laboratory } from '../testing/laboratory'
import { mutated, seeded } from '../testing/mutations'
import { EVENT, installationResult, otherNotification } from '../testing/notifications'
import { answerEs9 } from './answer'
import type { Es9Context } from './context'
import { es9 } from './json-binding'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

const FUNCTIONS = Object.keys(es9)

/** A request of each function that would be served, of devices in the step for it. */
async function genuine() {
  const proving = new Device(lab)
  const proof = await proving.proof((await lab.issued()).matchingId)
  const preparing = new Device(lab)
  await preparing.authenticate((await lab.issued()).matchingId)
  const cancelling = new Device(lab)
  await cancelling.authenticate((await lab.issued()).matchingId)
  const reporting = new Device(lab)
  const reported = await lab.issued()
  await reporting.downloaded(reported.matchingId)
  return {
    initiateAuthentication: {
      euiccChallenge: proving.euicc.getEuiccChallenge().toString('base64'),
      euiccInfo1: proving.euicc.getEuiccInfo1().toString('base64'),
      smdpAddress: address,
    },
    authenticateClient: { transactionId: proving.transactionId, authenticateServerResponse: proof.toString('base64') },
    getBoundProfilePackage: { transactionId: preparing.transactionId, prepareDownloadResponse: preparing.prepare().toString('base64') },
    cancelSession: {
      transactionId: cancelling.transactionId,
      cancelSessionResponse: cancelling.euicc.cancelSession('undefinedReason').toString('base64'),
    },
    handleNotification: { pendingNotification: installationResult(reporting).toString('base64') },
    other: {
      pendingNotification: otherNotification(reporting, { sequenceNumber: 5, event: EVENT.delete, iccid: reported.iccid }).toString(
        'base64',
      ),
    },
  }
}

describe('§6.5 the JSON binding', () => {
  test('there are the five functions of ES9+ and no others (404)', async () => {
    expect(FUNCTIONS.sort()).toEqual([
      'authenticateClient',
      'cancelSession',
      'getBoundProfilePackage',
      'handleNotification',
      'initiateAuthentication',
    ])
    for (const name of ['', 'unknown', 'toString', '__proto__', 'constructor', 'initiateauthentication', 'confirmDeviceChange'])
      expect((await lab.call(name, {})).status).toBe(404)
  })

  test('X-Admin-Protocol and the content type stand on every answer that has a body', async () => {
    const ctx = await lab.ctx()
    for (const [name, body] of Object.entries(await genuine())) {
      const answer = await answerEs9(
        { function: name === 'other' ? 'handleNotification' : name, body: Buffer.from(JSON.stringify(body)) },
        ctx,
      )
      expect(answer.headers['x-admin-protocol']).toMatch(/^gsma\/rsp\/v2\.\d+\.\d+$/)
      if (answer.body) expect(answer.headers['content-type']).toBe('application/json')
      expect(answer.status).toBe(answer.body ? 200 : 204)
    }
    expect((await answerEs9({ function: 'cancelSession', body: Buffer.from('nonsense') }, ctx)).headers).toHaveProperty('x-admin-protocol')
  })

  test.each(['', 'null', '[]', '7', '"text"', '{', '{"a":1}}', '\u0000', '['.repeat(60_000), Buffer.of(0xff, 0xfe, 0x7b)])(
    'a body that is no JSON object: 400 (%#)',
    async body => {
      for (const name of FUNCTIONS) expect((await lab.call(name, Buffer.from(body as string))).status).toBe(400)
    },
  )

  const fields: [string, string[]][] = [
    ['initiateAuthentication', ['euiccChallenge', 'euiccInfo1', 'smdpAddress']],
    ['authenticateClient', ['transactionId', 'authenticateServerResponse']],
    ['getBoundProfilePackage', ['transactionId', 'prepareDownloadResponse']],
    ['cancelSession', ['transactionId', 'cancelSessionResponse']],
    ['handleNotification', ['pendingNotification']],
  ]
  const status = (name: string) => (name === 'handleNotification' ? 400 : 200)

  test.each(fields)('%s: a missing field is 1.3.1/2.2', async (name, names) => {
    const whole: Record<string, unknown> = (await genuine())[name as 'cancelSession']
    for (const field of names) {
      const { [field]: _, ...rest } = whole
      const answer = await lab.call(name, rest)
      expect([verdictOf(answer), answer.status]).toEqual(['1.3.1/2.2', status(name)])
    }
  })

  test.each(fields)('%s: a field of another type, base64 or DER that is none, is 1.3.1/2.1', async (name, names) => {
    const before = await lab.fingerprint()
    const whole: Record<string, unknown> = Object.fromEntries(
      names.map(field => [field, field === 'transactionId' ? '00'.repeat(16) : 'BQA=']),
    )
    const wrong = [null, 7, true, [], {}, '', '%%%%', 'QUJD\n', 'QUJ', 'QUJDRA', '-_-_', 'QUJD QUJD', 'łQA=', 'ÂQA=']
    for (const field of names.filter(one => one !== 'smdpAddress'))
      for (const value of wrong) {
        const answer = await lab.call(name, { ...whole, [field]: value })
        expect([field, value, verdictOf(answer), answer.status]).toEqual([field, value, '1.3.1/2.1', status(name)])
      }
    expect(await lab.fingerprint()).toEqual(before)
  })

  test('DER that is none of the function’s is 1.3.1/2.1', async () => {
    const device = new Device(lab)
    await device.authenticate((await lab.issued()).matchingId)
    for (const der of [Buffer.of(5, 0), tlv(0xbf38), tlv(0xbf38, tlv(0xa7)), Buffer.of(0xbf, 0x38, 0x80), Buffer.alloc(200, 0xff)]) {
      expect(verdictOf(await device.sendProof(der))).toBe('1.3.1/2.1')
      expect(verdictOf(await device.sendPrepared(der))).toBe('1.3.1/2.1')
      expect(verdictOf(await device.sendCancel(der))).toBe('1.3.1/2.1')
      expect(verdictOf(await device.initiate(address, der))).toBe('1.3.1/2.1')
    }
  })

  test('the challenge has 16 octets (1.3.1/2.1)', async () => {
    const { initiateAuthentication } = await genuine()
    for (const length of [0, 15, 17, 32]) {
      const euiccChallenge = Buffer.alloc(length).toString('base64')
      expect(verdictOf(await lab.call('initiateAuthentication', { ...initiateAuthentication, euiccChallenge }))).toBe('1.3.1/2.1')
    }
  })

  test.each(['', 'G0', '0', '000', '0'.repeat(34), ' 00', '0x00'])(
    'a transactionId that is none (1.3.1/2.1): “%s”',
    async transactionId => {
      const { cancelSession } = await genuine()
      expect(verdictOf(await lab.call('cancelSession', { ...cancelSession, transactionId }))).toBe('1.3.1/2.1')
    },
  )

  test('a lower-case transactionId is accepted, the answer’s is upper case', async () => {
    const device = new Device(lab)
    const proof = await device.proof((await lab.issued()).matchingId)
    const client = await device.sendProof(proof, device.transactionId.toLowerCase())
    expect(client.json.transactionId).toBe(device.transactionId)
    const bound = await device.sendPrepared(device.prepare(), device.transactionId.toLowerCase())
    expect(bound.json.transactionId).toBe(device.transactionId)
    expect(verdictOf(await device.sendCancel(device.euicc.cancelSession('postponed'), device.transactionId.toLowerCase()))).toBe(
      'Executed-Success',
    )
  })

  test('a header object and unknown fields in a request are ignored', async () => {
    const { initiateAuthentication } = await genuine()
    const header = { functionRequesterIdentifier: 'x', functionCallIdentifier: 'y' }
    const answer = await lab.call('initiateAuthentication', {
      ...initiateAuthentication,
      header,
      lpaRspCapability: 'AwIGQA==',
      useMatchingIdForAcr: true,
    })
    expect(verdictOf(answer)).toBe('Executed-Success')
  })

  test('a refusal has its header and nothing else; the detail stays with the operator', async () => {
    const answer = await new Device(lab).initiate('elsewhere.example')
    expect(answer.json).toEqual({
      header: {
        functionExecutionStatus: {
          status: 'Failed',
          statusCodeData: { subjectCode: '8.8.1', reasonCode: '3.8', message: expect.any(String) },
        },
      },
    })
  })

  test('base64 of an answer is padded, of whole elements', async () => {
    const initiated = await new Device(lab).initiate()
    for (const name of ['serverSigned1', 'serverSignature1', 'euiccCiPKIdToBeUsed', 'serverCertificate'])
      expect(octetsOf(initiated, name).toString('base64')).toBe(initiated.json[name])
  })
})

describe('malformed and forged input', () => {
  test('3,000 structure-aware changes inside what is signed: never a 5xx, never a success, nothing in the database', {
    timeout: 60_000,
  }, async () => {
    const pick = seeded(20_261_122)
    const requests = await genuine()
    const before = await lab.fingerprint()
    const cases = [
      ['authenticateClient', 'authenticateServerResponse', requests.authenticateClient, 3],
      ['getBoundProfilePackage', 'prepareDownloadResponse', requests.getBoundProfilePackage, 3],
      ['cancelSession', 'cancelSessionResponse', requests.cancelSession, 3],
      ['handleNotification', 'pendingNotification', requests.handleNotification, 2],
      ['handleNotification', 'pendingNotification', requests.other, 2],
    ] as const
    const answered: Record<string, number> = {}
    for (let i = 0; i < 3_000; i++) {
      const [name, field, body, depth] = cases[i % cases.length] ?? cases[0]
      const der = mutated(Buffer.from(String((body as Record<string, string>)[field]), 'base64'), depth, pick)
      if (!der) continue
      const answer = await lab.call(name, { ...body, [field]: der.toString('base64') })
      if (answer.status >= 500 || verdictOf(answer) === 'Executed-Success')
        throw new Error(`change ${i}: ${name} answered ${answer.status} ${verdictOf(answer)} to ${der.toString('hex')}`)
      answered[verdictOf(answer)] = (answered[verdictOf(answer)] ?? 0) + 1
    }
    expect(Object.keys(answered)).toEqual(expect.arrayContaining(['8.1/6.1', '1.3.1/2.1', '8.1.2/6.1', '8.1.3/6.1', 'HTTP 204']))
    expect(await lab.fingerprint()).toEqual(before)
    for (const [name, body] of Object.entries(requests)) {
      const served = await lab.call(name === 'other' ? 'handleNotification' : name, body)
      expect([200, 204]).toContain(served.status)
      if (served.status === 200) expect([name, verdictOf(served)]).toEqual([name, 'Executed-Success'])
    }
  })

  test('1,500 changes anywhere in all five, and of their JSON: never a 5xx', { timeout: 60_000 }, async () => {
    const pick = seeded(7)
    const requests = Object.entries(await genuine())
    const values = [null, 0, -1, 1e308, '', 'A', 'AA==', '=', '\u0000', '😀', [], {}, 'x'.repeat(20_000), true]
    for (let i = 0; i < 1_500; i++) {
      const [name, body] = requests[pick(requests.length)] ?? ['', {}]
      const copy: Record<string, unknown> = { ...body }
      const fields = Object.keys(copy)
      const field = fields[pick(fields.length)] ?? ''
      const text = String(copy[field])
      const der =
        field === 'smdpAddress' || field === 'transactionId' || pick(4) === 0 ? undefined : mutatedOrNot(Buffer.from(text, 'base64'), pick)
      copy[field] = der ? der.toString('base64') : values[pick(values.length)]
      const { status, json } = await lab.call(name === 'other' ? 'handleNotification' : name, copy)
      if (status >= 500) throw new Error(`change ${i}: ${name} answered ${status} ${JSON.stringify(json)} to ${JSON.stringify(copy)}`)
    }
  })

  test('what cannot be stored as text does not stop anything: U+0000, halves of characters, long texts', async () => {
    for (const matchingId of ['\u0000', '\\u0000', '\\', '"', `${'x'.repeat(63)}😀`, '\u2028', 'ÿ'.repeat(10_000)])
      expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('8.2.6/3.8')
  })
})

const mutatedOrNot = (der: Buffer, pick: (below: number) => number): Buffer | undefined => {
  try {
    return mutated(der, 0, pick)
  } catch {
    return undefined
  }
}

describe('§5.6.4 while the database is away', () => {
  /** A context whose database answers nothing, with certificates that were read before. */
  async function away(url: string, end = false): Promise<{ ctx: Es9Context; close: () => Promise<void> }> {
    const db = openDatabase(url, { maxConnections: 2 })
    if (end) await db.pool.end()
    const credentials = await loadCredentials(lab.db, lab.vault, lab.now)
    return { ctx: { ...(await lab.ctx()), store: es9Store(db), credentials }, close: () => (end ? db.prisma.$disconnect() : db.close()) }
  }

  test.each([
    ['a server that nobody listens at', 'postgresql://nobody:x@127.0.0.1:1/none', false],
    ['a pool that was closed', 'postgresql://nobody:x@127.0.0.1:1/none', true],
  ])('%s: 503 for what needs it, never 204, and initiateAuthentication goes on', async (_, url, end) => {
    const requests = await genuine()
    const { ctx, close } = await away(url, end)
    for (const name of ['authenticateClient', 'getBoundProfilePackage', 'cancelSession', 'handleNotification'] as const) {
      const answer = await answerEs9({ function: name, body: Buffer.from(JSON.stringify(requests[name])) }, ctx)
      expect([name, answer.status, answer.headers['retry-after']]).toEqual([name, 503, '5'])
    }
    const initiated = await answerEs9(
      { function: 'initiateAuthentication', body: Buffer.from(JSON.stringify(requests.initiateAuthentication)) },
      ctx,
    )
    expect(initiated.status).toBe(200)
    await close()
  })

  test('its connections are cut in the middle: 503 while cut ones are left, then it is found again', async () => {
    const { handleNotification } = await genuine()
    const body = Buffer.from(JSON.stringify(handleNotification))
    const ctx = await lab.ctx()
    const cut = {
      ...ctx.store,
      keepNotification: async (effect: Parameters<typeof ctx.store.keepNotification>[0]) => {
        await lab
          .sql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()')
          .catch(() => undefined)
        await lab.sql('SELECT pg_terminate_backend(pg_backend_pid())')
        return ctx.store.keepNotification(effect)
      },
    }
    expect((await answerEs9({ function: 'handleNotification', body }, { ...ctx, store: cut })).status).toBe(503)
    const later: number[] = []
    while (later.at(-1) !== 204 && later.length < 20) later.push((await answerEs9({ function: 'handleNotification', body }, ctx)).status)
    expect([...new Set(later)].filter(status => status !== 503)).toEqual([204])
  })
})

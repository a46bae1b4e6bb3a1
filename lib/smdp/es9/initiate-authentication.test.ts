import { verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addCredential } from '@/lib/phone/card'
import { Euicc } from '@/lib/phone/euicc'
import { parseCertificate } from '@/lib/rsp/pki/certificate'
import { readSingle, TlvReader, tlv } from '@/lib/rsp/tlv'
import { Device, octetsOf, verdictOf } from '../testing/device'
import { address, Laboratory } from '../testing/laboratory'
import { smdpAddresses } from './addresses'
import { answerEs9 } from './answer'
import { boundedStrangers } from './strangers'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addPki('brainpoolP256r1')
})
afterAll(() => lab.close())

const keyIdOf = (curve: 'P-256' | 'brainpoolP256r1') => {
  const pki = lab.pki.get(curve)
  return pki ? (parseCertificate(pki.ci.certificate).subjectKeyId ?? '') : ''
}
const list = (tag: number, keyIds: string[]) => tlv(tag, ...keyIds.map(id => tlv(0x04, Buffer.from(id, 'hex'))))
const euiccInfo1 = (options: { svn?: number[]; verification?: string[]; signing?: string[]; more?: Buffer } = {}) =>
  tlv(
    0xbf20,
    tlv(0x82, Buffer.from(options.svn ?? [2, 5, 0])),
    list(0xa9, options.verification ?? [keyIdOf('P-256')]),
    list(0xaa, options.signing ?? [keyIdOf('P-256')]),
    options.more,
  )
const unknownCi = 'AB'.repeat(20)

function readSigned1(der: Buffer) {
  const reader = new TlvReader(readSingle(der, 0x30).value)
  const signed = {
    transactionId: reader.next(0x80).value.toString('hex').toUpperCase(),
    euiccChallenge: reader.next(0x81).value,
    serverAddress: reader.next(0x83).value.toString('utf8'),
    serverChallenge: reader.next(0x84).value,
  }
  reader.end()
  return signed
}

describe('§5.6.1 nominal (SGP.23 4.3.12.2.1 #01)', () => {
  test('serverSigned1 holds transactionId, the eUICC’s challenge and the address, and serverSignature1 holds with CERT.DPauth', async () => {
    const device = new Device(lab)
    const challenge = Buffer.alloc(16, 7)
    const answer = await lab.call('initiateAuthentication', {
      euiccChallenge: challenge.toString('base64'),
      euiccInfo1: device.euicc.getEuiccInfo1().toString('base64'),
      smdpAddress: address,
    })
    expect(verdictOf(answer)).toBe('Executed-Success')
    const signed = readSigned1(octetsOf(answer, 'serverSigned1'))
    expect(answer.json.transactionId).toMatch(/^[0-9A-F]{32}$/)
    expect(signed).toMatchObject({ transactionId: answer.json.transactionId, euiccChallenge: challenge, serverAddress: address })
    expect(signed.serverChallenge).toHaveLength(16)
    const certificate = parseCertificate(octetsOf(answer, 'serverCertificate'))
    expect(certificate.policies).toContain('2.23.146.1.2.1.4')
    const signature = readSingle(octetsOf(answer, 'serverSignature1'), 0x5f37).value
    const key = { key: certificate.publicKey.key, dsaEncoding: 'ieee-p1363' as const }
    expect(verify('sha256', octetsOf(answer, 'serverSigned1'), key, signature)).toBe(true)
    expect(readSingle(octetsOf(answer, 'euiccCiPKIdToBeUsed'), 0x04).value.toString('hex').toUpperCase()).toBe(keyIdOf('P-256'))
    expect(Object.keys(answer.json).sort()).toEqual(
      ['euiccCiPKIdToBeUsed', 'header', 'serverCertificate', 'serverSignature1', 'serverSigned1', 'transactionId'].sort(),
    )
  })

  test('#02 transactionId and serverChallenge are never the same twice', async () => {
    const device = new Device(lab)
    const answers = await Promise.all(Array.from({ length: 50 }, () => device.initiate()))
    const signed = answers.map(answer => readSigned1(octetsOf(answer, 'serverSigned1')))
    expect(new Set(signed.map(one => one.transactionId)).size).toBe(50)
    expect(new Set(signed.map(one => one.serverChallenge.toString('hex'))).size).toBe(50)
  })

  test('the transactionId carries at least 8 random octets, and knowing it does not tell the serverChallenge', async () => {
    const [one, two] = await Promise.all([new Device(lab).initiate(), new Device(lab).initiate()])
    const [a, b] = [one, two].map(answer => Buffer.from(String(answer.json.transactionId), 'hex'))
    expect(a?.subarray(0, 8).equals(b?.subarray(0, 8) ?? Buffer.alloc(0))).toBe(true)
    expect(a?.subarray(8).equals(b?.subarray(8) ?? Buffer.alloc(0))).toBe(false)
  })

  test('writes nothing, refused or not: a flood of strangers does not fill the database', async () => {
    const before = await lab.fingerprint()
    const device = new Device(lab)
    await Promise.all(Array.from({ length: 300 }, (_, i) => device.initiate(i % 3 ? address : 'somewhere.else.example')))
    expect(await lab.fingerprint()).toEqual(before)
  })
})

describe('§5.6.1 smdpAddress', () => {
  test.each(['SMDP.Example.COM', 'smdp.example.com', 'sMdP.eXaMpLe.cOm'])(
    'is compared without case; the signed serverAddress echoes the caller’s spelling: %s',
    async spelling => {
      const answer = await new Device(lab).initiate(spelling)
      expect(readSigned1(octetsOf(answer, 'serverSigned1')).serverAddress).toBe(spelling)
    },
  )

  test.each([
    'smdp.example.org',
    'evil-smdp.example.com',
    'smdp.example.com.evil.net',
    'smdp.example.com:9999',
    'example.com',
    ' smdp.example.com',
  ])('#03 refuses a foreign one (8.8.1/3.8): %s', async foreign =>
    expect(verdictOf(await new Device(lab).initiate(foreign))).toBe('8.8.1/3.8'),
  )

  test('a configured port may be named or left out, an alias counts, another port does not', () => {
    const { isOurs } = smdpAddresses('localhost:8443', ['alias.example.com', 'Other.example.com:444'])
    expect(['localhost:8443', 'LOCALHOST', 'alias.example.com', 'other.EXAMPLE.com', 'other.example.com:444'].map(isOurs)).toEqual(
      Array(5).fill(true),
    )
    expect(['localhost:8444', 'alias.example.com:1', 'other.example.com:445', '', ':8443'].map(isOurs)).toEqual(Array(5).fill(false))
  })

  test('an alias is served and echoed', async () => {
    const ctx = { ...(await lab.ctx()), addresses: smdpAddresses(address, ['alias.example.com']) }
    const body = {
      euiccChallenge: Buffer.alloc(16).toString('base64'),
      euiccInfo1: euiccInfo1().toString('base64'),
      smdpAddress: 'Alias.example.com',
    }
    const answer = await answerEs9({ function: 'initiateAuthentication', body: Buffer.from(JSON.stringify(body)) }, ctx)
    expect(readSigned1(Buffer.from(JSON.parse(answer.body).serverSigned1, 'base64')).serverAddress).toBe('Alias.example.com')
  })
})

describe('§5.6.1 the eUICC’s CIs', () => {
  test('#04 refuses when none of the CIs for signing is trusted (8.8.2/3.1)', async () => {
    const answer = await new Device(lab).initiate(address, euiccInfo1({ signing: [unknownCi] }))
    expect(verdictOf(answer)).toBe('8.8.2/3.1')
    expect(verdictOf(await new Device(lab).initiate(address, euiccInfo1({ signing: [] })))).toBe('8.8.2/3.1')
  })

  test('#06 refuses when no CERT.DPauth is under a CI for verification (8.8.4/3.7)', async () => {
    expect(verdictOf(await new Device(lab).initiate(address, euiccInfo1({ verification: [unknownCi] })))).toBe('8.8.4/3.7')
    expect(verdictOf(await new Device(lab).initiate(address, euiccInfo1({ verification: [] })))).toBe('8.8.4/3.7')
  })

  test('#06 refuses once the certificates have expired, without a restart (8.8.4/3.7)', async () => {
    const device = new Device(lab)
    const today = lab.now
    lab.now = new Date(today.getTime() + 6 * 365 * 86_400_000)
    try {
      expect(verdictOf(await device.initiate())).toBe('8.8.4/3.7')
    } finally {
      lab.now = today
    }
  })

  test.each([
    [['P-256', 'brainpoolP256r1'], ['P-256', 'brainpoolP256r1'], 'P-256', 'P-256'],
    [['P-256', 'brainpoolP256r1'], ['brainpoolP256r1', 'P-256'], 'brainpoolP256r1', 'brainpoolP256r1'],
    [['brainpoolP256r1'], ['P-256', 'brainpoolP256r1'], 'P-256', 'brainpoolP256r1'],
    [['P-256'], ['brainpoolP256r1'], 'brainpoolP256r1', 'P-256'],
  ] as const)('verification %j, signing %j: signs under %s, is answered under %s', async (verification, signing, used, answered) => {
    const info = euiccInfo1({ verification: verification.map(keyIdOf), signing: [unknownCi, ...signing.map(keyIdOf)] })
    const answer = await new Device(lab).initiate(address, info)
    expect(octetsOf(answer, 'euiccCiPKIdToBeUsed').subarray(2).toString('hex').toUpperCase()).toBe(keyIdOf(used))
    expect(parseCertificate(octetsOf(answer, 'serverCertificate')).authorityKeyId).toBe(keyIdOf(answered))
  })

  test('an eUICC with certificates under two CIs downloads under the one that it prefers', async () => {
    const brainpool = lab.pki.get('brainpoolP256r1')
    if (!brainpool) throw new Error('no PKI')
    const both = addCredential(lab.card(), {
      ciCertificates: [brainpool.ci.certificate],
      eumCertificate: brainpool.eum.certificate,
      eumPrivateKey: brainpool.eum.privateKey.export({ format: 'der', type: 'pkcs8' }),
    })
    const card = { ...both, credentials: [...both.credentials].reverse() }
    const { activationCode, iccid } = await lab.issued()
    await lab.phone(card).download({ activationCode })
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
    expect(new Euicc(card).eid).toBe((await lab.profile(iccid))?.eid)
  })
})

describe('§5.6.1 SVN of EUICCInfo1', () => {
  test.each([
    [1, 0, 0],
    [3, 0, 0],
    [1, 9, 9],
    [0, 0, 0],
  ])('#05 refuses v%i.%i.%i (8.8.3/3.1)', async (...svn) =>
    expect(verdictOf(await new Device(lab).initiate(address, euiccInfo1({ svn })))).toBe('8.8.3/3.1'),
  )

  test.each([
    [2, 0, 0],
    [2, 1, 0],
    [2, 2, 1],
    [2, 2, 2],
    [2, 3, 0],
    [2, 6, 0],
    [2, 200, 200],
  ])('#07–#09 accepts v%i.%i.%i', async (...svn) =>
    expect(verdictOf(await new Device(lab).initiate(address, euiccInfo1({ svn })))).toBe('Executed-Success'),
  )

  test('accepts a v3 eUICC that can work with v2 servers: lists for v3, capabilities and highest SVN are passed over', async () => {
    const more = Buffer.concat([
      tlv(0xb1, tlv(0x04, Buffer.alloc(20, 1))),
      tlv(0x88, Buffer.from('0206c0', 'hex')),
      tlv(0x93, Buffer.of(3, 1, 0)),
    ])
    const body = {
      euiccChallenge: Buffer.alloc(16).toString('base64'),
      euiccInfo1: euiccInfo1({ svn: [2, 3, 0], more }).toString('base64'),
      smdpAddress: address,
      lpaRspCapability: 'AwIGQA==',
    }
    const answer = await lab.call('initiateAuthentication', body)
    expect(verdictOf(answer)).toBe('Executed-Success')
    expect(answer.json).not.toHaveProperty('otherCertsInChain')
    readSigned1(octetsOf(answer, 'serverSigned1'))
  })

  test('a v3 phone downloads from start to end', async () => {
    const { activationCode, iccid } = await lab.issued()
    const settings = {
      svn: '2.3.0',
      extraEuiccInfo1: 'b11604140102030405060708090a0b0c0d0e0f1011121314930303010088020640',
      extraEuiccInfo2: '930303010094020640',
    }
    await lab.phone(lab.card({ settings })).download({ activationCode })
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
  })
})

describe('§5.6.1 what is refused before an eUICC has proved itself', () => {
  test('is kept in a bounded list in memory, newest first, with the client’s address', async () => {
    const strangers = boundedStrangers(3)
    const ctx = { ...(await lab.ctx()), strangers }
    const body = (smdpAddress: string) =>
      Buffer.from(
        JSON.stringify({ euiccChallenge: Buffer.alloc(16).toString('base64'), euiccInfo1: euiccInfo1().toString('base64'), smdpAddress }),
      )
    for (const n of [1, 2, 3, 4])
      await answerEs9({ function: 'initiateAuthentication', body: body(`n${n}.example`), address: `192.0.2.${n}` }, ctx)
    expect(strangers.recent().map(({ address: from, status, detail }) => ({ from, status, detail }))).toEqual(
      [4, 3, 2].map(n => ({ from: `192.0.2.${n}`, status: 'smdpAddressRefused', detail: `n${n}.example` })),
    )
  })
})

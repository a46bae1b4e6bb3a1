import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { tlv } from '@/lib/rsp/tlv'
import type { AuthenticateServerRequest } from './authenticate-server'
import { Es9Client } from './es9-client'
import { Euicc } from './euicc'
import { EuiccRefusal } from './refusal'
import { makeMetadata } from './scripted-metadata'
import { makeCard, makePki, type Script, ScriptedServer, scriptedAddress } from './scripted-server'

const pki = makePki()
const stranger = makePki('P-256', 'stranger')
const profilePackage = readFileSync('lib/rsp/testdata/profiles/TS48v3_SAIP2.3_BERTLV.der')
const at = new Date('2026-06-01')

async function initiate(script: Partial<Script> = {}) {
  const server = new ScriptedServer(pki, { profilePackage, metadata: makeMetadata(), ...script })
  const euicc = new Euicc(makeCard(pki), { now: () => at })
  server.eid = euicc.eid
  const es9 = new Es9Client(server)
  const request = { euiccChallenge: euicc.getEuiccChallenge(), euiccInfo1: euicc.getEuiccInfo1(), smdpAddress: scriptedAddress }
  return { server, euicc, es9, initiated: await es9.initiateAuthentication(request) }
}

async function authenticate(script: Partial<Script> = {}) {
  const { euicc, es9, initiated, server } = await initiate(script)
  const authenticateServerResponse = euicc.authenticateServer({ ...initiated, matchingId: 'TOKEN' })
  const client = await es9.authenticateClient({ transactionId: initiated.transactionId, authenticateServerResponse })
  return { euicc, es9, client, initiated, server }
}

function refusalOf(act: () => unknown): EuiccRefusal {
  try {
    act()
  } catch (error) {
    if (error instanceof EuiccRefusal) return error
    throw error
  }
  throw new Error('the eUICC accepted it')
}

const flipped = (octets: Buffer, at = -1): Buffer => {
  const copy = Buffer.from(octets)
  const index = at < 0 ? copy.length + at : at
  copy.writeUInt8(copy.readUInt8(index) ^ 1, index)
  return copy
}

describe('authenticateServer, §5.7.13, refuses', () => {
  const refused = async (script: Partial<Script>, change: Partial<AuthenticateServerRequest> = {}) => {
    const { euicc, initiated } = await initiate(script)
    const refusal = refusalOf(() => euicc.authenticateServer({ ...initiated, ...change }))
    const expected = tlv(
      0xbf38,
      tlv(0xa1, tlv(0x80, Buffer.from(initiated.transactionId, 'hex')), tlv(0x02, Buffer.of(refusal.code.number))),
    )
    if (!change.serverSigned1) expect(refusal.response?.equals(expected)).toBe(true)
    expect(refusal.message).toMatch(/^[a-zA-Z].*\.$/s)
    expect(euicc.hasSession).toBe(false)
    expect(() => euicc.authenticateServer(initiated)).toThrow(/not asked for a challenge/)
    return refusal.code.name
  }

  test('a certificate under an unknown CI', async () => {
    expect(await refused({ dpAuthCertificate: stranger.dpAuth.der })).toBe('ciPKUnknown')
  })

  test('a certificate that has expired, has another role, or was forged', async () => {
    expect(await refused({ dpAuthCertificate: pki.reissue('dpAuth', { notAfter: new Date('2026-05-01') }) })).toBe('invalidCertificate')
    expect(await refused({ dpAuthCertificate: pki.dpPb.der })).toBe('invalidCertificate')
    expect(await refused({ dpAuthCertificate: pki.reissue('dpAuth', { issuerKey: stranger.ci.key }) })).toBe('invalidCertificate')
  })

  test('a certificate without an OID', async () => {
    expect(await refused({ dpAuthCertificate: pki.reissue('dpAuth', { extensions: [] }) })).toBe('invalidOid')
  })

  test('a signature that does not verify', async () => {
    const { initiated } = await initiate()
    expect(await refused({}, { serverSignature1: flipped(initiated.serverSignature1) })).toBe('invalidSignature')
    expect(await refused({}, { serverSigned1: flipped(initiated.serverSigned1) })).toBe('invalidSignature')
    expect(await refused({}, { serverSignature1: tlv(0x5f37, Buffer.alloc(63)) })).toBe('invalidSignature')
  })

  test('another challenge than its own, rightly signed', async () => {
    expect(await refused({ signedEuiccChallenge: Buffer.alloc(16, 9) })).toBe('euiccChallengeMismatch')
    expect(await refused({ signedEuiccChallenge: Buffer.alloc(15, 9) })).toBe('undefinedError')
  })

  test('a CI under which it has no certificate', async () => {
    expect(await refused({ ciKeyIdToBeUsed: stranger.ciKeyId })).toBe('ciPKUnknown')
  })

  test('elements of another kind than they should be', async () => {
    expect(await refused({}, { serverSignature1: Buffer.from('0400', 'hex') })).toBe('undefinedError')
    expect(await refused({}, { euiccCiPKIdToBeUsed: Buffer.from(pki.ciKeyId, 'hex') })).toBe('undefinedError')
    expect(await refused({}, { serverCertificate: Buffer.from('3000', 'hex') })).toBe('invalidCertificate')
  })

  test('a second authentication in one session, and one without a challenge', async () => {
    const { euicc, initiated } = await authenticate()
    expect(refusalOf(() => euicc.authenticateServer(initiated)).code.name).toBe('noSessionContext')
    const fresh = new Euicc(makeCard(pki), { now: () => at })
    expect(refusalOf(() => fresh.authenticateServer(initiated)).code.name).toBe('noSessionContext')
  })
})

describe('prepareDownload, §5.7.5, refuses', () => {
  const refused = async (script: Partial<Script>, change: { smdpSigned2?: Buffer; smdpSignature2?: Buffer } = {}) => {
    const { euicc, client, initiated } = await authenticate(script)
    const refusal = refusalOf(() => euicc.prepareDownload({ ...client, ...change }))
    const expected = tlv(
      0xbf21,
      tlv(0xa1, tlv(0x80, Buffer.from(initiated.transactionId, 'hex')), tlv(0x02, Buffer.of(refusal.code.number))),
    )
    expect(refusal.response?.equals(expected)).toBe(true)
    expect(refusal.message).toMatch(/^[a-zA-Z].*\.$/s)
    expect(euicc.card.oneTimeKeys).toEqual([])
    expect(euicc.hasSession).toBe(true)
    return refusal.code.name
  }

  test('a certificate of another SM-DP+ than the authenticated one', async () => {
    expect(await refused({ dpPbCertificate: pki.reissue('dpPb', { smdpOid: '2.999.12' }) })).toBe('invalidCertificate')
  })

  test('a certificate under an unknown CI, expired, or in the role of DPauth', async () => {
    expect(await refused({ dpPbCertificate: stranger.dpPb.der })).toBe('invalidCertificate')
    expect(await refused({ dpPbCertificate: pki.reissue('dpPb', { notAfter: new Date('2026-05-01') }) })).toBe('invalidCertificate')
    expect(await refused({ dpPbCertificate: pki.dpAuth.der })).toBe('invalidCertificate')
  })

  test('a signature that does not verify over smdpSigned2 and euiccSignature1', async () => {
    const { client } = await authenticate()
    expect(await refused({}, { smdpSignature2: flipped(client.smdpSignature2) })).toBe('invalidSignature')
    expect(await refused({}, { smdpSigned2: flipped(client.smdpSigned2, 5) })).toBe('invalidSignature')
    const ofAnotherSession = (await authenticate({ serverAddress: 'SMDP.example.com' })).client.smdpSignature2
    expect(await refused({}, { smdpSignature2: ofAnotherSession })).toBe('invalidSignature')
  })

  test('another transaction, rightly signed', async () => {
    expect(await refused({ transactionIdInSigned2: Buffer.alloc(16, 1) })).toBe('invalidTransactionId')
  })

  test('a BOOLEAN that is not DER, and a one-time key of a wrong length', async () => {
    const { client } = await authenticate()
    const spoilt = Buffer.from(client.smdpSigned2.toString('hex').replace(/010100$/, '010101'), 'hex')
    expect(await refused({}, { smdpSigned2: spoilt })).toBe('undefinedError')
    expect(await refused({ bppEuiccOtpk: Buffer.alloc(64, 4) })).toBe('undefinedError')
  })

  test('to prepare anything before a server has authenticated itself', async () => {
    const { euicc } = await initiate()
    const request = { smdpSigned2: Buffer.of(), smdpSignature2: Buffer.of(), smdpCertificate: Buffer.of() }
    expect(refusalOf(() => euicc.prepareDownload(request)).code).toEqual({ name: 'noSessionContext', number: 4 })
  })
})

describe('a session', () => {
  test('ends with cancelSession; cancelling again is the error invalidTransactionId', async () => {
    const { euicc } = await authenticate()
    expect(euicc.cancelSession('timeout').readUInt8(3)).toBe(0xa0)
    expect(euicc.cancelSession('timeout').toString('hex')).toBe('bf4103810105')
  })

  test('ends with a new challenge', async () => {
    const { euicc } = await authenticate()
    euicc.getEuiccChallenge()
    expect(euicc.hasSession).toBe(false)
  })

  test('takes one package only, and none before prepareDownload', async () => {
    const { euicc, es9, client } = await authenticate()
    expect(refusalOf(() => euicc.loadBoundProfilePackage(Buffer.of())).code.name).toBe('noSessionContext')
    const prepareDownloadResponse = euicc.prepareDownload(client)
    const boundProfilePackage = await es9.getBoundProfilePackage({ transactionId: client.transactionId, prepareDownloadResponse })
    expect(euicc.loadBoundProfilePackage(boundProfilePackage).refusal).toBeUndefined()
    expect(refusalOf(() => euicc.loadBoundProfilePackage(boundProfilePackage)).code.name).toBe('noSessionContext')
  })
})

test('EUICCInfo2 tells what the card is set to: memory left, capabilities, forbidden rules, and unknown fields at the end', () => {
  const euicc = new Euicc(
    makeCard(pki, { forbiddenProfilePolicyRules: [1], nonVolatileMemoryBytes: 0x1234, extraEuiccInfo2: '93030301009f7f0101' }),
  )
  const hex = euicc.getEuiccInfo2().toString('hex')
  expect(hex).toContain('820400001234')
  expect(hex).toContain('99020640')
  expect(hex.endsWith('93030301009f7f0101')).toBe(true)
  expect(euicc.getEuiccInfo1().toString('hex').startsWith('bf20')).toBe(true)
})

test('no single changed octet of what the server signs gets through, and nothing but a refusal comes of it', async () => {
  for (let step = 0; step < 80; step++) {
    const { euicc, initiated } = await initiate()
    const name = (['serverSigned1', 'serverSignature1', 'euiccCiPKIdToBeUsed', 'serverCertificate'] as const)[step % 4] ?? 'serverSigned1'
    const spoilt = flipped(initiated[name], Math.floor((initiated[name].length * step) / 80))
    refusalOf(() => euicc.authenticateServer({ ...initiated, [name]: spoilt }))
  }
  for (let step = 0; step < 60; step++) {
    const { euicc, client } = await authenticate()
    const name = (['smdpSigned2', 'smdpSignature2', 'smdpCertificate'] as const)[step % 3] ?? 'smdpSigned2'
    const spoilt = flipped(client[name], Math.floor((client[name].length * step) / 60))
    refusalOf(() => euicc.prepareDownload({ ...client, [name]: spoilt }))
  }
})

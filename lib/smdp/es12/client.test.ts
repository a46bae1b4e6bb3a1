import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeTestPki } from '@/lib/rsp/pki/test-pki'
import { createCredentialStore } from '../credentials'
import { issuing, testSmdpOid } from '../pki/test-pki-files'
import { address, Laboratory } from '../testing/laboratory'
import { SmDs } from '../testing/sm-ds'
import { createEventRegistrar, type Es12Client } from './client'
import { clientIdentity, pemOf } from './client-identity'

let lab: Laboratory
let smds: SmDs
const warned: string[] = []
const clients: Es12Client[] = []

beforeAll(async () => {
  lab = await Laboratory.open()
  smds = await SmDs.open(pkiOf())
})
afterEach(() => {
  smds.recover()
  smds.calls.length = 0
  smds.events.clear()
  warned.length = 0
})
afterAll(async () => {
  for (const client of clients) client.close()
  await smds?.close()
  await lab?.close()
})

const pkiOf = () => {
  const pki = lab.pki.get('P-256')
  if (!pki) throw new Error('no PKI')
  return pki
}

function client(more: Partial<Parameters<typeof createEventRegistrar>[0]> = {}): Es12Client {
  const store = createCredentialStore(lab.db, lab.vault)
  const made = createEventRegistrar({
    credentials: () => store.current(),
    smdpAddress: address,
    smds: { servers: {}, forwarding: false },
    warn: sentence => warned.push(sentence),
    ...more,
  })
  clients.push(made)
  return made
}

const eid = '89999123000000000000000000000177'
const event = (more: { smdsAddress?: string; eventId?: string } = {}) => ({ smdsAddress: smds.address, eid, eventId: 'EVENT-1', ...more })
const inaccessible = { status: 'smdsInaccessible' }
const refused = { status: 'smdsError' }

/** The same SM-DP+ with another certificate, as after a renewal or of somebody else. */
function strangersCredentials() {
  return makeTestPki({ curve: 'P-256', dnsNames: ['other.example.com'], oid: '2.999.11' }, issuing(lab.now))
}

describe('ES12 (§5.5)', () => {
  test('registers and deletes by mutual TLS, with the header object and the address of this SM-DP+', async () => {
    const registrar = client()
    await registrar.register(event())
    expect([...smds.events.values()]).toMatchObject([{ eid, eventId: 'EVENT-1', rspServerAddress: address }])
    const [call] = smds.calls
    expect(call?.body).toEqual({
      header: { functionRequesterIdentifier: testSmdpOid, functionCallIdentifier: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      eid,
      eventId: 'EVENT-1',
      rspServerAddress: address,
      forwardingIndicator: false,
    })
    expect(call?.headers['x-admin-protocol']).toMatch(/^gsma\/rsp\/v2\.\d+\.\d+$/)
    await registrar.delete(event())
    expect(Object.keys(smds.calls[1]?.body ?? {}).sort()).toEqual(['eid', 'eventId', 'header'])
    expect(smds.events.size).toBe(0)
  })

  test('an event that an earlier call has left behind counts as registered, one that is not there as deleted', async () => {
    const registrar = client()
    smds.refusals.length = 0
    await registrar.register(event())
    await registrar.register(event())
    expect(smds.events.size).toBe(1)
    expect(smds.refusals).toEqual(['8.9.5/3.3'])
    await registrar.delete(event())
    await registrar.delete(event())
    expect(smds.events.size).toBe(0)
    expect(smds.refusals).toEqual(['8.9.5/3.3', '8.9.5/3.9'])
  })

  test('the same event of somebody else does not count, and stays theirs (8.9/4.2)', async () => {
    const theirs = { eid, eventId: 'EVENT-1', rspServerAddress: 'other.example.com', owner: 'somebody else' }
    smds.events.set(`${eid} EVENT-1`, theirs)
    await expect(client().register(event())).rejects.toMatchObject(refused)
    await expect(client().delete(event())).rejects.toMatchObject(refused)
    expect([...smds.events.values()]).toEqual([theirs])
  })

  test.each([
    ['refuses', { kind: 'refuses', subjectCode: '8.8.1', reasonCode: '3.8' }, '8.8.1/3.8'],
    ['answers HTTP 503', { kind: 'answers', status: 503, text: '' }, 'HTTP 503'],
    ['answers no JSON', { kind: 'answers', status: 200, text: '<html>' }, 'an answer that is none of ES12'],
    ['answers too much', { kind: 'answers', status: 200, text: 'x'.repeat(100_000) }, undefined],
  ] as const)('an SM-DS that %s is an error (8.9/4.2), of which the log has no EID and no EventID', async (_, mood, reason) => {
    smds.mood = mood
    await expect(client().register(event())).rejects.toMatchObject(reason ? refused : inaccessible)
    expect(warned.join()).toContain(reason ?? 'too long')
    expect(warned.join()).not.toMatch(new RegExp(`${eid}|EVENT-1`))
  })

  test.each([
    ['hangs up', 'hangs up'],
    ['says nothing in time', 'is silent'],
  ] as const)('an SM-DS that %s is inaccessible (8.9/5.1)', async (_, kind) => {
    smds.mood = { kind }
    await expect(client({ timeoutMs: 300 }).register(event())).rejects.toMatchObject(inaccessible)
  })

  test('one that let us wait is left alone for a moment, so that not everybody waits for it', async () => {
    const registrar = client({ timeoutMs: 300 })
    smds.mood = { kind: 'is silent' }
    await expect(registrar.register(event())).rejects.toMatchObject(inaccessible)
    smds.recover()
    await expect(registrar.register(event())).rejects.toMatchObject(inaccessible)
    expect(smds.calls).toHaveLength(1)
  })

  test('an address at which there is none is inaccessible', async () => {
    await expect(client().register(event({ smdsAddress: 'localhost:1' }))).rejects.toMatchObject(inaccessible)
    await expect(client().register(event({ smdsAddress: 'smds.invalid' }))).rejects.toMatchObject(inaccessible)
  })

  test('a connection that the SM-DS has closed meanwhile is taken for a new one', async () => {
    const registrar = client()
    for (let round = 0; round < 5; round++) {
      await registrar.register(event())
      smds.closeIdleConnections()
    }
    expect(smds.events.size).toBe(1)
  })

  test('events are handed on to the root SM-DS where that is set', async () => {
    await client({ smds: { servers: {}, forwarding: true } }).register(event())
    expect(smds.calls[0]?.body.forwardingIndicator).toBe(true)
  })
})

describe('whom it trusts', () => {
  test('an SM-DS under another CI is not spoken to, one under the CA of SMDS_CA is', async () => {
    const other = strangersCredentials()
    const stranger = await SmDs.open(other)
    try {
      await expect(client().register(event({ smdsAddress: stranger.address }))).rejects.toMatchObject(inaccessible)
      expect(stranger.calls).toHaveLength(0)
      // It does not know us, but is known: what it says is an answer.
      const ca = pemOf(other.ci.certificate)
      await expect(client({ ca }).register(event({ smdsAddress: stranger.address }))).rejects.toMatchObject(refused)
      await expect(client({ ca }).register(event())).rejects.toMatchObject(inaccessible)
    } finally {
      await stranger.close()
    }
  })

  test('the certificate must be in the name of the SM-DS', async () => {
    const named = await SmDs.open(pkiOf(), ['ds.example.com'])
    await expect(client().register(event({ smdsAddress: named.address }))).rejects.toMatchObject(inaccessible)
    await named.close()
  })

  test('where SMDS_ADDRESS names SM-DS, these are asked, where their ES12 is served, and no others', async () => {
    const registrar = client({ smds: { servers: { 'lpa.ds.example.com': smds.address }, forwarding: false } })
    await registrar.register(event({ smdsAddress: 'LPA.ds.example.com' }))
    expect(smds.called).toEqual(['registerEvent'])
    await expect(registrar.register(event())).rejects.toMatchObject(inaccessible)
    expect(smds.called).toEqual(['registerEvent'])
  })

  test('CERT.DPtls is shown: the one in the name of this server, that is valid now', async () => {
    const snapshot = await createCredentialStore(lab.db, lab.vault).current()
    const own = snapshot.tls[0]
    if (!own) throw new Error('no CERT.DPtls')
    const otherName = { ...own, number: own.number + 1, dnsNames: ['other.example.com'], fingerprint: 'other' }
    const expired = { ...own, number: own.number + 2, notAfter: new Date(0), fingerprint: 'expired' }
    const identity = clientIdentity({ tls: [otherName, expired, own] }, `${address}:8443`, lab.now)
    expect(identity).toMatchObject({ fingerprint: own.fingerprint, oid: testSmdpOid })
    expect(clientIdentity({ tls: [expired] }, address, lab.now)).toBeUndefined()
    const nameless = client({ credentials: async () => ({ cis: snapshot.cis, tls: [expired] }) })
    await expect(nameless.register(event())).rejects.toMatchObject(inaccessible)
  })
})

import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseCertificate } from '@/lib/rsp/pki/certificate'
import type { CertificateExtension, IssueRequest } from '@/lib/rsp/pki/issue'
import { EXTENSION, KEY_USAGE } from '@/lib/rsp/pki/oids'
import { makeTestPki } from '@/lib/rsp/pki/test-pki'
import { bitsValue, oidValue, readAll, readSingle, tlv } from '@/lib/rsp/tlv'
import { issuing, testSmdpOid } from '../pki/test-pki-files'
import { Device, replaced, verdictOf } from '../testing/device'
import { type Forgery, forgedCard } from '../testing/forged-card'
import { Laboratory } from '../testing/laboratory'

let lab: Laboratory
let matchingId: string
let before: Record<string, string>
beforeAll(async () => {
  lab = await Laboratory.open()
  ;({ matchingId } = await lab.issued())
  before = await lab.fingerprint()
})
afterAll(() => lab.close())

const years = (n: number) => new Date(lab.now.getTime() + n * 365 * 86_400_000)
const changed = (oid: string, change: (extension: CertificateExtension) => CertificateExtension | undefined): Partial<IssueRequest> => ({
  adjustExtensions: profile => profile.flatMap(extension => (extension.oid === oid ? (change(extension) ?? []) : extension)),
})
const withValue = (oid: string, value: () => Buffer) => changed(oid, extension => ({ ...extension, value: value() }))
const without = (oid: string) => changed(oid, () => undefined)
const uncritical = (oid: string) => changed(oid, extension => ({ ...extension, critical: false }))
const keyUsage = (...bits: number[]) => withValue(EXTENSION.keyUsage, () => tlv(0x03, bitsValue(bits)))
const policy = (oid: string) => withValue(EXTENSION.certificatePolicies, () => tlv(0x30, tlv(0x30, tlv(0x06, oidValue(oid)))))
const basicConstraints = (value: string) => withValue(EXTENSION.basicConstraints, () => Buffer.from(value, 'hex'))
const keyIdentifier = (hex: string) => withValue(EXTENSION.authorityKeyIdentifier, () => tlv(0x30, tlv(0x80, Buffer.from(hex, 'hex'))))
const critical: Partial<IssueRequest> = {
  adjustExtensions: profile => [...profile, { oid: '1.2.3.4.5', critical: true, value: Buffer.of(5, 0) }],
}
const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const lastOctetChanged = (der: Buffer) => {
  const copy = Buffer.from(der)
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1
  return copy
}
const combined =
  (...overs: Partial<IssueRequest>[]): NonNullable<IssueRequest['adjustExtensions']> =>
  profile =>
    overs.reduce((extensions, over) => over.adjustExtensions?.(extensions) ?? extensions, profile)

/** A session of a card with these defects; whatever is refused here leaves no trace in the database. */
async function verdictFor(forgery: () => Forgery): Promise<string> {
  const device = new Device(lab, forgedCard(lab, forgery()))
  return verdictOf(await device.authenticate(matchingId))
}

describe('§5.6.3 the chain of the eUICC', () => {
  test('a chain with nothing wrong passes', async () => {
    const { matchingId: other } = await lab.issued()
    expect(verdictOf(await new Device(lab, forgedCard(lab)).authenticate(other))).toBe('Executed-Success')
    before = await lab.fingerprint()
  })

  const eumInvalid: [string, () => Forgery][] = [
    ['signature', () => ({ eum: { issuerKey: stranger.privateKey } })],
    ['one bit of the signature', () => ({ eumDer: lastOctetChanged })],
    ['key usage', () => ({ eum: keyUsage(KEY_USAGE.digitalSignature) })],
    ['no key usage', () => ({ eum: without(EXTENSION.keyUsage) })],
    ['key usage not critical', () => ({ eum: uncritical(EXTENSION.keyUsage) })],
    ['policies', () => ({ eum: policy('2.23.146.1.2.1.4') })],
    ['no policies', () => ({ eum: without(EXTENSION.certificatePolicies) })],
    ['basic constraints: no CA', () => ({ eum: basicConstraints('3000') })],
    ['no basic constraints', () => ({ eum: without(EXTENSION.basicConstraints) })],
    ['path length 1', () => ({ eum: basicConstraints('30060101ff020101') })],
    ['no path length', () => ({ eum: basicConstraints('30030101ff') })],
    ['no authorityKeyIdentifier', () => ({ eum: without(EXTENSION.authorityKeyIdentifier) })],
    ['not valid yet', () => ({ eum: { notBefore: years(1) } })],
    ['unknown critical extension', () => ({ eum: critical })],
    ['octets that are no certificate', () => ({ eumDer: () => Buffer.from('3003020101', 'hex') })],
  ]
  test.each(eumInvalid)('#1 CERT.EUM: %s (8.1.2/6.1)', async (_, forgery) => expect(await verdictFor(forgery)).toBe('8.1.2/6.1'))

  test('#2 CERT.EUM expired (8.1.2/6.3)', async () =>
    expect(await verdictFor(() => ({ eum: { notBefore: years(-15), notAfter: years(-10) } }))).toBe('8.1.2/6.3'))

  const euiccInvalid: [string, () => Forgery][] = [
    ['signature', () => ({ euicc: { issuerKey: stranger.privateKey } })],
    ['one bit of the signature', () => ({ euiccDer: lastOctetChanged })],
    ['key usage', () => ({ euicc: keyUsage(KEY_USAGE.cRLSign) })],
    ['key usage with certSign', () => ({ euicc: keyUsage(KEY_USAGE.digitalSignature, KEY_USAGE.keyCertSign) })],
    ['policies', () => ({ euicc: policy('2.23.146.1.2.1.2') })],
    ['subject O', () => ({ euicc: { subject: { O: 'Another', serialNumber: '89999123000000000000000000000042', CN: 'eUICC' } } })],
    ['no subject O', () => ({ euicc: { subject: { serialNumber: '89999123000000000000000000000042', CN: 'eUICC' } } })],
    ['subject serialNumber of 31 digits', () => ({ eid: '8999912300000000000000000000004' })],
    ['subject serialNumber with a letter', () => ({ eid: '8999912300000000000000000000004A' })],
    ['EID outside the name constraint', () => ({ eid: '89049032123451234512345678901235' })],
    ['no authorityKeyIdentifier', () => ({ euicc: without(EXTENSION.authorityKeyIdentifier) })],
    ['another authorityKeyIdentifier', () => ({ euicc: keyIdentifier('00'.repeat(20)) })],
    ['not valid yet', () => ({ euicc: { notBefore: years(1) } })],
    ['unknown critical extension', () => ({ euicc: critical })],
    ['octets that are no certificate', () => ({ euiccDer: () => Buffer.from('3003020101', 'hex') })],
  ]
  test.each(euiccInvalid)('#3 CERT.EUICC: %s (8.1.3/6.1)', async (_, forgery) => expect(await verdictFor(forgery)).toBe('8.1.3/6.1'))

  test('#4 CERT.EUICC expired (8.1.3/6.3)', async () =>
    expect(await verdictFor(() => ({ euicc: { notBefore: years(-15), notAfter: years(-10) } }))).toBe('8.1.3/6.3'))

  test('#7 CERT.EUM under a CI that was not chosen (8.11.1/3.9)', async () => {
    const other = makeTestPki({ curve: 'P-256', dnsNames: ['x.example'], oid: testSmdpOid }, issuing(lab.now))
    const under = { issuer: parseCertificate(other.ci.certificate), issuerKey: other.ci.privateKey }
    expect(await verdictFor(() => ({ eum: under }))).toBe('8.11.1/3.9')
  })

  test('a CERT.EUM that has passed once does not make a bad CERT.EUICC beside it pass, nor a changed CERT.EUM', async () => {
    expect(await verdictFor(() => ({ euicc: { issuerKey: stranger.privateKey } }))).toBe('8.1.3/6.1')
    const card = forgedCard(lab)
    const { matchingId: other } = await lab.issued()
    expect(verdictOf(await new Device(lab, card).authenticate(other))).toBe('Executed-Success')
    const [credential] = card.credentials
    if (!credential) throw new Error('no credential')
    const eumCertificate = lastOctetChanged(Buffer.from(credential.eumCertificate, 'base64')).toString('base64')
    before = await lab.fingerprint()
    const second = new Device(lab, { ...card, credentials: [{ ...credential, eumCertificate }] })
    expect(verdictOf(await second.authenticate(matchingId))).toBe('8.1.2/6.1')
  })

  const expired = () => ({ notBefore: years(-15), notAfter: years(-10) })
  const twofold: [string, string, () => Forgery][] = [
    [
      'unknown CI and a wrong policy, no basicConstraints',
      '8.11.1/3.9',
      () => ({
        eum: {
          adjustExtensions: combined(keyIdentifier('11'.repeat(20)), policy('2.23.146.1.2.1.4'), without(EXTENSION.basicConstraints)),
        },
      }),
    ],
    [
      'expired EUM and a wrong policy, no basicConstraints',
      '8.1.2/6.3',
      () => ({ eum: { ...expired(), adjustExtensions: combined(policy('2.23.146.1.2.1.4'), without(EXTENSION.basicConstraints)) } }),
    ],
    ['unknown CI and expired EUM', '8.11.1/3.9', () => ({ eum: { ...expired(), ...keyIdentifier('11'.repeat(20)) } })],
    ['no EUM key identifier and expired EUM', '8.1.2/6.1', () => ({ eum: { ...expired(), ...without(EXTENSION.authorityKeyIdentifier) } })],
    ['expired EUM and expired eUICC', '8.1.2/6.3', () => ({ eum: expired(), euicc: expired() })],
    ['invalid EUM and expired eUICC', '8.1.3/6.3', () => ({ eum: policy('2.23.146.1.2.1.4'), euicc: expired() })],
    ['invalid EUM and invalid eUICC', '8.1.2/6.1', () => ({ eum: policy('2.23.146.1.2.1.4'), euicc: policy('2.23.146.1.2.1.2') })],
  ]
  test.each(twofold)('wrong in two ways, %s: key identifier first, validity second, profile third (%s)', async (_, verdict, forgery) =>
    expect(await verdictFor(forgery)).toBe(verdict),
  )
})

describe('§5.6.3 the proof of the eUICC', () => {
  test('#5 a wrong euiccSignature1 (8.1/6.1)', async () => {
    const device = new Device(lab)
    const proof = await device.proof(matchingId)
    const at = proof.indexOf(Buffer.from('5f3740', 'hex')) + 10
    proof[at] = (proof[at] ?? 0) ^ 1
    expect(verdictOf(await device.sendProof(proof))).toBe('8.1/6.1')
  })

  test('#5 signed with another key than that of CERT.EUICC (8.1/6.1)', async () => {
    const device = new Device(lab)
    const foreign = new Device(lab)
    const [mine] = device.card.credentials
    const [theirs] = foreign.card.credentials
    if (!mine || !theirs) throw new Error('no credential')
    const mixed = new Device(lab, { ...device.card, credentials: [{ ...mine, euiccPrivateKey: theirs.euiccPrivateKey }] })
    expect(verdictOf(await mixed.authenticate(matchingId))).toBe('8.1/6.1')
  })

  test('#6 another serverChallenge, signed (8.1/6.1)', async () => {
    const edit = replaced(tlv(0x84, Buffer.alloc(16, 9)))
    expect(verdictOf(await new Device(lab).authenticate(matchingId, edit))).toBe('8.1/6.1')
  })

  test('a signed serverAddress that is not ours (8.1/6.1)', async () => {
    const edit = replaced(tlv(0x83, Buffer.from('smdp.elsewhere.example')))
    expect(verdictOf(await new Device(lab).authenticate(matchingId, edit))).toBe('8.1/6.1')
  })

  test('#9 an unknown transactionId in JSON (8.10.1/3.9)', async () => {
    const device = new Device(lab)
    const proof = await device.proof(matchingId)
    for (const unknown of ['00'.repeat(16), 'FF'.repeat(16), '01', 'AB'.repeat(15)])
      expect(verdictOf(await device.sendProof(proof, unknown))).toBe('8.10.1/3.9')
  })

  test('a transactionId whose chance was changed: its serverChallenge is another one (8.10.1/3.9)', async () => {
    const device = new Device(lab)
    const proof = await device.proof(matchingId)
    const last = device.transactionId.endsWith('0') ? '1' : '0'
    expect(verdictOf(await device.sendProof(proof, device.transactionId.slice(0, -1) + last))).toBe('8.10.1/3.9')
  })

  test('#10 another transactionId inside euiccSigned1 (8.10.1/3.9)', async () => {
    const edit = replaced(tlv(0x80, Buffer.alloc(16, 1)))
    expect(verdictOf(await new Device(lab).authenticate(matchingId, edit))).toBe('8.10.1/3.9')
  })

  test('a transactionId that the server never gave, with a challenge of one’s own (8.1/6.1)', async () => {
    const device = new Device(lab)
    await device.proof(matchingId)
    const invented = Buffer.from(device.transactionId, 'hex')
    invented.fill(0x5a, 8)
    const proof = await device.proof(matchingId, members => replaced(tlv(0x80, invented))(members))
    expect(verdictOf(await device.sendProof(proof, invented.toString('hex').toUpperCase()))).toBe('8.1/6.1')
  })

  test('a session lasts one hour from its start (8.10.1/3.9)', async () => {
    const device = new Device(lab)
    const proof = await device.proof(matchingId)
    const today = lab.now
    lab.now = new Date(today.getTime() + 3_601_001)
    try {
      expect(verdictOf(await device.sendProof(proof))).toBe('8.10.1/3.9')
    } finally {
      lab.now = today
    }
    expect(verdictOf(await device.sendProof(proof, device.transactionId.replace(/^......../, 'FFFFFFFF')))).toBe('8.10.1/3.9')
  })

  test('the error variant of the eUICC ends in 8.1/6.1 and is told to support', async () => {
    const device = new Device(lab)
    await device.proof(matchingId)
    const error = tlv(0xbf38, tlv(0xa1, tlv(0x80, Buffer.from(device.transactionId, 'hex')), tlv(0x02, Buffer.of(7))))
    expect(verdictOf(await device.sendProof(error))).toBe('8.1/6.1')
    expect((await lab.ctx()).strangers.recent()[0]?.detail).toContain('ciPKUnknown')
  })

  test('other ctxParams of v3 (device change) have no download to offer (1.3.1/2.1)', async () => {
    const edit = (members: Buffer[]) =>
      members.map(member => (readSingle(member).tag === 0xa0 ? tlv(0xa1, tlv(0x80, Buffer.of(1))) : member))
    expect(verdictOf(await new Device(lab).authenticate(matchingId, edit))).toBe('1.3.1/2.1')
  })

  test('nothing of all this has touched the database', async () => {
    expect(await lab.fingerprint()).toEqual(before)
  })
})

describe('§5.6.3 unknown members are accepted (EXTENSIBILITY IMPLIED)', () => {
  const extended = (tag: number, more: Buffer) => (members: Buffer[]) =>
    members.map(member => (readSingle(member).tag === tag ? tlv(tag, readSingle(member).value, more) : member))
  const inCtxParams = (edit: (members: Buffer[]) => Buffer[]) => (members: Buffer[]) =>
    members.map(member =>
      readSingle(member).tag === 0xa0 ? tlv(0xa0, ...edit(readAll(readSingle(member).value).map(one => one.raw))) : member,
    )
  const unknown = Buffer.from('9f7f0401020304', 'hex')

  const cases: [string, (members: Buffer[]) => Buffer[]][] = [
    [
      '#19 extended bits of UICCCapability',
      members =>
        members.map(member =>
          readSingle(member).tag === 0xbf22
            ? tlv(
                0xbf22,
                ...readAll(readSingle(member).value).map(one =>
                  one.tag === 0x85 ? tlv(0x85, Buffer.from('007f37f7fcffffffff', 'hex')) : one.raw,
                ),
              )
            : member,
        ),
    ],
    ['#20 extended DeviceInfo', inCtxParams(extended(0xa1, unknown))],
    [
      '#20 extended DeviceCapabilities',
      inCtxParams(members =>
        members.map(member =>
          readSingle(member).tag === 0xa1
            ? tlv(
                0xa1,
                ...readAll(readSingle(member).value).map(one =>
                  one.tag === 0xa1 ? tlv(0xa1, one.value, tlv(0x8f, Buffer.of(3, 1, 0)), unknown) : one.raw,
                ),
              )
            : member,
        ),
      ),
    ],
    ['#21 extended EUICCInfo2', extended(0xbf22, Buffer.concat([tlv(0x93, Buffer.of(3, 1, 0)), tlv(0xb2, unknown), unknown]))],
    [
      'v3 members of ctxParams (operationType, matchingIdSource)',
      inCtxParams(members => [...members, tlv(0x82, Buffer.from('0780', 'hex')), tlv(0xa4, tlv(0x80))]),
    ],
    ['v3 members of euiccSigned1', members => [...members, unknown]],
  ]
  test.each(cases)('%s', async (_, edit) => {
    const { matchingId: other } = await lab.issued()
    expect(verdictOf(await new Device(lab).authenticate(other, edit))).toBe('Executed-Success')
  })

  test('v3 certificates after CERT.EUM in AuthenticateServerResponse', async () => {
    const { matchingId: other } = await lab.issued()
    const device = new Device(lab)
    const proof = await device.proof(other)
    const ok = readSingle(readSingle(proof, 0xbf38).value, 0xa0).value
    expect(verdictOf(await device.sendProof(tlv(0xbf38, tlv(0xa0, ok, tlv(0xa1, unknown)))))).toBe('Executed-Success')
  })
})

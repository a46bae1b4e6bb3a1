import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readAll, readSingle, TlvReader } from '@/lib/rsp/tlv'
import { agree, newPrivateKey, privateKeyDer, publicKeyOf, publicPoint, readPrivateKey, signRaw, verifyRaw } from './curve'
import { seededRandom } from './scripted-server'
import { readCertificate } from './x509'

const testdata = (path: string) => readFileSync(`lib/rsp/testdata/${path}`)
const session = (name: string) => testdata(`session/${name}`)
const key = (name: string) => readPrivateKey(testdata(`sgp26/${name}`).toString('utf8'))

test('RFC 6979 A.2.5: P-256 with SHA-256 over "sample"', () => {
  const scalar = Buffer.from('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721', 'hex')
  expect(signRaw({ curve: 'P-256', scalar }, Buffer.from('sample')).toString('hex')).toBe(
    'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
  )
})

describe('every signature of the recorded session', () => {
  const initiate = readAll(readSingle(session('initiate-response.der'), 0x30).value)
  const authenticate = readAll(readSingle(readSingle(session('authenticate-response.der'), 0xbf3b).value, 0xa0).value)
  const client = readAll(readSingle(readSingle(session('auth-server-response.der'), 0xbf38).value, 0xa0).value)
  const prepare = readAll(readSingle(readSingle(session('prepare-download-response.der'), 0xbf21).value, 0xa0).value)
  const channel = readAll(new TlvReader(readSingle(session('bound-profile-package.der'), 0xbf36).value).next(0xbf23).value)
  const result = readAll(readSingle(session('pending-notification.der'), 0xbf37).value)
  const euiccOtpk = readAll(prepare[0]?.value ?? Buffer.of())[1]?.raw ?? Buffer.of()
  const raw = (elements: { raw: Buffer }[], ...indexes: number[]) =>
    Buffer.concat(indexes.map(index => elements[index]?.raw ?? Buffer.of()))

  test.each([
    ['serverSignature1', 'S_SM_DPauth', raw(initiate, 1), initiate[2]],
    ['euiccSignature1', 'EUICC', raw(client, 0), client[1]],
    ['smdpSignature2', 'S_SM_DPpb', Buffer.concat([raw(authenticate, 2), raw(client, 1)]), authenticate[3]],
    ['euiccSignature2', 'EUICC', Buffer.concat([raw(prepare, 0), raw(authenticate, 3)]), prepare[1]],
    ['smdpSign', 'S_SM_DPpb', Buffer.concat([raw(channel, 0, 1, 2, 3), euiccOtpk]), channel[4]],
    ['euiccSignPIR', 'EUICC', raw(result, 0), result[1]],
  ])('%s verifies, and our own signature over the same octets is the same', (_name, signer, data, signature) => {
    const certificate = readCertificate(testdata(`sgp26/CERT_${signer}_ECDSA_NIST.der`))
    expect(verifyRaw(certificate.publicKey, data, signature?.value ?? Buffer.of())).toBe(true)
    expect(signRaw(key(`SK_${signer}_ECDSA_NIST.pem`), data).equals(signature?.value ?? Buffer.of())).toBe(true)
  })
})

test.each(['P-256', 'brainpoolP256r1'] as const)('%s: keys, signatures and agreement go both ways', curve => {
  const random = seededRandom(curve)
  const [ours, theirs] = [newPrivateKey(curve, random), newPrivateKey(curve, random)]
  expect(readPrivateKey(privateKeyDer(ours))).toEqual(ours)
  expect(agree(ours, publicPoint(theirs)).equals(agree(theirs, publicPoint(ours)))).toBe(true)
  const data = Buffer.from('data')
  const publicKey = publicKeyOf(curve, publicPoint(ours))
  for (let i = 0; i < 20; i++) expect(verifyRaw(publicKey, Buffer.of(i), signRaw(ours, Buffer.of(i)))).toBe(true)
  expect(verifyRaw(publicKey, data, signRaw(theirs, data))).toBe(false)
})

test.each(['P-256', 'brainpoolP256r1'] as const)('%s: a point that is not on the curve is refused', curve => {
  const ours = newPrivateKey(curve, seededRandom('off-curve'))
  const point = publicPoint(ours)
  point.writeUInt8(point.readUInt8(64) ^ 1, 64)
  expect(() => agree(ours, point)).toThrow()
})

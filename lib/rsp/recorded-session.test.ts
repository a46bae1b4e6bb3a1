import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { decodeAuthenticateServerResponse } from './asn1/authenticate-server-response'
import { decodeEuiccInfo1 } from './asn1/euicc-info'
import { decodePendingNotification } from './asn1/pending-notification'
import { decodePrepareDownloadResponse } from './asn1/prepare-download-response'
import { encodeServerSigned1, encodeSmdpSigned2 } from './asn1/server-signed'
import { encodeBoundProfilePackage, encodeInitialiseSecureChannel, protectProfile } from './bpp'
import { signRaw, verifyRaw } from './crypto/ecdsa'
import { deriveBspKeys, oneTimeKeyPair, sharedSecret } from './crypto/key-agreement'
import { eidToBcd } from './identifiers'
import { recorded, sgp26 } from './testdata/recorded-session'
import { readAll, readSingle, TlvReader, tlv } from './tlv'

const transactionId = recorded('transaction-id.bin')
const eid = '89049032123451234512345678901235'
const hostId = Buffer.from('euicc-rsp')
const dpAuth = new X509Certificate(sgp26('CERT_S_SM_DPauth_ECDSA_NIST.der'))
const dpPb = new X509Certificate(sgp26('CERT_S_SM_DPpb_ECDSA_NIST.der'))
const dpPbKey = createPrivateKey(sgp26('SK_S_SM_DPpb_ECDSA_NIST.pem'))

const authenticate = decodeAuthenticateServerResponse(recorded('auth-server-response.der'))
if (authenticate.kind !== 'ok') throw new Error('the recorded session has an error')
const euiccKey = createPublicKey(new X509Certificate(authenticate.euiccCertificate).publicKey.export({ type: 'spki', format: 'pem' }))
const prepare = decodePrepareDownloadResponse(recorded('prepare-download-response.der'))
if (prepare.kind !== 'ok') throw new Error('the recorded session has an error')

/** A member of the ok branch of an answer in the ASN.1 binding. */
const member = (file: string, tag: number) => {
  const whole = readSingle(recorded(file))
  const found = new TlvReader(whole.tag === 0x30 ? whole.value : readSingle(whole.value, 0xa0).value).find(tag)
  if (!found) throw new Error(`no ${tag.toString(16)} in ${file}`)
  return found
}
const smdpSignature2 = member('authenticate-response.der', 0x5f37)

test('§5.6.1 serverSigned1 is built octet for octet and its recorded signature holds', () => {
  const signed = member('initiate-response.der', 0x30)
  const ours = encodeServerSigned1({
    transactionId,
    euiccChallenge: recorded('euicc-challenge.bin'),
    serverAddress: 'smdp.example.com',
    serverChallenge: recorded('server-challenge.bin'),
  })
  expect(ours.toString('hex')).toBe(signed.raw.toString('hex'))
  const signature = member('initiate-response.der', 0x5f37)
  expect(verifyRaw(dpAuth.publicKey, signature.value, ours)).toBe(true)
})

test('§5.6.1 EUICCInfo1 is read', () => {
  const info = decodeEuiccInfo1(recorded('euicc-info1.der'))
  expect(info).toEqual({ svn: [2, 0, 0], forVerification: [], forSigning: [] })
})

test('§5.6.3 euiccSigned1 is read and euiccSignature1 holds over the received octets', () => {
  const { euiccSigned1, euiccSignature1 } = authenticate
  expect(euiccSigned1).toMatchObject({
    transactionId: transactionId.toString('hex').toUpperCase(),
    serverAddress: 'smdp.example.com',
  })
  expect(euiccSigned1.serverChallenge.equals(recorded('server-challenge.bin'))).toBe(true)
  expect(verifyRaw(euiccKey, euiccSignature1.value, euiccSigned1.raw)).toBe(true)
})

test('§5.6.3 smdpSigned2 is built octet for octet and smdpSignature2 holds over it and euiccSignature1', () => {
  const ours = encodeSmdpSigned2({ transactionId, ccRequired: false })
  expect(ours.toString('hex')).toBe(member('authenticate-response.der', 0x30).raw.toString('hex'))
  expect(verifyRaw(dpPb.publicKey, smdpSignature2.value, ours, authenticate.euiccSignature1.raw)).toBe(true)
})

test('§5.6.2 euiccSigned2 is read and euiccSignature2 holds over it and smdpSignature2', () => {
  expect(verifyRaw(euiccKey, prepare.euiccSignature2.value, prepare.euiccSigned2.raw, smdpSignature2.raw)).toBe(true)
})

const otSk = recorded('otsk-dp.bin')
const pair = oneTimeKeyPair('P-256', () => otSk)
const z = sharedSecret('P-256', pair.otSk, prepare.euiccSigned2.euiccOtpk.value)
const keys = deriveBspKeys(z, hostId, eidToBcd(eid))

test('§2.6.7.1 one-time keys, Z and the session keys are the recorded ones', () => {
  expect(pair.otPk.toString('hex')).toBe(
    '04515c3d6eb9e396b904d3feca7f54fdcd0cc1e997bf375dca515ad0a6c3b4035f4536be3a50f318fbf9a5475902a221502bef0d57e08c53b2cc0a56f17d9f9354',
  )
  expect(z.toString('hex')).toBe('79696dc34351dfc7758b07baf66643f01d7d8f5ab976c51d5f2c42ab71f5a6c3')
  expect(keys.initialMacChainingValue.toString('hex')).toBe('9a8d4dc5d8c2ba3fccbb7f69036fd09f')
  expect(keys.sEnc.toString('hex')).toBe('1f745c2897a86858e94823c218a2db4a')
  expect(keys.sMac.toString('hex')).toBe('1c073583341b81244c40aae342de5434')
})

test('§2.5.4 the BoundProfilePackage is built octet for octet, its signature aside, which holds', () => {
  const expected = recorded('bound-profile-package.der')
  const profile = protectProfile({ sessionKeys: keys, metadata: recorded('store-metadata.der'), profilePackage: recorded('upp.der') })
  const isc = encodeInitialiseSecureChannel({
    transactionId,
    hostId,
    otPkDp: pair.otPk,
    otPkEuicc: prepare.euiccSigned2.euiccOtpk.value,
    dpPbPrivateKey: dpPbKey,
  })
  const recordedParts = readAll(readSingle(expected, 0xbf36).value)
  const [recordedIsc, ...recordedSegments] = recordedParts
  if (!recordedIsc) throw new Error('no InitialiseSecureChannel')
  expect(profile.toString('hex')).toBe(Buffer.concat(recordedSegments.map(part => part.raw)).toString('hex'))
  const unsigned = (der: Buffer) => readAll(readSingle(der, 0xbf23).value).filter(element => element.tag !== 0x5f37)
  expect(Buffer.concat(unsigned(isc).map(e => e.raw)).equals(Buffer.concat(unsigned(recordedIsc.raw).map(e => e.raw)))).toBe(true)
  const signed = Buffer.concat([...unsigned(isc).map(e => e.raw), tlv(0x5f49, prepare.euiccSigned2.euiccOtpk.value)])
  const signatures = [isc, recordedIsc.raw].map(der => new TlvReader(readSingle(der, 0xbf23).value).find(0x5f37)?.value ?? Buffer.alloc(0))
  expect(signatures.map(signature => verifyRaw(dpPb.publicKey, signature, signed))).toEqual([true, true])
  const spliced = encodeBoundProfilePackage(recordedIsc.raw, profile)
  expect(spliced.equals(expected)).toBe(true)
})

test('§5.6.4 the ProfileInstallationResult is read and its signature holds', () => {
  const notification = decodePendingNotification(recorded('pending-notification.der'))
  if (notification.kind !== 'installationResult') throw new Error('not an installation result')
  expect(notification.transactionId).toBe(transactionId.toString('hex').toUpperCase())
  expect(notification.finalResult.kind).toBe('success')
  expect(verifyRaw(euiccKey, notification.signature.value, notification.signedRaw)).toBe(true)
  expect(verifyRaw(euiccKey, signRaw(dpPbKey, notification.signedRaw), notification.signedRaw)).toBe(false)
})

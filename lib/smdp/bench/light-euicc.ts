import { type KeyObject, randomBytes } from 'node:crypto'
import type { Card } from '@/lib/phone/card'
import { makeEid } from '@/lib/phone/eid'
import { deviceInfo, euiccInfo1, euiccInfo2 } from '@/lib/phone/euicc-info'
import { successResult } from '@/lib/phone/installation-result'
import { notificationMetadata } from '@/lib/phone/notifications'
import { signRaw } from '@/lib/rsp/crypto/ecdsa'
import { oneTimeKeyPair } from '@/lib/rsp/crypto/key-agreement'
import { parseCertificate } from '@/lib/rsp/pki/certificate'
import { type IssuedCredential, issueEuicc, testEidPrefix } from '@/lib/rsp/pki/test-pki'
import { oidValue, readSingle, TlvReader, tlv } from '@/lib/rsp/tlv'
import { issuing, testSmdpOid } from '../pki/test-pki-files'

/** An eUICC that signs and checks nothing: what it costs is taken from the load's core, not from the server's. */
export interface LightEuicc {
  privateKey: KeyObject
  certificates: Buffer
  /** Uncompressed point, made beforehand; a real eUICC makes a new one each time */
  otPk: Buffer
  lastSeqNumber: number
}

/** What all eUICCs of a load have in common. */
export interface EuiccModel {
  euiccInfo1: string
  euiccInfo2: Buffer
  deviceInfo: Buffer
}

export function modelOf(card: Card): EuiccModel {
  const keyIds = card.credentials.map(credential => credential.ciKeyId)
  return { euiccInfo1: euiccInfo1(card, keyIds).toString('base64'), euiccInfo2: euiccInfo2(card, keyIds), deviceInfo: deviceInfo(card) }
}

/** Issues eUICCs under the test EUM. */
export function makeEuiccs(eum: IssuedCredential, count: number): LightEuicc[] {
  const eumCertificate = parseCertificate(eum.certificate)
  const first = randomBytes(5).readUIntBE(0, 5)
  return Array.from({ length: count }, (_, i) => {
    const eid = makeEid(testEidPrefix, first + i)
    const { certificate, privateKey } = issueEuicc({ eid, eum: eumCertificate, eumKey: eum.privateKey }, issuing(new Date()))
    const { otPk } = oneTimeKeyPair('P-256', randomBytes)
    return { privateKey, certificates: Buffer.concat([certificate, eum.certificate]), otPk, lastSeqNumber: 0 }
  })
}

const signed = (euicc: LightEuicc, ...data: Buffer[]): Buffer => tlv(0x5f37, signRaw(euicc.privateKey, ...data))

/** AuthenticateServerResponse, and the transactionId that it is for. */
export function authenticateServerResponse(euicc: LightEuicc, model: EuiccModel, serverSigned1: Buffer, matchingId: string) {
  const reader = new TlvReader(readSingle(serverSigned1, 0x30).value)
  const transactionId = reader.next(0x80)
  reader.next(0x81)
  const serverAddress = reader.next(0x83)
  const serverChallenge = reader.next(0x84)
  const context = tlv(0xa0, tlv(0x80, Buffer.from(matchingId)), model.deviceInfo)
  const euiccSigned1 = tlv(0x30, transactionId.raw, serverAddress.raw, serverChallenge.raw, model.euiccInfo2, context)
  const response = tlv(0xbf38, tlv(0xa0, euiccSigned1, signed(euicc, euiccSigned1), euicc.certificates))
  return { transactionId: transactionId.value, response }
}

export function prepareDownloadResponse(euicc: LightEuicc, transactionId: Buffer, smdpSignature2: Buffer): Buffer {
  const euiccSigned2 = tlv(0x30, tlv(0x80, transactionId), tlv(0x5f49, euicc.otPk))
  return tlv(0xbf21, tlv(0xa0, euiccSigned2, signed(euicc, euiccSigned2, smdpSignature2)))
}

const isdpAid = 'A0000005591010FFFFFFFF8900001000'

/** ProfileInstallationResult of a success. */
export function installationResult(euicc: LightEuicc, transactionId: Buffer, smdpAddress: string, iccid: string): Buffer {
  const data = tlv(
    0xbf27,
    tlv(0x80, transactionId),
    notificationMetadata(++euicc.lastSeqNumber, 'install', smdpAddress, iccid),
    tlv(0x06, oidValue(testSmdpOid)),
    tlv(0xa2, successResult(isdpAid)),
  )
  return tlv(0xbf37, data, signed(euicc, data))
}

import { iccidToSwappedBcd } from '@/lib/rsp/identifiers'
import { integerValue, oidValue, tlv } from '@/lib/rsp/tlv'
import { testSmdpOid } from '../pki/test-pki-files'
import type { Device } from './device'
import { address } from './laboratory'

interface Metadata {
  sequenceNumber?: number
  /** Content of the event bit string */
  event?: Buffer
  to?: string
  iccid?: string | undefined
}

/** Content of the event bit string in strict DER. */
export const EVENT = { install: Buffer.of(7, 0x80), enable: Buffer.of(6, 0x40), disable: Buffer.of(5, 0x20), delete: Buffer.of(4, 0x10) }

const metadata = ({ sequenceNumber = 1, event = EVENT.install, to = address, iccid }: Metadata): Buffer =>
  tlv(
    0xbf2f,
    tlv(0x80, integerValue(sequenceNumber)),
    tlv(0x81, event),
    tlv(0x0c, Buffer.from(to)),
    iccid === undefined ? undefined : tlv(0x5a, iccidToSwappedBcd(iccid)),
  )

/** A ProfileInstallationResult of the session under way: a success, or an error with its reason. */
export function installationResult(
  device: Device,
  result: Metadata & {
    transactionId?: string
    errorReason?: number
    bppCommandId?: number
    simaResponse?: Buffer
    oid?: string | null
  } = {},
): Buffer {
  const { transactionId = device.transactionId, errorReason, bppCommandId = 5, simaResponse, oid = testSmdpOid } = result
  const finalResult =
    errorReason === undefined
      ? tlv(0xa0, tlv(0x4f, Buffer.from('a0000005591010ffffffff8900001000', 'hex')), tlv(0x04, simaResponse ?? Buffer.from('3000', 'hex')))
      : tlv(0xa1, tlv(0x80, Buffer.of(bppCommandId)), tlv(0x81, integerValue(errorReason)), simaResponse && tlv(0x82, simaResponse))
  const data = tlv(
    0xbf27,
    tlv(0x80, Buffer.from(transactionId, 'hex')),
    metadata(result),
    oid === null ? undefined : tlv(0x06, oidValue(oid)),
    tlv(0xa2, finalResult),
  )
  return tlv(0xbf37, data, device.sign(data))
}

/** An OtherSignedNotification of the device's eUICC. */
export function otherNotification(device: Device, notification: Metadata): Buffer {
  const signed = metadata(notification)
  const [credential] = device.card.credentials
  const certificates = [credential?.euiccCertificate, credential?.eumCertificate].map(text => Buffer.from(text ?? '', 'base64'))
  return tlv(0x30, signed, device.sign(signed), ...certificates)
}

import { bitsValue, integerValue, tlv } from '@/lib/rsp/tlv'
import type { Credential, InstalledProfile, NotificationEvent } from './card'
import { type EuiccContext, signedTlv } from './euicc-context'
import { readMetadata } from './metadata'

const EVENT_BIT: Record<NotificationEvent, number> = { install: 0, enable: 1, disable: 2, delete: 3 }

/**
 * NotificationMetadata ::= [47] SEQUENCE { seqNumber [0] INTEGER, profileManagementOperation [1] NotificationEvent,
 *   notificationAddress UTF8String, iccid [APPLICATION 26] OPTIONAL }
 */
export const notificationMetadata = (seqNumber: number, event: NotificationEvent, address: string, iccid: string | undefined): Buffer =>
  tlv(
    0xbf2f,
    tlv(0x80, integerValue(seqNumber)),
    tlv(0x81, bitsValue([EVENT_BIT[event]])),
    tlv(0x0c, Buffer.from(address, 'utf8')),
    iccid === undefined ? undefined : tlv(0x5a, swappedIccid(iccid)),
  )

/** The next sequence number of this eUICC; it never goes back, a removed notification's is not used again. */
export function nextSeqNumber(context: EuiccContext): number {
  context.card.lastSeqNumber++
  return context.card.lastSeqNumber
}

/**
 * Adds an OtherSignedNotification for each address that the profile's metadata names for this event:
 * SEQUENCE { NotificationMetadata, '5F37' over it, CERT.EUICC, CERT.EUM }.
 */
export function notify(context: EuiccContext, profile: InstalledProfile, event: NotificationEvent): void {
  const { notifications } = readMetadata(Buffer.from(profile.metadata, 'base64'))
  const credential = credentialOf(context)
  for (const { events, address } of notifications) {
    if (!events.has(EVENT_BIT[event])) continue
    const seqNumber = nextSeqNumber(context)
    const metadata = notificationMetadata(seqNumber, event, address, profile.iccid)
    const certificates = [credential.euiccCertificate, credential.eumCertificate].map(base64 => Buffer.from(base64, 'base64'))
    const der = tlv(0x30, metadata, signedTlv(credential, metadata), ...certificates).toString('base64')
    context.card.notifications.push({ seqNumber, event, address, iccid: profile.iccid, der })
  }
}

const swappedIccid = (iccid: string): Buffer => Buffer.from(iccid.padEnd(20, 'f').replace(/(.)(.)/g, '$2$1'), 'hex')

function credentialOf(context: EuiccContext): Credential {
  const credential = context.session?.authenticated?.credential ?? context.card.credentials[0]
  if (!credential) throw new Error('This card has no certificate.')
  return credential
}

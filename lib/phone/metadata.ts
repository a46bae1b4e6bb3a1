import { readAll, readBits, readInteger, readSingle, type Tlv, TlvReader } from '@/lib/rsp/tlv'
import { LoadFault } from './refusal'

export interface ProfileOwner {
  /** three octets as in TS 24.008 */
  mccMnc: Buffer
  gid1: Buffer | undefined
  gid2: Buffer | undefined
}

export interface ProfileMetadata {
  iccid: string
  serviceProviderName: string
  profileName: string
  icon: { type: 'jpg' | 'png'; image: Buffer } | undefined
  profileClass: 'test' | 'provisioning' | 'operational'
  /** bits of events (0 install, 1 enable, 2 disable, 3 delete) and where each is to be reported */
  notifications: { events: Set<number>; address: string }[]
  owner: ProfileOwner | undefined
  /** 0 pprUpdateControl, 1 ppr1 (no disable), 2 ppr2 (no delete) */
  policyRules: Set<number>
}

const KNOWN_TAGS: readonly number[] = [0x5a, 0x91, 0x92, 0x93, 0x94, 0x95, 0xb6, 0xb7, 0x99, 0xbf22, 0xbf23]
const CLASSES = ['test', 'provisioning', 'operational'] as const

/**
 * StoreMetadataRequest ::= [37] SEQUENCE { iccid [APPLICATION 26], serviceProviderName [17], profileName [18], iconType [19] OPTIONAL,
 *   icon [20] OPTIONAL, profileClass [21] DEFAULT operational, notificationConfigurationInfo [22] OPTIONAL, profileOwner [23] OPTIONAL,
 *   profilePolicyRules [25] OPTIONAL, serviceSpecificDataStoredInEuicc [34] OPTIONAL, serviceSpecificDataNotStoredInEuicc [35] OPTIONAL }
 * @throws LoadFault incorrectInputValues
 */
export function readMetadata(der: Buffer): ProfileMetadata {
  try {
    return read(new TlvReader(readSingle(der, 0xbf25).value))
  } catch (error) {
    if (error instanceof LoadFault) throw error
    throw refuse(`The profile's metadata cannot be read: ${error instanceof Error ? error.message : 'malformed'}.`)
  }
}

function read(reader: TlvReader): ProfileMetadata {
  const iccid = readIccid(reader.next(0x5a).value)
  const serviceProviderName = readText(reader.next(0x91), 'serviceProviderName', 32)
  const profileName = readText(reader.next(0x92), 'profileName', 64)
  const icon = readIcon(reader)
  const classTlv = reader.optional(0x95)
  const profileClass = classTlv ? CLASSES[readInteger(classTlv.value)] : 'operational'
  if (!profileClass) throw refuse('The metadata names a profile class that does not exist.')
  if (classTlv && profileClass === 'operational')
    throw refuse('The metadata spells out the class "operational", which DER leaves out as the default.')
  const notificationsTlv = reader.optional(0xb6)
  const notifications = notificationsTlv ? readAll(notificationsTlv.value).map(readNotification) : []
  const ownerTlv = reader.optional(0xb7)
  const rulesTlv = reader.optional(0x99)
  const policyRules = rulesTlv ? readBits(rulesTlv.value) : new Set<number>()
  if (rulesTlv && policyRules.size === 0) throw refuse('The metadata has empty profilePolicyRules; they are left out when there are none.')
  reader.optional(0xbf22)
  reader.optional(0xbf23)
  for (let element = reader.peek(); element; element = reader.peek()) {
    if (KNOWN_TAGS.includes(element.tag)) throw refuse('The metadata has a field twice or in the wrong place.')
    reader.next(element.tag)
  }
  return {
    iccid,
    serviceProviderName,
    profileName,
    icon,
    profileClass,
    notifications,
    owner: ownerTlv && readOwner(ownerTlv.value),
    policyRules,
  }
}

/** Reads 10 octets with swapped nibbles as digits. @throws LoadFault */
export function readIccid(octets: Buffer): string {
  if (octets.length !== 10) throw refuse('The ICCID does not have 10 octets.')
  const digits = octets
    .toString('hex')
    .replace(/(.)(.)/g, '$2$1')
    .replace(/f{1,2}$/, '')
  if (!/^\d{18,20}$/.test(digits)) throw refuse('The ICCID is not made of 18 to 20 digits.')
  return digits
}

function readText(element: Tlv, field: string, maxBytes: number): string {
  if (element.value.length === 0) throw refuse(`The ${field} is empty.`)
  if (element.value.length > maxBytes) throw refuse(`The ${field} has ${element.value.length} octets, more than ${maxBytes}.`)
  return readUtf8(element.value, field)
}

function readUtf8(octets: Buffer, field: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets)
  } catch {
    throw refuse(`The ${field} is not UTF-8.`)
  }
}

function readIcon(reader: TlvReader): ProfileMetadata['icon'] {
  const type = reader.optional(0x93)
  const image = reader.optional(0x94)
  if (!type && !image) return undefined
  if (!type || !image) throw refuse('The metadata has an icon without its type, or a type without its icon.')
  if (image.value.length > 1024) throw refuse(`The icon has ${image.value.length} octets, more than 1024.`)
  const number = readInteger(type.value)
  if (number > 1) throw refuse('The icon is neither JPG nor PNG.')
  return { type: number === 0 ? 'jpg' : 'png', image: image.value }
}

function readNotification(element: Tlv): { events: Set<number>; address: string } {
  if (element.tag !== 0x30) throw refuse('A notification configuration is no SEQUENCE.')
  const reader = new TlvReader(element.value)
  const events = readBits(reader.next(0x80).value)
  const address = readUtf8(reader.next(0x81).value, 'notification address')
  if (events.size === 0 || [...events].some(event => event > 3))
    throw refuse('A notification configuration names no event, or one that does not exist.')
  if (!address) throw refuse('A notification configuration has no address.')
  return { events, address }
}

function readOwner(value: Buffer): ProfileOwner {
  const reader = new TlvReader(value)
  const mccMnc = reader.next(0x80).value
  if (mccMnc.length !== 3 || !/^\d\d[\df]\d\d\d$/.test(mccMnc.toString('hex')))
    throw refuse("The profile owner's MCC and MNC are malformed.")
  return { mccMnc, gid1: reader.optional(0x81)?.value, gid2: reader.optional(0x82)?.value }
}

const refuse = (sentence: string) => new LoadFault('incorrectInputValues', sentence)

import { z } from 'zod'
import { maxIconBytes } from '@/lib/rsp/icon'
import { Iccid, iccidFromSwappedBcd, iccidToSwappedBcd } from '@/lib/rsp/identifiers'
import { PackageError } from '@/lib/rsp/saip/elements'
import type { PackageInfo } from '@/lib/rsp/saip/read-package'
import { bitsValue, integerValue, readAll, readBits, readInteger, readSingle, type Tlv, TlvError, TlvReader, tlv } from '@/lib/rsp/tlv'

const profileClasses = ['test', 'provisioning', 'operational'] as const
const iconTypes = ['jpg', 'png'] as const
const notificationEvents = ['notificationInstall', 'notificationEnable', 'notificationDisable', 'notificationDelete'] as const
const profilePolicyRules = ['pprUpdateControl', 'ppr1', 'ppr2'] as const

export const maxServiceProviderNameCharacters = 32
export const maxProfileNameCharacters = 64

export const ProfileClass = z.enum(profileClasses)
export type ProfileClass = z.infer<typeof ProfileClass>

export const NotificationEvent = z.enum(notificationEvents)
export type NotificationEvent = z.infer<typeof NotificationEvent>

/** pprUpdateControl, ppr1 (may not be disabled), ppr2 (may not be deleted). */
export const ProfilePolicyRule = z.enum(profilePolicyRules)
export type ProfilePolicyRule = z.infer<typeof ProfilePolicyRule>

// UTF8String (SIZE (0..n)) counts characters, not octets; JavaScript's length counts UTF-16 units.
const label = (what: string, maxCharacters: number) =>
  z
    .string()
    .min(1, `${what} is empty.`)
    .refine(text => [...text].length <= maxCharacters, `${what} has more than ${maxCharacters} characters.`)
    .refine(text => !/[\p{Cc}\p{Cs}]/u.test(text), `${what} has characters that cannot be shown.`)

/** Service provider name as a device shows it: 1 to 32 characters. */
export const ServiceProviderName = label('The service provider name', maxServiceProviderNameCharacters)

/** Profile name as a device shows it: 1 to 64 characters. */
export const ProfileName = label('The profile name', maxProfileNameCharacters)

/** A JPEG or PNG of 64 by 64 pixels in at most 1024 octets. */
export const Icon = z.object({
  iconType: z.enum(iconTypes),
  icon: z
    .instanceof(Uint8Array)
    .refine(icon => icon.length > 0, 'The icon is empty.')
    .refine(icon => icon.length <= maxIconBytes, `The icon has more than ${maxIconBytes} octets.`),
})
export type Icon = z.infer<typeof Icon>

const Gid = z.string().regex(/^([0-9A-Fa-f]{2})*$/, 'A GID is written in hexadecimal.')

/** Whose profile it is. mccMnc: MCC and MNC in a row, '00101', '310410'; GIDs hexadecimal. */
export const ProfileOwner = z.object({
  mccMnc: z.string().regex(/^[0-9]{5,6}$/, 'MCC and MNC have 5 or 6 digits.'),
  gid1: Gid.optional(),
  gid2: Gid.optional(),
})
export type ProfileOwner = z.infer<typeof ProfileOwner>

export const NotificationConfiguration = z.object({
  profileManagementOperation: z.array(NotificationEvent).min(1, 'A notification address needs an event.'),
  notificationAddress: z.string().regex(/^[\x21-\x7e]{1,255}$/, 'A notification address is a host name.'),
})
export type NotificationConfiguration = z.infer<typeof NotificationConfiguration>

/** Content of a StoreMetadataRequest. */
export const ProfileMetadata = z
  .object({
    iccid: Iccid,
    serviceProviderName: ServiceProviderName,
    profileName: ProfileName,
    icon: Icon.optional(),
    profileClass: ProfileClass,
    notificationConfigurationInfo: z.array(NotificationConfiguration),
    profileOwner: ProfileOwner.optional(),
    profilePolicyRules: z.array(ProfilePolicyRule),
  })
  .refine(({ profilePolicyRules: rules, profileOwner }) => rules.length === 0 || profileOwner, 'Policy rules need the profile owner.')
export type ProfileMetadata = z.infer<typeof ProfileMetadata>

/*
 * StoreMetadataRequest ::= [37] SEQUENCE { -- Tag 'BF25'
 *   iccid Iccid, serviceProviderName [17] UTF8String (SIZE(0..32)), profileName [18] UTF8String (SIZE(0..64)),
 *   iconType [19] IconType OPTIONAL, icon [20] OCTET STRING (SIZE(0..1024)) OPTIONAL,
 *   profileClass [21] ProfileClass DEFAULT operational,
 *   notificationConfigurationInfo [22] SEQUENCE OF NotificationConfigurationInformation OPTIONAL,
 *   profileOwner [23] OperatorId OPTIONAL, profilePolicyRules [25] PprIds OPTIONAL, … }
 * NotificationConfigurationInformation ::= SEQUENCE { profileManagementOperation NotificationEvent, notificationAddress UTF8String }
 * OperatorId ::= SEQUENCE { mccMnc OCTET STRING (SIZE(3)), gid1 OCTET STRING OPTIONAL, gid2 OCTET STRING OPTIONAL }
 */
/** StoreMetadataRequest in DER: what is empty or default is left out. @throws ZodError when the metadata break a rule */
export const encodeMetadata = (metadata: ProfileMetadata): Buffer => encodeValid(ProfileMetadata.parse(metadata))

/** The same of what `metadataForPackage` says. @throws PackageError, ZodError as that does */
export const encodeMetadataForPackage = (info: MetadataFacts, type: TypeMetadata): Buffer => encodeValid(metadataForPackage(info, type))

function encodeValid({ icon, notificationConfigurationInfo, profileClass, profileOwner, ...m }: ProfileMetadata): Buffer {
  return tlv(
    0xbf25,
    tlv(0x5a, iccidToSwappedBcd(m.iccid)),
    tlv(0x91, Buffer.from(m.serviceProviderName)),
    tlv(0x92, Buffer.from(m.profileName)),
    icon && tlv(0x93, integerValue(iconTypes.indexOf(icon.iconType))),
    icon && tlv(0x94, icon.icon),
    profileClass === 'operational' ? undefined : tlv(0x95, integerValue(profileClasses.indexOf(profileClass))),
    notificationConfigurationInfo.length > 0 ? tlv(0xb6, ...notificationConfigurationInfo.map(encodeNotification)) : undefined,
    profileOwner && tlv(0xb7, tlv(0x80, mccMncOctets(profileOwner.mccMnc)), gid(0x81, profileOwner.gid1), gid(0x82, profileOwner.gid2)),
    m.profilePolicyRules.length > 0 ? tlv(0x99, bitsOf(profilePolicyRules, m.profilePolicyRules)) : undefined,
  )
}

/**
 * Reads a StoreMetadataRequest. Members that SGP.22 v2 does not name are passed over.
 * @throws TlvError when it is malformed, ZodError when it breaks a rule
 */
export function decodeMetadata(bytes: Uint8Array): ProfileMetadata {
  const members = new TlvReader(readSingle(bytes, 0xbf25).value)
  const iccid = iccidFromSwappedBcd(members.next(0x5a).value)
  const serviceProviderName = utf8(members.next(0x91))
  const profileName = utf8(members.next(0x92))
  const iconType = members.optional(0x93)
  const icon = members.optional(0x94)
  const profileClass = members.optional(0x95)
  const notifications = members.optional(0xb6)
  const owner = members.optional(0xb7)
  const rules = members.find(0x99)
  if (!iconType !== !icon) throw new TlvError('icon and iconType come together or not at all')
  return ProfileMetadata.parse({
    iccid,
    serviceProviderName,
    profileName,
    ...(icon && iconType ? { icon: { iconType: named(iconTypes, iconType), icon: icon.value } } : {}),
    profileClass: profileClass ? named(profileClasses, profileClass) : 'operational',
    notificationConfigurationInfo: notifications ? readAll(notifications.value).map(decodeNotification) : [],
    ...(owner ? { profileOwner: decodeOwner(owner) } : {}),
    profilePolicyRules: rules ? namesOf(profilePolicyRules, rules) : [],
  })
}

/** MCC and MNC as TS 24.008 §10.5.1.3 packs them: '00101' is 00 F1 10, '310410' is 13 00 14. */
export function mccMncOctets(mccMnc: string): Buffer {
  const [mcc1, mcc2, mcc3, mnc1, mnc2, mnc3 = 'F'] = mccMnc
  return Buffer.from(`${mcc2}${mcc1}${mnc3}${mcc3}${mnc2}${mnc1}`, 'hex')
}

/** The reverse of `mccMncOctets`. @throws TlvError when a nibble is no digit: a wildcard (E) is not allowed for an owner */
export function mccMncFromOctets(octets: Uint8Array): string {
  const [mcc2, mcc1, mnc3, mcc3, mnc2, mnc1] = Buffer.from(octets).toString('hex').toUpperCase()
  const mccMnc = `${mcc1}${mcc2}${mcc3}${mnc1}${mnc2}${mnc3 === 'F' ? '' : mnc3}`
  if (octets.length !== 3 || !/^[0-9]{5,6}$/.test(mccMnc)) throw new TlvError('mccMnc is malformed')
  return mccMnc
}

/** What the metadata takes from a package. */
export type MetadataFacts = Pick<PackageInfo, 'iccid' | 'profileName'> & {
  [Fact in 'spn' | 'mccMnc' | 'gid1' | 'gid2']?: string | undefined
}

/** What a profile type adds to the metadata of its packages. */
export interface TypeMetadata {
  /** Empty or left out: taken from the package. */
  serviceProviderName?: string | undefined
  profileName?: string | undefined
  icon?: Icon | undefined
  profileClass: ProfileClass
  profilePolicyRules?: readonly ProfilePolicyRule[] | undefined
  /** Left out: from the package, where policy rules need one. */
  profileOwner?: ProfileOwner | undefined
  /** Gets the notifications of all four events where `notifications` is empty: the SM-DP+ address of this server. */
  notificationAddress: string
  notifications?: readonly NotificationConfiguration[] | undefined
}

/**
 * Metadata for a package that came without: names from the type, else from the header, else from EF.SPN, cut to the allowed length;
 * notifications as the type lists them, else of all events to its address; the owner from the type, else, only where policy rules need
 * one, from EF.IMSI and the GIDs.
 * @throws PackageError when policy rules are set and the package does not tell its owner
 * @throws ZodError when the type breaks a rule of the metadata
 */
export function metadataForPackage(info: MetadataFacts, type: TypeMetadata): ProfileMetadata {
  const rules = [...(type.profilePolicyRules ?? [])]
  const ownName = info.profileName || info.spn || 'Mobile network'
  const { notificationAddress, notifications = [] } = type
  const allEvents = { profileManagementOperation: [...notificationEvents], notificationAddress }
  const profileOwner = type.profileOwner ?? (rules.length > 0 ? ownerOf(info) : undefined)
  return ProfileMetadata.parse({
    iccid: info.iccid,
    serviceProviderName: type.serviceProviderName || cut(ownName, maxServiceProviderNameCharacters),
    profileName: type.profileName || cut(ownName, maxProfileNameCharacters),
    ...(type.icon ? { icon: type.icon } : {}),
    profileClass: type.profileClass,
    notificationConfigurationInfo: notifications.length > 0 ? [...notifications] : [allEvents],
    ...(profileOwner ? { profileOwner } : {}),
    profilePolicyRules: rules,
  })
}

function ownerOf({ mccMnc, gid1, gid2 }: MetadataFacts): ProfileOwner {
  if (!mccMnc) throw new PackageError('Policy rules need a profile owner, but the package does not tell its MCC and MNC (EF.IMSI, EF.AD).')
  return { mccMnc, ...(gid1 ? { gid1 } : {}), ...(gid2 ? { gid2 } : {}) }
}

const cut = (text: string, maxCharacters: number) => [...text].slice(0, maxCharacters).join('').trim()

const gid = (tag: number, hex: string | undefined) => (hex ? tlv(tag, Buffer.from(hex, 'hex')) : undefined)

const encodeNotification = ({ profileManagementOperation, notificationAddress }: NotificationConfiguration) =>
  tlv(0x30, tlv(0x80, bitsOf(notificationEvents, profileManagementOperation)), tlv(0x81, Buffer.from(notificationAddress)))

function decodeNotification({ value }: Tlv): NotificationConfiguration {
  const members = new TlvReader(value)
  return { profileManagementOperation: namesOf(notificationEvents, members.next(0x80)), notificationAddress: utf8(members.next(0x81)) }
}

function decodeOwner({ value }: Tlv): ProfileOwner {
  const members = new TlvReader(value)
  const mccMnc = mccMncFromOctets(members.next(0x80).value)
  const [gid1, gid2] = [members.optional(0x81), members.optional(0x82)].map(member => member?.value.toString('hex').toUpperCase())
  return { mccMnc, ...(gid1 === undefined ? {} : { gid1 }), ...(gid2 === undefined ? {} : { gid2 }) }
}

const bitsOf = <Name extends string>(names: readonly Name[], set: readonly Name[]) => bitsValue(set.map(name => names.indexOf(name)))

const namesOf = <Name extends string>(names: readonly Name[], { value }: Tlv): Name[] => {
  const bits = readBits(value)
  return names.filter((_, bit) => bits.has(bit))
}

function named<Name extends string>(names: readonly Name[], { value }: Tlv): Name {
  const name = names[readInteger(value)]
  if (!name) throw new TlvError('value is not one of the list')
  return name
}

function utf8({ value }: Tlv): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
  } catch {
    throw new TlvError('text is not UTF-8')
  }
}

import { readAll, readBits, readSingle, type Tlv, TlvError, TlvReader } from '../tlv'

/** Key identifiers of CIs, upper-case hex, in the eUICC's order of preference. */
export interface CiLists {
  forVerification: string[]
  forSigning: string[]
}

export interface EuiccInfo1 extends CiLists {
  /** Three octets: major, minor, revision */
  svn: [number, number, number]
}

export interface EuiccInfo2 {
  profileVersion: string
  svn: string
  firmwareVersion: string
  /** Octets free for a profile; undefined when the eUICC does not say */
  freeNonVolatileMemory?: number | undefined
  /** Bits of UICCCapability */
  uiccCapability: Set<number>
  /** Bits of RspCapability */
  rspCapability: Set<number>
  /** Bits of PprIds */
  forbiddenProfilePolicyRules: Set<number>
  /** EuiccCategory; undefined when the eUICC does not say */
  category?: number | undefined
  /** Versions of profile packages that the eUICC takes beside `profileVersion` */
  additionalProfileVersions: string[]
}

const version = (element: Tlv): [number, number, number] => {
  const [major, minor, revision] = element.value
  if (element.value.length !== 3) throw new TlvError('a version has three octets')
  return [major ?? 0, minor ?? 0, revision ?? 0]
}

/** SubjectKeyIdentifiers out of a SEQUENCE OF OCTET STRING. */
const keyIds = (element: Tlv): string[] =>
  readAll(element.value).map(id => {
    if (id.tag !== 0x04) throw new TlvError('a key identifier is an OCTET STRING')
    return id.value.toString('hex').toUpperCase()
  })

/**
 * EUICCInfo1 ::= [32] SEQUENCE {
 *   svn [2] VersionType, euiccCiPKIdListForVerification [9] SEQUENCE OF SubjectKeyIdentifier,
 *   euiccCiPKIdListForSigning [10] SEQUENCE OF SubjectKeyIdentifier }
 */
export function decodeEuiccInfo1(der: Uint8Array): EuiccInfo1 {
  const reader = new TlvReader(readSingle(der, 0xbf20).value)
  const svn = version(reader.next(0x82))
  const forVerification = reader.find(0xa9)
  const forSigning = reader.find(0xaa)
  if (!forVerification || !forSigning) throw new TlvError('EUICCInfo1 lacks a list of CIs')
  return { svn, forVerification: keyIds(forVerification), forSigning: keyIds(forSigning) }
}

/**
 * EUICCInfo2 ::= [34] SEQUENCE {
 *   profileVersion [1], svn [2], euiccFirmwareVer [3], extCardResource [4] OCTET STRING, uiccCapability [5] BIT STRING,
 *   …, rspCapability [8] BIT STRING, …, euiccCategory [11] INTEGER OPTIONAL, forbiddenProfilePolicyRules [25] BIT STRING OPTIONAL, …,
 *   additionalEuiccProfilePackageVersions [15] SEQUENCE OF VersionType OPTIONAL }
 * Members are looked up by tag: later versions of the specification put more between them.
 */
export function decodeEuiccInfo2(element: Tlv): EuiccInfo2 {
  const members = new Map(readAll(element.value).map(member => [member.tag, member]))
  const need = (tag: number) => {
    const member = members.get(tag)
    if (!member) throw new TlvError(`EUICCInfo2 lacks element ${tag.toString(16)}`)
    return member
  }
  const bits = (tag: number) => readBits(members.get(tag)?.value ?? Buffer.alloc(0))
  const additional = members.get(0xaf)
  return {
    profileVersion: version(need(0x81)).join('.'),
    svn: version(need(0x82)).join('.'),
    firmwareVersion: version(need(0x83)).join('.'),
    freeNonVolatileMemory: freeMemory(members.get(0x84)),
    uiccCapability: bits(0x85),
    rspCapability: bits(0x88),
    forbiddenProfilePolicyRules: bits(0x99),
    category: members.get(0x8b)?.value[0],
    additionalProfileVersions: additional ? readAll(additional.value).map(v => version(v).join('.')) : [],
  }
}

/** extCardResource (ETSI TS 102 226): 82 holds the free non-volatile memory. What cannot be read is not known. */
function freeMemory(extCardResource: Tlv | undefined): number | undefined {
  if (!extCardResource) return undefined
  try {
    const free = readAll(extCardResource.value).find(member => member.tag === 0x82)
    return free && free.value.length > 0 && free.value.length <= 6 ? free.value.readUIntBE(0, free.value.length) : undefined
  } catch (error) {
    if (error instanceof TlvError) return undefined
    throw error
  }
}

import { bitsValue, tlv } from '@/lib/rsp/tlv'

/** The ICCID of the TS.48 packages. */
export const ts48Iccid = '89000123456789012341'

export interface MetadataParts {
  iccid?: string
  serviceProviderName?: string
  profileName?: string
  iconType?: Buffer
  icon?: Buffer
  /** content of '95' */
  profileClass?: number
  /** address → bits of events */
  notifications?: Record<string, number[]>
  /** hexadecimal of the three octets */
  mccMnc?: string
  policyRules?: number[]
}

/** A StoreMetadataRequest for tests; what is left out is what suits the TS.48 packages. */
export function makeMetadata(parts: MetadataParts = {}): Buffer {
  const iccid = parts.iccid ?? ts48Iccid
  const configurations = Object.entries(parts.notifications ?? {}).map(([address, events]) =>
    tlv(0x30, tlv(0x80, bitsValue(events)), tlv(0x81, Buffer.from(address))),
  )
  return tlv(
    0xbf25,
    tlv(0x5a, Buffer.from(iccid.padEnd(20, 'f').replace(/(.)(.)/g, '$2$1'), 'hex')),
    tlv(0x91, Buffer.from(parts.serviceProviderName ?? 'Scripted')),
    tlv(0x92, Buffer.from(parts.profileName ?? 'Test profile')),
    parts.iconType && tlv(0x93, parts.iconType),
    parts.icon && tlv(0x94, parts.icon),
    parts.profileClass === undefined ? undefined : tlv(0x95, Buffer.of(parts.profileClass)),
    configurations.length ? tlv(0xb6, ...configurations) : undefined,
    parts.mccMnc === undefined ? undefined : tlv(0xb7, tlv(0x80, Buffer.from(parts.mccMnc, 'hex'))),
    parts.policyRules && tlv(0x99, bitsValue(parts.policyRules)),
  )
}

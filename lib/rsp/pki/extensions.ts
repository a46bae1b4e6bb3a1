import { readAll, readBits, readInteger, readSingle, type Tlv, TlvError, TlvReader } from '@/lib/rsp/tlv'
import { type DistinguishedName, oidText, readNestedName } from './name'
import { EXTENSION } from './oids'

/** What the extensions of a certificate say; lists are empty where the extension is absent. */
export interface CertificateExtensions {
  /** Numbers of the bits set (KEY_USAGE). */
  keyUsage?: ReadonlySet<number>
  /** Dotted OIDs. */
  extKeyUsage: string[]
  basicConstraints?: { ca: boolean; pathLength?: number }
  /** Dotted OIDs of certificatePolicies. */
  policies: string[]
  /** keyIdentifier in upper-case hexadecimal. */
  authorityKeyId?: string
  /** Upper-case hexadecimal. */
  subjectKeyId?: string
  dnsNames: string[]
  /** Dotted OIDs of the subjectAltName. */
  registeredIds: string[]
  /** The directoryName subtrees; other forms of names do not occur in CERT.EUICC. */
  nameConstraints?: { permitted: DistinguishedName[]; excluded: DistinguishedName[] }
  /** EID prefixes that a v3 CERT.EUM may use. */
  permittedEins?: string[]
  crlUris: string[]
  /** OIDs of all extensions marked critical. */
  critical: ReadonlySet<string>
  /** OIDs of critical extensions that this reader does not know; RFC 5280 §4.2 refuses such a certificate. */
  unknownCritical: string[]
}

type Collected = Omit<CertificateExtensions, 'critical' | 'unknownCritical'>

const hex = (octets: Buffer) => octets.toString('hex').toUpperCase()

const sequenceOf = (value: Buffer, tag: number): Tlv[] => {
  const items = readAll(readSingle(value, 0x30).value)
  if (items.some(item => item.tag !== tag)) throw new TlvError('unexpected element in a list')
  return items
}

// GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }
const directoryNames = (subtrees: Tlv | undefined): DistinguishedName[] =>
  readAll(subtrees?.value ?? Buffer.alloc(0)).flatMap(subtree => {
    const base = readAll(subtree.value)[0]
    if (!base) throw new TlvError('a subtree is empty')
    return base.tag === 0xa4 ? [readNestedName(base.value)] : []
  })

// DistributionPoint ::= SEQUENCE { distributionPoint [0] { fullName [0] GeneralNames … } OPTIONAL, … }
const pointUris = (point: Tlv): string[] => {
  const name = new TlvReader(point.value).optional(0xa0)
  const full = name && new TlvReader(name.value).optional(0xa0)
  return readAll(full?.value ?? Buffer.alloc(0)).flatMap(item => (item.tag === 0x86 ? [item.value.toString('latin1')] : []))
}

const readers: Record<string, (value: Buffer, found: Collected) => void> = {
  [EXTENSION.keyUsage]: (value, found) => {
    found.keyUsage = readBits(readSingle(value, 0x03).value)
  },
  [EXTENSION.extKeyUsage]: (value, found) => {
    found.extKeyUsage = sequenceOf(value, 0x06).map(item => oidText(item.value))
  },
  // BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }
  [EXTENSION.basicConstraints]: (value, found) => {
    const reader = new TlvReader(readSingle(value, 0x30).value)
    const ca = reader.optional(0x01)
    const pathLength = reader.optional(0x02)
    reader.end()
    found.basicConstraints = {
      ca: ca !== undefined && readBoolean(ca.value),
      pathLength: pathLength && readInteger(pathLength.value),
    }
  },
  [EXTENSION.certificatePolicies]: (value, found) => {
    found.policies = sequenceOf(value, 0x30).map(item => oidText(new TlvReader(item.value).next(0x06).value))
  },
  // AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OPTIONAL, … }
  [EXTENSION.authorityKeyIdentifier]: (value, found) => {
    const keyId = new TlvReader(readSingle(value, 0x30).value).optional(0x80)
    found.authorityKeyId = keyId && hex(keyId.value)
  },
  [EXTENSION.subjectKeyIdentifier]: (value, found) => {
    found.subjectKeyId = hex(readSingle(value, 0x04).value)
  },
  // GeneralName ::= CHOICE { … dNSName [2] IA5String, … registeredID [8] OBJECT IDENTIFIER }
  [EXTENSION.subjectAltName]: (value, found) => {
    for (const name of readAll(readSingle(value, 0x30).value)) {
      if (name.tag === 0x82) found.dnsNames.push(name.value.toString('latin1'))
      if (name.tag === 0x88) found.registeredIds.push(oidText(name.value))
    }
  },
  // NameConstraints ::= SEQUENCE { permittedSubtrees [0] OPTIONAL, excludedSubtrees [1] OPTIONAL }
  [EXTENSION.nameConstraints]: (value, found) => {
    const reader = new TlvReader(readSingle(value, 0x30).value)
    found.nameConstraints = { permitted: directoryNames(reader.optional(0xa0)), excluded: directoryNames(reader.optional(0xa1)) }
    reader.end()
  },
  [EXTENSION.permittedEins]: (value, found) => {
    found.permittedEins = sequenceOf(value, 0x13).map(item => item.value.toString('latin1'))
  },
  [EXTENSION.crlDistributionPoints]: (value, found) => {
    found.crlUris = sequenceOf(value, 0x30).flatMap(pointUris)
  },
}

function readBoolean(value: Buffer): boolean {
  if (value.length !== 1 || (value[0] !== 0 && value[0] !== 0xff)) throw new TlvError('a boolean is malformed')
  return value[0] === 0xff
}

// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
/** Reads the content of the SEQUENCE OF Extension. @throws TlvError also when an extension occurs twice */
export function readExtensions(list: Buffer): CertificateExtensions {
  const found: Collected = { extKeyUsage: [], policies: [], dnsNames: [], registeredIds: [], crlUris: [] }
  const seen = new Set<string>()
  const critical = new Set<string>()
  for (const extension of readAll(list)) {
    const reader = new TlvReader(extension.value)
    const oid = oidText(reader.next(0x06).value)
    const flag = reader.optional(0x01)
    const { value } = reader.next(0x04)
    reader.end()
    if (seen.has(oid)) throw new TlvError(`the extension ${oid} occurs twice`)
    seen.add(oid)
    if (flag && readBoolean(flag.value)) critical.add(oid)
    readers[oid]?.(value, found)
  }
  return { ...found, critical, unknownCritical: [...critical].filter(oid => !(oid in readers)) }
}

import { readAll, readOid, readSingle, type Tlv, TlvError } from '@/lib/rsp/tlv'
import { ATTRIBUTE } from './oids'

export interface NameAttribute {
  /** Dotted OID of the attribute type. */
  type: string
  value: string
}

/** A distinguished name; of an attribute that occurs twice the named fields hold the first. */
export interface DistinguishedName {
  /** The RDNSequence as received. */
  raw: Buffer
  attributes: NameAttribute[]
  C?: string
  O?: string
  CN?: string
  serialNumber?: string
}

/** Dotted OID, or `#` and the octets in hexadecimal where an arc is too large to be a number (2.25.x). @throws TlvError on an empty one */
export function oidText(value: Buffer): string {
  try {
    return readOid(value)
  } catch (error) {
    if (value.length > 8 && ((value.at(-1) ?? 0x80) & 0x80) === 0) return `#${value.toString('hex')}`
    throw error
  }
}

function attributeText({ tag, value }: Tlv): string {
  if (tag === 0x1e && value.length % 2 === 0) return Buffer.from(value).swap16().toString('utf16le')
  return value.toString(tag === 0x0c ? 'utf8' : 'latin1')
}

// Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }
/** @throws TlvError */
export function readName(name: Tlv): DistinguishedName {
  const attributes: NameAttribute[] = []
  for (const relative of readAll(name.value)) {
    if (relative.tag !== 0x31) throw new TlvError('a name is not a row of sets')
    for (const attribute of readAll(relative.value)) {
      const [type, value, ...rest] = readAll(attribute.value)
      if (attribute.tag !== 0x30 || type?.tag !== 0x06 || !value || rest.length) throw new TlvError('an attribute of a name is malformed')
      attributes.push({ type: oidText(type.value), value: attributeText(value) })
    }
  }
  const first = (type: string) => attributes.find(attribute => attribute.type === type)?.value
  return {
    raw: name.raw,
    attributes,
    C: first(ATTRIBUTE.C),
    O: first(ATTRIBUTE.O),
    CN: first(ATTRIBUTE.CN),
    serialNumber: first(ATTRIBUTE.serialNumber),
  }
}

/** Reads the name inside an explicit context tag. @throws TlvError */
export const readNestedName = (value: Buffer): DistinguishedName => readName(readSingle(value, 0x30))

/** All values of one attribute type. */
export const attributeValues = (name: DistinguishedName, type: string): string[] =>
  name.attributes.filter(attribute => attribute.type === type).map(attribute => attribute.value)

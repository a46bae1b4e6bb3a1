import { swappedDigits as digitsOf } from '../identifiers'
import { readAll, readBits, readOid, readTlv, type Tlv, TlvError } from '../tlv'

/** One field of a message for people: its ASN.1 name, what it says, or the fields within. */
export interface Field {
  /** As SGP.22 writes it */
  name: string
  value?: string
  /** A few words beside the value: its unit, what it means, why it is not there */
  note?: string
  children?: Field[]
}

/** Makes something readable of the content of an element. */
export type Reading = (value: Buffer) => Omit<Field, 'name'>

/** Members of a SEQUENCE: tag, name, reading. Two of one tag stand in their order. */
export type Members = readonly (readonly [tag: number, name: string, reading: Reading])[]

const mostOctets = 80

export const octets: Reading = value => {
  const hex = value.subarray(0, mostOctets).toString('hex').toUpperCase()
  return value.length > mostOctets ? { value: `${hex}…`, note: `${value.length} octets` } : { value: hex }
}

/** What is not shown, only that it is there. */
export const sizeOnly =
  (why = ''): Reading =>
  value => ({ note: `${value.length} octets${why && `, ${why}`}` })

export const utf8: Reading = value => ({ value: value.toString('utf8') })

export const oid: Reading = value => ({ value: readOid(value) })

/** INTEGER of any length. */
const integerOf = (value: Buffer): string =>
  (value.length > 0 ? BigInt.asIntN(value.length * 8, BigInt(`0x${value.toString('hex')}`)) : 0n).toString()

export const integer: Reading = value => ({ value: integerOf(value) })

/** INTEGER with names for its values: `lack (10)`. */
export const named =
  (names: Readonly<Record<number, string>>): Reading =>
  value => {
    const number = integerOf(value)
    const name = names[Number(number)]
    return { value: name ? `${name} (${number})` : number }
  }

/** VersionType ::= OCTET STRING (SIZE(3)) */
const versionOf = (value: Buffer): string => [...value].join('.')
export const version: Reading = value => ({ value: versionOf(value) })

/** BIT STRING whose bits have names. */
export const bits =
  (names: readonly string[]): Reading =>
  value => {
    const set = [...readBits(value)].sort((a, b) => a - b).map(bit => names[bit] ?? `bit ${bit}`)
    return set.length > 0 ? { value: set.join(', ') } : { value: 'none' }
  }

/** Digits, two in an octet, the first in the low half. */
export const swappedDigits: Reading = value => ({ value: digitsOf(value) })

/** SEQUENCE OF something that is said in a word. */
export const list =
  (reading: Reading): Reading =>
  value => {
    const each = readAll(value).map(element => read(reading, element.value).value ?? '')
    return { value: each.length > 0 ? each.join(', ') : 'none' }
  }

export const keyIds = list(octets)
export const versions = list(version)

/** SEQUENCE OF SEQUENCE. */
export const rows =
  (name: string, members: Members): Reading =>
  value => ({ children: readAll(value).map(element => ({ name, ...sequence(members)(element.value) })) })

/** The one alternative of a CHOICE. */
export const sequence =
  (members: Members): Reading =>
  value => {
    const { elements, rest } = readUntilBroken(value)
    return { children: [...fieldsOf(elements, members), ...(rest > 0 ? [broken(rest)] : [])] }
  }

/** A value that is not built as it should be is shown as it is. */
function read(reading: Reading, value: Buffer): Omit<Field, 'name'> {
  try {
    return reading(value)
  } catch (error) {
    if (!(error instanceof TlvError)) throw error
    return { ...octets(value), note: 'not built as SGP.22 says' }
  }
}

/** Elements by the members that they are; what SGP.22 does not name here keeps its tag. */
function fieldsOf(elements: Tlv[], members: Members): Field[] {
  const left = [...members]
  return elements.map(({ tag, value }) => {
    const at = left.findIndex(member => member[0] === tag)
    const [found] = at < 0 ? [] : left.splice(at, 1)
    if (found) return { name: found[1], ...read(found[2], value) }
    return { name: `[${tag.toString(16).toUpperCase().padStart(2, '0')}]`, ...octets(value), note: 'not named by SGP.22 v2' }
  })
}

const broken = (rest: number): Field => ({ name: '…', note: `${rest} octets that are not built as SGP.22 says` })

function readUntilBroken(bytes: Buffer): { elements: Tlv[]; rest: number } {
  const elements: Tlv[] = []
  let at = 0
  try {
    while (at < bytes.length) {
      const element = readTlv(bytes, at)
      elements.push(element)
      at += element.raw.length
    }
  } catch (error) {
    if (!(error instanceof TlvError)) throw error
  }
  return { elements, rest: bytes.length - at }
}

/** Content of the element that begins here, as much of it as there is, and how many octets more it had. */
export function readBeginning(bytes: Buffer): { value: Buffer; missing: number } {
  const first = bytes[1] ?? 0
  const count = first > 0x80 ? first & 0x7f : 0
  if (bytes.length < 2 + count || first === 0x80 || count > 4) return { value: Buffer.alloc(0), missing: 0 }
  const length = count > 0 ? bytes.readUIntBE(2, count) : first
  const value = bytes.subarray(2 + count, 2 + count + length)
  return { value, missing: length - value.length }
}

/** The element with this tag and its name as a field; what it is not told in a note. */
export function element(name: string, tag: number, bytes: Buffer, reading: Reading): Field {
  try {
    const { tag: found, value } = readTlv(bytes)
    if (found === tag) return { name, ...read(reading, value) }
  } catch (error) {
    if (!(error instanceof TlvError)) throw error
  }
  return { name, ...octets(bytes), note: 'not built as SGP.22 says' }
}

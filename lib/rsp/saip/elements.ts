import { hexTag, readInteger, readOid, readTlv, type Tlv, TlvError, TlvReader } from '@/lib/rsp/tlv'

/**
 * The bytes are no profile package, or none that can be served. The message is a sentence for people that says what is wrong
 * and where; it never quotes the package's content beyond tags and the ICCID.
 */
export class PackageError extends Error {
  override name = 'PackageError'
}

/** Tags of the CHOICE ProfileElement (SAIP 3.3; those of 2.x are the same), one row each. */
const ELEMENTS = {
  160: 'header',
  161: 'genericFileManagement',
  162: 'pinCodes',
  163: 'pukCodes',
  164: 'akaParameter',
  165: 'cdmaParameter',
  166: 'securityDomain',
  167: 'rfm',
  168: 'application',
  169: 'nonStandard',
  170: 'end',
  176: 'mf',
  177: 'cd',
  178: 'telecom',
  179: 'usim',
  180: 'opt-usim',
  181: 'isim',
  182: 'opt-isim',
  183: 'phonebook',
  184: 'gsm-access',
  185: 'csim',
  186: 'opt-csim',
  187: 'eap',
  188: 'df-5gs',
  189: 'df-saip',
  190: 'df-snpn',
  48927: 'df-5gprose',
  48928: 'iot',
  48929: 'opt-iot',
} as const

/** A ProfileElement as the ASN.1 names it; `unknown` for a tag that SAIP 3.3 reserves or does not have. */
export type ElementName = (typeof ELEMENTS)[keyof typeof ELEMENTS] | 'unknown'

/** Application whose directory an element's files lie in. */
export const APPLICATION_OF: Partial<Record<ElementName, ElementName>> = {
  'opt-usim': 'usim',
  phonebook: 'usim',
  'gsm-access': 'usim',
  'df-5gs': 'usim',
  'df-saip': 'usim',
  'df-snpn': 'usim',
  'df-5gprose': 'usim',
  'opt-isim': 'isim',
  'opt-csim': 'csim',
  'opt-iot': 'iot',
}

const NAME_OF_TAG: ReadonlyMap<number, ElementName> = new Map(Object.entries(ELEMENTS).map(([tag, name]) => [Number(tag), name]))

/** One ProfileElement (PE). `raw` and `value` are views into the package. */
export interface ProfileElement {
  name: ElementName
  tag: number
  /** Tag, length and value. */
  raw: Buffer
  value: Buffer
  /** Place in the package, counted from 1. */
  number: number
  /** Octets of the package in front of this element. */
  offset: number
  /** What the eUICC quotes when it refuses the element; the header has none. */
  identification?: number
  /** The eUICC must refuse the package when it cannot process this element. */
  mandated: boolean
  /** Dotted OID of the file template; elements of the file system only. */
  templateId?: string
}

// The deepest type of the module has 7 levels; the bound keeps crafted nests from exhausting the stack.
const maxDepth = 24

/**
 * Splits an unprotected profile package into its ProfileElements. The whole tree must be DER, the `end` element must be the last octets.
 * @throws PackageError
 */
export function readElements(upp: Uint8Array): ProfileElement[] {
  const bytes = Buffer.from(upp.buffer, upp.byteOffset, upp.byteLength)
  if (bytes.length === 0) throw new PackageError('The file is empty.')
  const elements: ProfileElement[] = []
  for (let offset = 0; offset < bytes.length; ) {
    if (elements.at(-1)?.name === 'end')
      throw new PackageError(`The package goes on after its end element: ${bytes.length - offset} octets too many, from octet ${offset}.`)
    const element = readElement(bytes, offset, elements.length + 1)
    elements.push(element)
    offset += element.raw.length
  }
  return elements
}

/** The header element of a package that begins with it, ends with `end` and has each once. @throws PackageError */
export function headerElement(elements: readonly ProfileElement[]): ProfileElement {
  const [first, ...others] = elements
  const last = elements.at(-1)
  if (first?.name !== 'header') throw new PackageError('The package does not begin with a ProfileHeader.')
  const second = others.find(({ name }) => name === 'header')
  if (second) throw new PackageError(`${placeOf(second)} is a second header: these are two packages in one file, or one is damaged.`)
  if (last?.name !== 'end') throw new PackageError('The package has no end element: it is cut off or damaged.')
  return first
}

/** `PE 4 (pinCodes, octet 980)`, for sentences. */
export const placeOf = (element: Pick<ProfileElement, 'number' | 'name' | 'tag' | 'offset'>): string =>
  `PE ${element.number} (${element.name === 'unknown' ? `tag ${hexTag(element.tag)}` : element.name}, octet ${element.offset})`

/** Runs `read` over an element's content and says which element it was when the content is malformed. @throws PackageError */
export function inElement<T>(element: ProfileElement, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof TlvError)) throw error
    throw new PackageError(`${placeOf(element)} is malformed: ${error.message}.`)
  }
}

function readElement(bytes: Buffer, offset: number, number: number): ProfileElement {
  if (number === 1) refuseOtherFiles(bytes)
  let found: Tlv
  try {
    found = readTlv(bytes, offset)
  } catch (error) {
    if (!(error instanceof TlvError)) throw error
    throw new PackageError(`PE ${number} at octet ${offset} cannot be read: ${error.message}.`)
  }
  const { tag, raw, value } = found
  if (((raw[0] ?? 0) & 0xe0) !== 0xa0)
    throw new PackageError(`PE ${number} at octet ${offset} has tag ${hexTag(tag)}, which is no profile element.`)
  const element: ProfileElement = { name: NAME_OF_TAG.get(tag) ?? 'unknown', tag, raw, value, number, offset, mandated: false }
  return inElement(element, () => {
    requireDer(value, 1)
    return element.name === 'header' ? element : { ...element, ...readPeHeader(element) }
  })
}

// PEHeader ::= SEQUENCE { mandated [0] NULL OPTIONAL, identification [1] UInt15 }
function readPeHeader({ name, tag, value }: ProfileElement): Pick<ProfileElement, 'identification' | 'mandated' | 'templateId'> {
  const members = new TlvReader(value)
  if (name === 'unknown' && members.peek()?.tag !== 0xa0) return { mandated: false }
  const header = new TlvReader(members.next(0xa0).value)
  const mandated = header.optional(0x80) !== undefined
  const identification = readInteger(header.next(0x81).value)
  if (identification > 0x7fff) throw new TlvError('identification is over 32767')
  const inFileSystem = name !== 'unknown' && tag >= 0xb0
  return { mandated, identification, ...(inFileSystem ? { templateId: readOid(members.next(0x81).value) } : {}) }
}

function requireDer(value: Buffer, depth: number): void {
  if (depth > maxDepth) throw new TlvError('elements are nested too deeply')
  for (let at = 0; at < value.length; ) {
    const member = readTlv(value, at)
    if ((member.raw[0] ?? 0) & 0x20) requireDer(member.value, depth + 1)
    at += member.raw.length
  }
}

function refuseOtherFiles(bytes: Buffer): void {
  if (bytes[0] === 0xa0) return
  const start = bytes.subarray(0, 32).toString('latin1')
  if (bytes[0] === 0xbf && bytes[1] === 0x36)
    throw new PackageError('This is a package already bound to one eUICC (BF36), not an unprotected one.')
  if (/^\s*[Aa]0[0-9A-Fa-f\s]+$/.test(start))
    throw new PackageError('This is a package written in hexadecimal text. Convert it to binary (.der).')
  throw new PackageError(`This is no profile package: it begins with ${hexTag(bytes[0] ?? 0)}, a ProfileHeader begins with A0.`)
}

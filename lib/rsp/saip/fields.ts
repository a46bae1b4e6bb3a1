import { swappedNibbles } from '@/lib/rsp/identifiers'
import { readAlphaIdentifier } from '@/lib/rsp/saip/alpha-identifier'
import { inElement, type ProfileElement } from '@/lib/rsp/saip/elements'
import { contentOf, VALUE_FILES } from '@/lib/rsp/saip/value-files'
import { readAll, readInteger } from '@/lib/rsp/tlv'

/** Network access applications that a package creates, and the algorithms that authenticate them. */
export type NaaName = 'usim' | 'isim' | 'csim' | 'iot'
export type AlgorithmName = 'milenage' | 'tuak' | 'usim-test-algorithm' | 'cave'

/** What a package says of its subscription; no key, PIN or PUK is ever among it. */
export interface SubscriberFields {
  /** Octets of EF.ICCID; undefined when no file system element gives them. */
  efIccid?: Buffer
  /** 6 to 15 digits, of the first USIM. */
  imsi?: string
  /** Digits of the MNC, from EF.AD. */
  mncLength?: 2 | 3
  /** MCC and MNC in a row: '00101', '310410'. */
  mccMnc?: string
  /** Contents of EF.GID1 and EF.GID2, hexadecimal; FF for octets that are not assigned. */
  gid1?: string
  gid2?: string
  /** Service provider name in EF.SPN. */
  spn?: string
  naas: NaaName[]
  algorithms: AlgorithmName[]
  /** Sentences about contents that are there and cannot be understood. */
  warnings: string[]
}

/** algorithmID of AlgoParameter. */
export const ALGORITHMS: Record<number, AlgorithmName> = { 1: 'milenage', 2: 'tuak', 3: 'usim-test-algorithm' }

/** One algorithm that the package configures; a length is all that is told of the key. */
export interface ConfiguredAlgorithm {
  name: AlgorithmName | 'unknown'
  keyBytes: number
}

/** Reads the subscription's data out of a package's files. @throws PackageError where the structure around them is malformed */
export function readSubscriberFields(elements: readonly ProfileElement[]): SubscriberFields {
  const content = (file: keyof typeof VALUE_FILES) => contentOf(elements, VALUE_FILES[file])
  const warnings: string[] = []
  const imsi = readImsi(content('imsi'), warnings)
  const mncLength = imsi === undefined ? undefined : readMncLength(content('ad'), warnings)
  const efIccid = content('iccid')
  const gid1 = content('gid1')
  const gid2 = content('gid2')
  const spn = readAlphaIdentifier((content('spn') ?? Buffer.alloc(0)).subarray(1))
  return {
    ...(efIccid ? { efIccid } : {}),
    ...(imsi ? { imsi } : {}),
    ...(mncLength ? { mncLength } : {}),
    ...(imsi && mncLength ? { mccMnc: imsi.slice(0, 3 + mncLength) } : {}),
    ...(gid1?.length ? { gid1: hex(gid1) } : {}),
    ...(gid2?.length ? { gid2: hex(gid2) } : {}),
    ...(spn ? { spn } : {}),
    naas: naasOf(elements),
    algorithms: [...new Set(configuredAlgorithms(elements).flatMap(({ name }) => (name === 'unknown' ? [] : [name])))],
    warnings,
  }
}

/** The algorithms of all akaParameter and cdmaParameter elements. @throws PackageError */
export function configuredAlgorithms(elements: readonly ProfileElement[]): ConfiguredAlgorithm[] {
  return elements.flatMap(element => {
    if (element.name === 'cdmaParameter') return [{ name: 'cave' as const, keyBytes: 8 }]
    return element.name === 'akaParameter' ? inElement(element, () => akaAlgorithm(element)) : []
  })
}

/*
 * PE-AKAParameter ::= SEQUENCE { aka-header PEHeader,
 *   algoConfiguration [1] CHOICE { mappingParameter [0] MappingParameter,
 *     algoParameter [1] SEQUENCE { algorithmID [0] INTEGER, algorithmOptions [1] OCTET STRING, key [2] OCTET STRING, … } }, … }
 */
function akaAlgorithm(element: ProfileElement): ConfiguredAlgorithm[] {
  const configuration = readAll(element.value).find(({ tag }, index) => index > 0 && tag === 0xa1)
  const parameter = configuration && readAll(configuration.value).find(({ tag }) => tag === 0xa1)
  if (!parameter) return []
  const members = readAll(parameter.value)
  const id = members.find(({ tag }) => tag === 0x80)
  const keyBytes = members.find(({ tag }) => tag === 0x82)?.value.length ?? 0
  return [{ name: (id && ALGORITHMS[readInteger(id.value)]) ?? 'unknown', keyBytes }]
}

function naasOf(elements: readonly ProfileElement[]): NaaName[] {
  const naas = new Set<NaaName>()
  for (const { name } of elements) if (name === 'usim' || name === 'isim' || name === 'csim' || name === 'iot') naas.add(name)
  return [...naas]
}

// TS 31.102 §4.2.2: length octet, parity and the first digit, then digits with swapped nibbles.
function readImsi(content: Buffer | undefined, warnings: string[]): string | undefined {
  if (!content || content.every(octet => octet === 0xff)) return undefined
  const length = content[0] ?? 0
  const swapped = hex(swappedNibbles(content.subarray(1, 1 + length)))
  const odd = Number.parseInt(swapped[0] ?? '0', 16) & 8
  const digits = odd ? swapped.slice(1) : swapped.slice(1).replace(/F$/, '')
  if (length >= 1 && length <= 8 && content.length > length && /^[0-9]{6,15}$/.test(digits)) return digits
  warnings.push('EF.IMSI holds no IMSI: its content does not follow TS 31.102.')
  return undefined
}

// TS 31.102 §4.2.18: the low nibble of octet 4 counts the digits of the MNC.
function readMncLength(content: Buffer | undefined, warnings: string[]): 2 | 3 | undefined {
  const length = (content?.[3] ?? 0) & 0x0f
  if (length === 2 || length === 3) return length
  warnings.push('EF.AD does not say how long the MNC is, so the operator of the IMSI is unknown.')
  return undefined
}

const hex = (octets: Buffer) => octets.toString('hex').toUpperCase()

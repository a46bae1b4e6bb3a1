import { APPLICATION_OF, type ElementName, inElement, type ProfileElement } from '@/lib/rsp/saip/elements'
import { ALGORITHMS, type AlgorithmName, readSubscriberFields } from '@/lib/rsp/saip/fields'
import { type FilePlace, findFilePlace, type NoPlace } from '@/lib/rsp/saip/file-place'
import { childOf, type TreeNode } from '@/lib/rsp/saip/package-tree'
import { contentOf, VALUE_FILES } from '@/lib/rsp/saip/value-files'
import { readInteger } from '@/lib/rsp/tlv'

export type ValueFileName = keyof typeof VALUE_FILES
export type CodeName = 'pin1' | 'pin2' | 'puk1' | 'puk2' | 'adm1'

/** Key references of the codes (PINKeyReferenceValue, PUKKeyReferenceValue). */
const CODES: Record<CodeName, { element: 'pinCodes' | 'pukCodes'; reference: number }> = {
  pin1: { element: 'pinCodes', reference: 1 },
  pin2: { element: 'pinCodes', reference: 129 },
  adm1: { element: 'pinCodes', reference: 10 },
  puk1: { element: 'pukCodes', reference: 1 },
  puk2: { element: 'pukCodes', reference: 129 },
}

/** The algorithm parameters of one application. */
export interface AkaPlace {
  algorithm: AlgorithmName | 'unknown'
  id: TreeNode
  key: TreeNode
  operatorCode: TreeNode
  /** The subscriber's: of the first USIM or ISIM. Those of further applications of the same kind belong to other subscriptions. */
  own: boolean
}

export interface OtaKeyPlace {
  /** Instance AID in hexadecimal. */
  securityDomain: string
  keyVersion: number
  keyId: number
  /** GlobalPlatform key type: 80 DES, 85 PSK-TLS, 88 AES. */
  keyType: number
  data: TreeNode
}

/** Where a template keeps the values of its subscriber. */
export interface ValuePlaces {
  headerIccid: TreeNode
  headerServices: TreeNode
  files: Record<ValueFileName, FilePlace | NoPlace>
  codes: Record<CodeName, TreeNode[]>
  akas: AkaPlace[]
  /** akaParameter elements that take the keys of another application. */
  sharedKeys: number
  otaKeys: OtaKeyPlace[]
  /** The file from which the SUCI is calculated: on the USIM or in the device (TS 31.102, services 124 and 125). */
  suci: FilePlace | NoPlace
  mncLength?: 2 | 3
}

/** @throws PackageError where the template is malformed */
export function findValuePlaces(elements: readonly ProfileElement[], roots: readonly TreeNode[]): ValuePlaces {
  const [header] = roots
  const headerIccid = childOf(header, 0x83)
  const headerServices = childOf(header, 0xa5)
  if (!headerIccid || !headerServices) throw new Error('The header was read before.')
  const first = firstApplications(elements)
  const names = Object.keys(VALUE_FILES) as ValueFileName[]
  const files = Object.fromEntries(names.map(name => [name, findFilePlace(first, roots, VALUE_FILES[name])])) as ValuePlaces['files']
  const { mncLength } = readSubscriberFields(elements)
  const own = new Set(first)
  const in_ = <T>(name: ProfileElement['name'], read: (root: TreeNode, element: ProfileElement) => T[]): T[] =>
    elements.flatMap((element, index) => {
      const root = roots[index]
      return element.name === name && root ? inElement(element, () => read(root, element)) : []
    })
  const akas = in_('akaParameter', (root, element) => akaPlace(root, own.has(element)))
  return {
    headerIccid,
    headerServices,
    files,
    codes: Object.fromEntries(
      Object.entries(CODES).map(([name, { element, reference }]) => [name, in_(element, root => codePlaces(root, element, reference))]),
    ) as ValuePlaces['codes'],
    akas,
    sharedKeys: in_('akaParameter', root => (childOf(configurationOf(root), 0xa0) ? [true] : [])).length,
    otaKeys: in_('securityDomain', otaKeyPlaces),
    suci: suciPlace(first, files),
    ...(mncLength ? { mncLength } : {}),
  }
}

/** The application whose identity an element holds a part of. */
function identityOf(name: ElementName): 'usim' | 'isim' | undefined {
  const application = APPLICATION_OF[name] ?? name
  return application === 'usim' || application === 'isim' ? application : undefined
}

// With multiple-usim or multiple-isim the row's identity is that of the first one: what belongs to the others is left out.
function firstApplications(elements: readonly ProfileElement[]): ProfileElement[] {
  const count = { usim: 0, isim: 0 }
  let context: 'usim' | 'isim' | undefined
  return elements.filter(({ name }) => {
    if (name === 'usim' || name === 'isim') {
      context = name
      count[name] += 1
    } else if (name === 'csim' || name === 'iot') context = undefined
    const application = name === 'akaParameter' ? context : identityOf(name)
    return application === undefined || count[application] <= 1
  })
}

function suciPlace(elements: readonly ProfileElement[], files: ValuePlaces['files']): FilePlace | NoPlace {
  const ust = contentOf(elements, VALUE_FILES.ust)
  const service = (number: number) => ((ust?.[(number - 1) >> 3] ?? 0) >> ((number - 1) & 7)) & 1
  if (!service(124)) return { reason: 'The template does not conceal the IMSI: service 124 of EF.UST is off.' }
  return service(125) ? files.suciByUsim : files.suciByMe
}

const configurationOf = (root: TreeNode) => root.children.slice(1).find(({ tag }) => tag === 0xa1)

/*
 * AlgoParameter ::= SEQUENCE { algorithmID [0] INTEGER, algorithmOptions [1] OCTET STRING, key [2] OCTET STRING, opc [3] OCTET STRING, … }
 */
function akaPlace(root: TreeNode, own: boolean): AkaPlace[] {
  const parameter = childOf(configurationOf(root), 0xa1)
  const [id, key, operatorCode] = [0x80, 0x82, 0x83].map(tag => childOf(parameter, tag))
  if (!id || !key || !operatorCode) return []
  return [{ algorithm: ALGORITHMS[readInteger(id.value)] ?? 'unknown', id, key, operatorCode, own }]
}

// PINConfiguration and PUKConfiguration: keyReference [0] INTEGER, value [1] OCTET STRING (SIZE (8))
function codePlaces(root: TreeNode, element: 'pinCodes' | 'pukCodes', reference: number): TreeNode[] {
  const body = configurationOf(root)
  const list = element === 'pukCodes' ? body : childOf(body, 0xa0)
  return (list?.children ?? []).flatMap(code => {
    const number = childOf(code, 0x80)
    const value = childOf(code, 0x81)
    return number && value?.value.length === 8 && readInteger(number.value) === reference ? [value] : []
  })
}

/*
 * KeyObject ::= SEQUENCE { keyUsageQualifier [21], keyAccess [22], keyIdentifier [2], keyVersionNumber [3], keyCounterValue [5],
 *   keyComponents SEQUENCE OF SEQUENCE { keyType [0] OCTET STRING, keyData [6] OCTET STRING, macLength [7] UInt8 DEFAULT 8 } }
 */
function otaKeyPlaces(root: TreeNode): OtaKeyPlace[] {
  const securityDomain = instanceAid(configurationOf(root))
  return (childOf(root, 0xa2)?.children ?? []).flatMap(key => {
    const [id, version] = [0x82, 0x83].map(tag => childOf(key, tag)?.value[0])
    const components = childOf(key, 0x30)?.children ?? []
    const keyType = childOf(components[0], 0x80)?.value[0]
    const data = childOf(components[0], 0x86)
    if (id === undefined || version === undefined || keyType === undefined || !data || components.length > 1) return []
    return [{ securityDomain, keyVersion: version, keyId: id, keyType, data }]
  })
}

// ApplicationInstance ::= SEQUENCE { applicationLoadPackageAID, classAID, instanceAID [APPLICATION 15] ApplicationIdentifier, … }
const instanceAid = (instance: TreeNode | undefined): string =>
  instance?.children
    .filter(({ tag }) => tag === 0x4f)[2]
    ?.value.toString('hex')
    .toUpperCase() ?? ''

import { type ElementName, headerElement, inElement, type ProfileElement, readElements } from '@/lib/rsp/saip/elements'
import { ALGORITHMS, type AlgorithmName } from '@/lib/rsp/saip/fields'
import { ELEMENT_TITLES } from '@/lib/rsp/saip/file-templates'
import { declaredFiles } from '@/lib/rsp/saip/files'
import { type TemplateFile, templateFiles } from '@/lib/rsp/saip/files-of-template'
import { readProfileHeader } from '@/lib/rsp/saip/header'
import { childOf, readTree, type TreeNode } from '@/lib/rsp/saip/package-tree'
import { readInteger } from '@/lib/rsp/tlv'

/** An application, security domain or remote file management that an element brings; AIDs and TARs in hexadecimal. */
export interface TemplateApplication {
  kind: 'security-domain' | 'rfm' | 'application' | 'load-package'
  aid: string
  classAid?: string
  packageAid?: string
  /** The security domain that it belongs to, where the element names one. */
  securityDomainAid?: string
  tars: string[]
  /** Of a security domain. */
  keys: { keyVersion: number; keyId: number; type: string; bytes: number }[]
}

/** A PIN, PUK or administrative key: never its value. */
export interface TemplateCode {
  reference: number
  name: string
  /** PUK that unblocks it. */
  pukReference?: number
}

/** One element of a template, as the portal shows it. Plain data without key material. */
export interface TemplateElement {
  number: number
  name: ElementName
  title: string
  /** What the eUICC quotes when it refuses the element. */
  identification?: number
  mandated: boolean
  sizeBytes: number
  templateId?: string
  files: TemplateFile[]
  applications: TemplateApplication[]
  codes: TemplateCode[]
  /** Of an akaParameter: its algorithm, or the AID of the application whose key it shares. */
  authentication?: { algorithm: AlgorithmName | 'unknown'; keyBytes: number } | { sharedWith: string }
}

/** What a template has in it. */
export interface TemplateTree {
  iccid: string
  profileName: string
  saipVersion: string
  mandatoryServices: string[]
  mandatoryTemplates: string[]
  mandatoryAids: { aid: string; version: string }[]
  sizeBytes: number
  /** Files that the package describes, and the sum of the sizes that they reserve. */
  fileCount: number
  fileBytes: number
  elements: TemplateElement[]
}

/** Reads a template for people. @param upp unprotected profile package @throws PackageError */
export function readTemplateTree(upp: Uint8Array): TemplateTree {
  const elements = readElements(upp)
  const header = readProfileHeader(headerElement(elements))
  const files = declaredFiles(elements)
  return {
    iccid: header.iccid,
    profileName: header.profileType ?? '',
    saipVersion: `${header.majorVersion}.${header.minorVersion}`,
    mandatoryServices: header.mandatoryServices,
    mandatoryTemplates: header.mandatoryTemplates,
    mandatoryAids: header.mandatoryAids,
    sizeBytes: upp.length,
    fileCount: files.count,
    fileBytes: files.bytes,
    elements: elements.map(element => inElement(element, () => templateElement(element, elements))),
  }
}

function templateElement(element: ProfileElement, elements: readonly ProfileElement[]): TemplateElement {
  const { number, name, identification, mandated, raw, templateId } = element
  const members = readTree(element.value)
  const authentication = name === 'akaParameter' ? authenticationOf(members) : undefined
  return {
    number,
    name,
    title: ELEMENT_TITLES[name],
    ...(identification === undefined ? {} : { identification }),
    mandated,
    sizeBytes: raw.length,
    ...(templateId ? { templateId } : {}),
    files: templateFiles(element, members, elements),
    applications: applicationsOf(name, members),
    codes: name === 'pinCodes' || name === 'pukCodes' ? codesOf(name, members) : [],
    ...(authentication ? { authentication } : {}),
  }
}

/** Elements that bring applications, read from the members of one. @throws TlvError */
export function applicationsOf(name: ElementName, members: readonly TreeNode[]): TemplateApplication[] {
  const body = members.slice(1)
  const member = (tag: number) => body.find(node => node.tag === tag)
  if (name === 'securityDomain') return [instance('security-domain', member(0xa1), keysOf(member(0xa2)))]
  if (name === 'rfm') {
    const [aid = '', securityDomainAid] = aidsOf(body)
    const tars = (member(0xa0)?.children ?? []).map(({ value }) => hex(value))
    return [{ kind: 'rfm', aid, ...(securityDomainAid ? { securityDomainAid } : {}), tars, keys: [] }]
  }
  if (name !== 'application') return []
  // PE-Application ::= SEQUENCE { app-Header PEHeader, loadBlock [1] ApplicationLoadPackage OPTIONAL, instanceList [2] SEQUENCE OF ApplicationInstance OPTIONAL }
  const load = member(0xa1)
  const [aid, securityDomainAid] = aidsOf(load?.children ?? [])
  const instances = (member(0xa2)?.children ?? []).map(node => instance('application', node, []))
  if (!aid) return instances
  return [{ kind: 'load-package', aid, ...(securityDomainAid ? { securityDomainAid } : {}), tars: [], keys: [] }, ...instances]
}

// ApplicationInstance: load package, class and instance AID, AID of the domain it is extradited to (all 4F), …, applicationParameters EA
function instance(kind: TemplateApplication['kind'], node: TreeNode | undefined, keys: TemplateApplication['keys']): TemplateApplication {
  const [packageAid, classAid, aid = '', securityDomainAid] = aidsOf(node?.children ?? [])
  return {
    kind,
    aid,
    ...(classAid ? { classAid } : {}),
    ...(packageAid ? { packageAid } : {}),
    ...(securityDomainAid ? { securityDomainAid } : {}),
    tars: toolkitTars(childOf(childOf(node, 0xea), 0x80)?.value),
    keys,
  }
}

// TS 102 226, UICC toolkit parameters: priority, timers, text length, n menu entries of 2 octets, channels, MSL (LV), TARs (LV).
function toolkitTars(field: Buffer | undefined): string[] {
  if (!field) return []
  const at = (index: number) => field[index] ?? 0
  const security = 5 + 2 * at(3)
  const start = security + 1 + at(security)
  const tars = field.subarray(start + 1, start + 1 + at(start))
  return Array.from({ length: Math.floor(tars.length / 3) }, (_, index) => hex(tars.subarray(3 * index, 3 * index + 3)))
}

const KEY_TYPES: Record<number, string> = { 128: 'DES', 133: 'PSK-TLS', 136: 'AES' }

const keysOf = (list: TreeNode | undefined): TemplateApplication['keys'] =>
  (list?.children ?? []).map(key => {
    const component = childOf(childOf(key, 0x30), 0x30)
    const keyType = childOf(component, 0x80)?.value[0] ?? 0
    return {
      keyVersion: childOf(key, 0x83)?.value[0] ?? 0,
      keyId: childOf(key, 0x82)?.value[0] ?? 0,
      type: KEY_TYPES[keyType] ?? keyType.toString(16).toUpperCase().padStart(2, '0'),
      bytes: childOf(component, 0x86)?.value.length ?? 0,
    }
  })

function codesOf(element: 'pinCodes' | 'pukCodes', members: readonly TreeNode[]): TemplateCode[] {
  const body = members.slice(1).find(({ tag }) => tag === 0xa1)
  const list = element === 'pukCodes' ? body : childOf(body, 0xa0)
  return (list?.children ?? []).flatMap(code => {
    const number = childOf(code, 0x80)
    const puk = childOf(code, 0x82)
    if (!number) return []
    const reference = readInteger(number.value)
    const pukReference = element === 'pinCodes' && puk ? readInteger(puk.value) : undefined
    return [{ reference, name: codeName(element, reference), ...(pukReference === undefined ? {} : { pukReference }) }]
  })
}

// PINKeyReferenceValue: global PINs 1 to 8, local ones 129 to 136, ADM1 to ADM5 10 to 14, ADM6 to ADM10 138 to 142.
function codeName(element: 'pinCodes' | 'pukCodes', reference: number): string {
  if (element === 'pinCodes' && reference >= 10 && reference <= 14) return `ADM${reference - 9}`
  if (element === 'pinCodes' && reference >= 138 && reference <= 142) return `ADM${reference - 132}`
  const kind = element === 'pinCodes' ? 'PIN' : 'PUK'
  if (reference === 1 || reference === 129) return `${kind}${reference === 1 ? 1 : 2}`
  return reference > 129 ? `${kind}2 of application ${reference - 128}` : `${kind} of application ${reference}`
}

function authenticationOf(members: readonly TreeNode[]): TemplateElement['authentication'] {
  const configuration = members.slice(1).find(({ tag }) => tag === 0xa1)
  const mapping = childOf(configuration, 0xa0)
  if (mapping) return { sharedWith: hex(childOf(mapping, 0x81)?.value ?? Buffer.alloc(0)) }
  const parameter = childOf(configuration, 0xa1)
  const id = childOf(parameter, 0x80)
  if (!id) return undefined
  return { algorithm: ALGORITHMS[readInteger(id.value)] ?? 'unknown', keyBytes: childOf(parameter, 0x82)?.value.length ?? 0 }
}

const aidsOf = (members: readonly TreeNode[]) => members.filter(({ tag }) => tag === 0x4f).map(({ value }) => hex(value))

const hex = (octets: Buffer) => octets.toString('hex').toUpperCase()

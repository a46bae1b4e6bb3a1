import { checkPackage, type Finding } from '@/lib/rsp/saip/check-package'
import { headerElement, inElement, PackageError, type ProfileElement, placeOf, readElements } from '@/lib/rsp/saip/elements'
import { templateFiles } from '@/lib/rsp/saip/files-of-template'
import { type ProfileHeader, readProfileHeader } from '@/lib/rsp/saip/header'
import { childOf, readTree, type TreeNode } from '@/lib/rsp/saip/package-tree'
import { applicationsOf } from '@/lib/rsp/saip/template-tree'
import { readInteger } from '@/lib/rsp/tlv'

/**
 * Checks a package for its use as a template: all that `checkPackage` asks, and what else keeps a device from installing it.
 * Findings of severity `error` refuse it.
 * @param upp unprotected profile package
 * @throws PackageError when it cannot be read at all
 */
export function checkTemplate(upp: Uint8Array): Finding[] {
  const elements = readElements(upp)
  const header = readProfileHeader(headerElement(elements))
  const trees = new Map(elements.map(element => [element, inElement(element, () => readTree(element.value))]))
  const membersOf = (element: ProfileElement) => trees.get(element) ?? []
  const error = (sentence: string): Finding => ({ severity: 'error', sentence })
  const warning = (sentence: string): Finding => ({ severity: 'warning', sentence })
  return [
    ...checkPackage(elements, header),
    ...[...fileTemplates(elements, header), ...contexts(elements, membersOf), ...domains(elements, membersOf)].map(error),
    ...[...algorithms(elements, membersOf), ...codes(elements, membersOf), ...files(elements, membersOf)].map(error),
    ...undemanded(elements, header).map(warning),
  ]
}

/** Refuses a template that a device could not install. @throws PackageError with the first reasons */
export function requireInstallable(upp: Uint8Array): void {
  const errors = checkTemplate(upp).filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return
  const further = errors.length > 3 ? ` And ${errors.length - 3} more.` : ''
  throw new PackageError(
    `${errors
      .slice(0, 3)
      .map(({ sentence }) => sentence)
      .join(' ')}${further}`,
  )
}

type Members = (element: ProfileElement) => readonly TreeNode[]

// 2.23.143.1.2.<template>[.<edition>]
const templateOf = (oid: string) => oid.split('.').slice(0, 6).join('.')

function fileTemplates(elements: readonly ProfileElement[], { mandatoryTemplates }: ProfileHeader): string[] {
  const used = new Set(elements.flatMap(({ templateId }) => (templateId ? [templateOf(templateId)] : [])))
  return mandatoryTemplates
    .filter(oid => !used.has(templateOf(oid)))
    .map(oid => `The header demands the file template ${oid}, but the package has no element made from it.`)
}

function undemanded(elements: readonly ProfileElement[], { mandatoryTemplates }: ProfileHeader): string[] {
  return elements
    .filter(({ templateId }) => templateId && !mandatoryTemplates.includes(templateId))
    .map(element => `${placeOf(element)} is made from the file template ${element.templateId}, which the header does not demand.`)
}

const bodyOf = (members: readonly TreeNode[], tag = 0xa1) => members.slice(1).find(member => member.tag === tag)

// ADFs stand in the first member of usim, isim and csim, in A8 of iot; genericFileManagement makes further ones.
function adfOf(element: ProfileElement, members: readonly TreeNode[]): { aid: string; fid: string } | undefined {
  const tag = element.name === 'iot' ? 0xa8 : 0xa2
  if (!['usim', 'isim', 'csim', 'iot'].includes(element.name)) return undefined
  const fcp = childOf(
    members.slice(2).find(member => member.tag === tag),
    0xa1,
  )
  return { aid: hex(childOf(fcp, 0x84)?.value), fid: hex(childOf(fcp, 0x83)?.value) }
}

/** Keys and codes follow the application they are for; what they share is defined before. */
function contexts(elements: readonly ProfileElement[], membersOf: Members): string[] {
  const sentences: string[] = []
  const aids = new Set<string>()
  const fids = new Set<string>()
  for (const element of elements) {
    const members = membersOf(element)
    const adf = adfOf(element, members)
    if (adf?.aid && aids.has(adf.aid)) sentences.push(`${placeOf(element)} has the AID ${adf.aid} of an application before it.`)
    if (adf?.fid && fids.has(adf.fid))
      sentences.push(`${placeOf(element)} has the temporary file ID ${adf.fid} of an application before it.`)
    if (adf) {
      aids.add(adf.aid)
      fids.add(adf.fid)
    }
    if (element.name === 'genericFileManagement') for (const aid of managedAids(members)) aids.add(aid)
    if (element.name !== 'akaParameter') continue
    if (aids.size === 0) sentences.push(`${placeOf(element)} has no application before it that it could authenticate.`)
    const mapping = childOf(bodyOf(members), 0xa0)
    const source = mapping && hex(childOf(mapping, 0x81)?.value)
    if (source !== undefined && !aids.has(source))
      sentences.push(`${placeOf(element)} shares the key of application ${source}, which the package does not define before it.`)
  }
  return sentences
}

const managedAids = (members: readonly TreeNode[]): string[] =>
  (bodyOf(members)?.children ?? []).flatMap(command =>
    command.children.flatMap(member => (childOf(member, 0x84) ? [hex(childOf(member, 0x84)?.value)] : [])),
  )

/** A security domain stands before what belongs to it. */
function domains(elements: readonly ProfileElement[], membersOf: Members): string[] {
  const known = new Set<string>()
  const owned = new Map<string, ProfileElement>()
  return elements.flatMap(element => {
    const applications = inElement(element, () => applicationsOf(element.name, membersOf(element)))
    const sentences = applications.flatMap(({ kind, aid, securityDomainAid }) => {
      const owner = kind === 'load-package' ? undefined : owned.get(aid)
      if (kind !== 'load-package') owned.set(aid, element)
      const double = owner ? [`${placeOf(element)} has the AID ${aid}, as ${placeOf(owner)} has.`] : []
      if (securityDomainAid && !known.has(securityDomainAid))
        return [...double, `${placeOf(element)} belongs to security domain ${securityDomainAid}, which no element before it creates.`]
      if (kind === 'rfm' && known.size === 0)
        return [...double, `${placeOf(element)} has no security domain before it that could serve it.`]
      return double
    })
    for (const { kind, aid } of applications) if (kind === 'security-domain') known.add(aid)
    return sentences
  })
}

/** Lengths of K and OPc or TOPc by algorithmID. */
const KEY_BYTES: Record<number, { title: string; key: number[]; operatorCode: number[] }> = {
  1: { title: 'Milenage', key: [16], operatorCode: [16] },
  2: { title: 'TUAK', key: [16, 32], operatorCode: [32] },
}

function algorithms(elements: readonly ProfileElement[], membersOf: Members): string[] {
  return elements.flatMap(element =>
    inElement(element, () => {
      if (element.name !== 'akaParameter') return []
      const configuration = bodyOf(membersOf(element))
      const parameter = childOf(configuration, 0xa1)
      if (!parameter)
        return childOf(configuration, 0xa0) ? [] : [`${placeOf(element)} has neither a key nor an application to share one with.`]
      const id = childOf(parameter, 0x80)
      const rule = id && KEY_BYTES[readInteger(id.value)]
      const lengths = [0x82, 0x83].map(tag => childOf(parameter, tag)?.value.length ?? 0)
      const [key = 0, operatorCode = 0] = lengths
      if (!id || (!rule && readInteger(id.value) !== 3)) return [`${placeOf(element)} names an algorithm that SAIP does not.`]
      if (!rule || (rule.key.includes(key) && rule.operatorCode.includes(operatorCode))) return []
      return [`${placeOf(element)} has a key of ${key} and an operator code of ${operatorCode} octets, which is not ${rule.title}.`]
    }),
  )
}

function codes(elements: readonly ProfileElement[], membersOf: Members): string[] {
  return elements.flatMap(element => {
    if (element.name !== 'pinCodes' && element.name !== 'pukCodes') return []
    const body = bodyOf(membersOf(element))
    const list = (element.name === 'pukCodes' ? body : childOf(body, 0xa0))?.children ?? []
    const references = list.map(code => hex(childOf(code, 0x80)?.value))
    return [
      ...(list.some(code => childOf(code, 0x81)?.value.length !== 8) ? [`${placeOf(element)} has a code that is not 8 octets long.`] : []),
      ...(new Set(references).size < references.length ? [`${placeOf(element)} defines one code twice.`] : []),
    ]
  })
}

/** What is written into a file must have room in it. */
function files(elements: readonly ProfileElement[], membersOf: Members): string[] {
  return elements.flatMap(element =>
    inElement(element, () => {
      const described = templateFiles(element, membersOf(element), elements)
      const all = [
        ...described,
        ...described.flatMap(file => file.files),
        ...described.flatMap(file => file.files.flatMap(inner => inner.files)),
      ]
      return all.flatMap(({ name, sizeBytes, recordBytes, contentBytes, kind }) => {
        if (sizeBytes === undefined || kind === 'ber-tlv') return []
        if (contentBytes > sizeBytes) return [`${placeOf(element)} writes ${contentBytes} octets into ${name}, which has ${sizeBytes}.`]
        if (recordBytes && sizeBytes % recordBytes)
          return [`${placeOf(element)}: ${name} has ${sizeBytes} octets, no multiple of its records of ${recordBytes}.`]
        return []
      })
    }),
  )
}

const hex = (octets: Buffer | undefined) => octets?.toString('hex').toUpperCase() ?? ''

import { APPLICATION_OF, type ProfileElement } from '@/lib/rsp/saip/elements'
import { templateMember } from '@/lib/rsp/saip/file-templates'
import { childOf, readTree, type TreeNode } from '@/lib/rsp/saip/package-tree'
import { TlvError } from '@/lib/rsp/tlv'

/** A file of a template, as the portal shows it. */
export interface TemplateFile {
  /** EF.IMSI; by its FID alone where genericFileManagement makes a file that no template names. */
  name: string
  fid?: string
  /** FIDs from below the MF, an ADF by its temporary one: '7FD0/6F07'. */
  path: string
  kind: 'directory' | 'transparent' | 'linear-fixed' | 'cyclic' | 'ber-tlv' | 'link' | 'by-template'
  /** As the package declares it; left out where the file template decides. */
  sizeBytes?: number
  recordBytes?: number
  /** Octets that the package writes into it. */
  contentBytes: number
  /** Of an application. */
  aid?: string
  /** Inside a directory. */
  files: TemplateFile[]
}

/** The files that an element creates or writes. @param members of the element, its PEHeader first @throws TlvError */
export function templateFiles(element: ProfileElement, members: readonly TreeNode[], elements: readonly ProfileElement[]): TemplateFile[] {
  if (element.name === 'genericFileManagement') return managedFiles(members)
  if (element.templateId === undefined) return []
  return nested(element, members.slice(2), baseOf(element, elements))
}

function nested(element: ProfileElement, members: readonly TreeNode[], base: string): TemplateFile[] {
  const top: TemplateFile[] = []
  let root: TemplateFile | undefined
  let directory: TemplateFile | undefined
  for (const member of members) {
    if (childOf(member, 0x80)) continue
    const { name, fid } = templateMember(element.name, member.tag) ?? { name: 'File' }
    const fcp = member.children.findLast(({ tag }) => tag === 0xa1)
    const contentBytes = member.children.reduce((sum, { tag, value }) => sum + (tag === 0x83 ? value.length : 0), 0)
    const isRoot = name === 'MF' || name.startsWith('ADF.') || (name.startsWith('DF.') && !root)
    const parent = isRoot ? undefined : name.startsWith('DF.') ? root : directory
    const file = described(name, fcp, fid, parent ? parent.path : name.startsWith('ADF.') ? '' : base, contentBytes)
    if (isRoot) root = file
    if (isRoot || name.startsWith('DF.')) {
      file.kind = 'directory'
      directory = file
    }
    if (name === 'MF') file.path = ''
    const siblings = parent ? parent.files : top
    siblings.push(file)
  }
  return top
}

function managedFiles(members: readonly TreeNode[]): TemplateFile[] {
  const files: TemplateFile[] = []
  for (const command of members.slice(1).find(({ tag }) => tag === 0xa1)?.children ?? []) {
    let directory = ''
    let file: TemplateFile | undefined
    for (const member of command.children) {
      if (member.tag === 0x80) {
        directory = pathText(member.value)
        file = undefined
      } else if (member.tag === 0x62) {
        file = described('', member, undefined, directory, 0)
        file.name = `${file.kind === 'directory' ? 'DF' : 'EF'} ${file.fid ?? ''}`.trim()
        files.push(file)
      } else if (member.tag === 0x81) {
        if (!file) {
          file = {
            name: `EF ${directory.slice(-4)}`,
            fid: directory.slice(-4),
            path: directory,
            kind: 'by-template',
            contentBytes: 0,
            files: [],
          }
          files.push(file)
        }
        file.contentBytes += member.value.length
      }
    }
  }
  return files
}

function described(
  name: string,
  fcp: TreeNode | undefined,
  templateFid: string | undefined,
  directory: string,
  contentBytes: number,
): TemplateFile {
  const own = childOf(fcp, 0x83)?.value
  const fid = own ? hex(own) : templateFid
  const aid = childOf(fcp, 0x84)?.value
  const descriptor = childOf(fcp, 0x82)?.value
  const size = childOf(fcp, 0x80)?.value ?? childOf(childOf(fcp, 0xa5), 0x86)?.value
  const kind = childOf(fcp, 0xc7)?.value.length ? 'link' : descriptor ? kindOf(descriptor[0] ?? 0) : 'by-template'
  const inRecords = kind === 'linear-fixed' || kind === 'cyclic'
  return {
    name,
    ...(fid ? { fid } : {}),
    path: [directory, fid ?? name].filter(part => part !== '').join('/'),
    kind,
    ...(size?.length && kind !== 'directory' ? { sizeBytes: sizeOf(size) } : {}),
    ...(inRecords && descriptor && descriptor.length >= 4 ? { recordBytes: descriptor.readUInt16BE(2) } : {}),
    contentBytes,
    ...(aid ? { aid: hex(aid) } : {}),
    files: [],
  }
}

// TS 102 221 §11.1.1.4.3: structure in the low bits, 38 for a directory, 39 for BER-TLV.
function kindOf(descriptor: number): TemplateFile['kind'] {
  switch (descriptor & 0x3f) {
    case 0x38:
      return 'directory'
    case 0x39:
      return 'ber-tlv'
    case 0x02:
      return 'linear-fixed'
    case 0x06:
      return 'cyclic'
    default:
      return 'transparent'
  }
}

function sizeOf(size: Buffer): number {
  if (size.length > 6) throw new TlvError('a file size is out of range')
  return size.readUIntBE(0, size.length)
}

function baseOf(element: ProfileElement, elements: readonly ProfileElement[]): string {
  const application = APPLICATION_OF[element.name]
  const before = elements.slice(0, element.number - 1).findLast(({ name }) => name === application)
  if (!before) return ''
  const adf = readTree(before.value).find(({ tag }, index) => index > 1 && tag === (application === 'iot' ? 0xa8 : 0xa2))
  const fid = childOf(childOf(adf, 0xa1), 0x83)?.value
  return fid ? hex(fid) : `ADF.${(application ?? '').toUpperCase()}`
}

const pathText = (path: Buffer) =>
  hex(path)
    .replace(/^3F00/, '')
    .replace(/(.{4})(?=.)/g, '$1/')

const hex = (octets: Buffer) => octets.toString('hex').toUpperCase()

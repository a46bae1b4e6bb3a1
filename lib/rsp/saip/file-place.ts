import type { ProfileElement } from '@/lib/rsp/saip/elements'
import { type Changes, childOf, type Part, type Slot, type TreeNode } from '@/lib/rsp/saip/package-tree'
import { contentOf, creatorOf, pathOf, type ValueFile } from '@/lib/rsp/saip/value-files'
import { integerValue, readInteger, tlv } from '@/lib/rsp/tlv'

/** The last place where a package creates or writes a file: the members of a File, or a run of commands in genericFileManagement. */
interface Writer {
  container: TreeNode
  /** Member after which a first content belongs: the descriptor or the path that selects the file. */
  anchor?: TreeNode
  contents: { node: TreeNode; at: number; content: Buffer }[]
  /** Members that say where to write, the contents' own among them. */
  steps: TreeNode[]
  tags: { skip: number; content: number }
}

/** A file of the package that can be given another content. */
export interface FilePlace {
  name: string
  writer: Writer
  /** The descriptor that counts. */
  fcp?: TreeNode
  /** File of a template element without a descriptor: one can be put in. */
  bare?: TreeNode
  /** Octets of a transparent file, or of one record. */
  sizeBytes?: number
  inRecords: boolean
  /** Content before any change, all records in a row. */
  current?: Buffer
}

export interface NoPlace {
  /** For people: why the package cannot take the value. */
  reason: string
}

const TEMPLATE_TAGS = { path: 0, fcp: 0xa1, skip: 0x82, content: 0x83 }
const GENERIC_TAGS = { path: 0x80, fcp: 0x62, skip: 0x02, content: 0x81 }

/** Finds where a package gives a file its content. @throws PackageError | TlvError where it is malformed */
export function findFilePlace(elements: readonly ProfileElement[], roots: readonly TreeNode[], file: ValueFile): FilePlace | NoPlace {
  const creator = creatorOf(elements, file)
  const own = creator && roots[creator.element.number - 1]?.children.slice(1).find(({ tag }) => tag === creator.tag)
  const written = own && !childOf(own, 0x80) ? [writerIn(own, own.children, TEMPLATE_TAGS)] : []
  const writers = [...written, ...genericWriters(elements, roots, pathOf(elements, file))]
  const writer = writers.at(-1)
  if (!writer) return { reason: `The template has no ${file.name}.` }

  const descriptors = writers.flatMap(({ descriptor }) => (descriptor ? [descriptor] : []))
  const last = (tag: number) => descriptors.findLast(fcp => childOf(fcp, tag))
  const lastValue = (tag: number) => childOf(last(tag), tag)?.value
  if (childOf(descriptors.at(-1), 0xc7)?.value.length) return { reason: `${file.name} of the template is a link to another file.` }
  const descriptor = lastValue(0x82)
  const inRecords = file.inRecords === true
  if (descriptor && ((descriptor[0] ?? 0) & 0x3f) !== (inRecords ? 0x02 : 0x01))
    return { reason: `${file.name} of the template is no ${inRecords ? 'linear fixed' : 'transparent'} file.` }
  const declared = inRecords ? descriptor?.subarray(2, 4) : lastValue(0x80)
  const sizeBytes = declared?.length ? readInteger(Buffer.concat([Buffer.of(0), declared.subarray(-4)])) : file.defaultBytes
  if (inRecords && sizeBytes === undefined) return { reason: `${file.name} of the template has no record length.` }

  const fcp = last(0x80) ?? descriptors.at(-1)
  const bare = !fcp && written.length > 0 ? own : undefined
  const current = contentOf(elements, file)
  return {
    name: file.name,
    writer,
    inRecords,
    ...(fcp ? { fcp } : {}),
    ...(bare ? { bare } : {}),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(current ? { current } : {}),
  }
}

/** Notes down that the file's first octets come from a slot. @returns false when the file cannot be made long enough */
export function changeFile(changes: Changes, { writer, fcp, bare, sizeBytes, inRecords }: FilePlace, slot: Slot): boolean {
  const tooShort = sizeBytes === undefined || slot.length > sizeBytes
  if (tooShort && (inRecords || (!fcp && !bare))) return false
  const parts = contentParts(writer, slot)
  if (tooShort && fcp) changes.set(fcp, [{ tag: fcp.tag, parts: withSize(fcp.children, slot.length) }])
  if (tooShort && bare && bare !== writer.container) changes.set(bare, [{ tag: bare.tag, parts: [bareFcp(slot), bare.value] }])
  if (tooShort && bare && bare === writer.container) parts.unshift(bareFcp(slot))

  const [first, ...others] = writer.steps
  if (first) {
    changes.set(first, parts)
    for (const step of others) changes.set(step, [])
  } else if (writer.anchor) changes.set(writer.anchor, [...(changes.get(writer.anchor) ?? [writer.anchor.raw]), ...parts])
  else changes.set(writer.container, [{ tag: writer.container.tag, parts }])
  return true
}

const bareFcp = ({ length }: Slot): Buffer => tlv(0xa1, sizeMember(length))

// The steps from the file's start: the slot, then what lies behind it as it was.
function contentParts({ contents, steps, tags }: Writer, slot: Slot): Part[] {
  const first = contents[0]
  if (first?.at === 0 && first.content.length >= slot.length) {
    const changed: Part = { tag: tags.content, parts: [slot, first.content.subarray(slot.length)] }
    return steps.map(step => (step === first.node ? changed : step.raw))
  }
  const parts: Part[] = [{ tag: tags.content, parts: [slot] }]
  let end = slot.length
  for (const { at, content } of contents) {
    const from = Math.max(at, end)
    const rest = content.subarray(from - at)
    if (rest.length === 0) continue
    if (from > end) parts.push(tlv(tags.skip, integerValue(from - end)))
    parts.push(tlv(tags.content, rest))
    end = from + rest.length
  }
  return parts
}

// efFileSize is as short as can be, but not shorter than one octet.
function sizeMember(length: number): Buffer {
  const octets = integerValue(length)
  return tlv(0x80, octets.length > 1 && octets[0] === 0 ? octets.subarray(1) : octets)
}

// Fcp: 82, 83, 84, 8A and 8B stand before the size, C6, 88, A5 and C7 behind it.
function withSize(members: readonly TreeNode[], length: number): Part[] {
  const before = members.filter(({ tag }) => [0x82, 0x83, 0x84, 0x8a, 0x8b].includes(tag))
  const behind = members.filter(member => member.tag !== 0x80 && !before.includes(member))
  return [...before.map(({ raw }) => raw), sizeMember(length), ...behind.map(({ raw }) => raw)]
}

function writerIn(container: TreeNode, members: readonly TreeNode[], tags: typeof TEMPLATE_TAGS): Writer & { descriptor?: TreeNode } {
  const descriptor = members.findLast(({ tag }) => tag === tags.fcp)
  const anchor = members.findLast(({ tag }) => tag === tags.fcp || (tags.path > 0 && tag === tags.path))
  const steps = members.slice(anchor ? members.indexOf(anchor) + 1 : 0).filter(({ tag }) => tag === tags.skip || tag === tags.content)
  const contents: Writer['contents'] = []
  let at = 0
  for (const node of steps) {
    if (node.tag === tags.skip) at += readInteger(node.value)
    else {
      contents.push({ node, at, content: node.value })
      at += node.value.length
    }
  }
  return { container, ...(anchor ? { anchor } : {}), ...(descriptor ? { descriptor } : {}), contents, steps, tags }
}

function genericWriters(elements: readonly ProfileElement[], roots: readonly TreeNode[], path: string): ReturnType<typeof writerIn>[] {
  const managed = elements.filter(({ name }) => name === 'genericFileManagement')
  const commands = managed.flatMap(({ number }) => childOf(roots[number - 1], 0xa1)?.children ?? [])
  return commands.flatMap(command => {
    const runs: TreeNode[][] = []
    let directory = ''
    let run: TreeNode[] | undefined
    for (const member of command.children) {
      const starts = member.tag === GENERIC_TAGS.path || member.tag === GENERIC_TAGS.fcp
      if (starts) {
        if (member.tag === GENERIC_TAGS.path) directory = hex(member.value).replace(/^3F00/, '')
        const fid = member.tag === GENERIC_TAGS.fcp ? childOf(member, 0x83)?.value : undefined
        run = directory + (fid ? hex(fid) : '') === path ? [] : undefined
        if (run) runs.push(run)
      }
      run?.push(member)
    }
    return runs.map(members => writerIn(command, members, GENERIC_TAGS))
  })
}

const hex = (octets: Buffer) => octets.toString('hex').toUpperCase()

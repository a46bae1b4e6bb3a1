import { inElement, PackageError, type ProfileElement } from '@/lib/rsp/saip/elements'
import { readAll, readInteger, type Tlv, TlvError } from '@/lib/rsp/tlv'

/** What a package does to one file, in order: create it, select it again, skip octets, write octets. */
export type FileStep = { fcp: Buffer } | { select: true } | { skip: number } | { content: Buffer } | { doNotCreate: true }

// Files with identifiers are tiny; the bound keeps crafted sizes and offsets from filling the memory.
const maxFileBytes = 4096

const maxOffset = 0xffff

/*
 * File ::= SEQUENCE OF CHOICE {
 *   doNotCreate [0] NULL, fileDescriptor [1] Fcp, fillFileOffset [2] UInt16, fillFileContent [3] OCTET STRING }
 */
/** The steps of the file that is member `tag` of a file-system element; undefined when the member is left out. @throws PackageError */
export function templateFileSteps(element: ProfileElement, tag: number): FileStep[] | undefined {
  return inElement(element, () => {
    const file = readAll(element.value).find((member, index) => index > 0 && member.tag === tag)
    return file && readAll(file.value).flatMap(fileStep)
  })
}

function fileStep({ tag, value }: Tlv): FileStep[] {
  if (tag === 0x80) return [{ doNotCreate: true }]
  if (tag === 0xa1) return [{ fcp: value }]
  if (tag === 0x82) return [{ skip: offsetOf(value) }]
  if (tag === 0x83) return [{ content: value }]
  return []
}

/*
 * FileManagement ::= SEQUENCE OF CHOICE {
 *   filePath [0] OCTET STRING, createFCP [APPLICATION 2] Fcp, fillFileOffset UInt16, fillFileContent [1] OCTET STRING }
 */
/**
 * The steps that genericFileManagement elements take on one file.
 * @param path FIDs in hexadecimal from below the MF, an ADF by its temporary FID: '2FE2', '7FD06F07'
 * @throws PackageError
 */
export function genericFileSteps(elements: readonly ProfileElement[], path: string): FileStep[] {
  return elements
    .filter(element => element.name === 'genericFileManagement')
    .flatMap(element => inElement(element, () => stepsOn(element, path)))
}

function stepsOn(element: ProfileElement, path: string): FileStep[] {
  const steps: FileStep[] = []
  for (const command of readAll(readAll(element.value).find(member => member.tag === 0xa1)?.value ?? Buffer.alloc(0))) {
    let directory = ''
    let file = ''
    for (const { tag, value } of readAll(command.value)) {
      if (tag === 0x80) {
        directory = file = value.toString('hex').toUpperCase().replace(/^3F00/, '')
        if (file === path) steps.push({ select: true })
      } else if (tag === 0x62) {
        file = directory + (memberOf(value, 0x83)?.toString('hex').toUpperCase() ?? '')
        if (file === path) steps.push({ fcp: value })
      } else if (file === path) {
        if (tag === 0x02) steps.push({ skip: offsetOf(value) })
        if (tag === 0x81) steps.push({ content: value })
      }
    }
  }
  return steps
}

/**
 * The content of a transparent file after all its steps: what the package writes, over the fill pattern of its descriptor, over the template's default.
 * A fillFileOffset counts from the end of the write before it (from the start after the file was created or selected).
 * @param initial the template's default content; its length is the file's size where the descriptor names none
 * @returns undefined for a file that is not created, is a link to another one, or that nothing gives a content
 * @throws PackageError when the file is unreasonably large
 */
export function fileContent(steps: readonly FileStep[] | undefined, initial?: Buffer): Buffer | undefined {
  let content: Buffer | undefined = initial && Buffer.from(initial)
  let at = 0
  for (const step of steps ?? []) {
    if ('doNotCreate' in step) return undefined
    if ('fcp' in step) {
      if (memberOf(step.fcp, 0xc7)?.length) return undefined
      content = filled(step.fcp, content)
      at = 0
    } else if ('select' in step) {
      at = 0
    } else if ('skip' in step) {
      at = bounded(at + step.skip)
    } else {
      const end = bounded(at + step.content.length)
      if (!content || end > content.length) content = padded(content, end)
      step.content.copy(content, at)
      at = end
    }
  }
  return content
}

/** Sizes that the file descriptors of a package reserve, and how many files it describes. */
export function declaredFiles(elements: readonly ProfileElement[]): { count: number; bytes: number } {
  let count = 0
  let bytes = 0
  for (const element of elements) {
    const descriptors = inElement(element, () => descriptorsOf(element))
    count += descriptors.length
    for (const fcp of descriptors) bytes += Math.max(numberOf(memberOf(fcp, 0x80)), numberOf(memberOf(memberOf(fcp, 0xa5), 0x86)))
  }
  return { count, bytes }
}

function descriptorsOf(element: ProfileElement): Buffer[] {
  const all = (member: Tlv | undefined, tag: number) => readAll(member?.value ?? Buffer.alloc(0)).filter(inner => inner.tag === tag)
  const members = readAll(element.value)
  if (element.name === 'genericFileManagement')
    return all(
      members.find(member => member.tag === 0xa1),
      0x30,
    ).flatMap(command => all(command, 0x62).map(fcp => fcp.value))
  if (element.templateId === undefined) return []
  return members.slice(2).flatMap(file => all(file, 0xa1).map(fcp => fcp.value))
}

// Fcp: efFileSize [0], proprietaryEFInfo [5] { fillPattern [PRIVATE 1], repeatPattern [PRIVATE 2] } (TS 102 222 §6.3.2.2.2)
function filled(fcp: Buffer, initial: Buffer | undefined): Buffer | undefined {
  const proprietary = memberOf(fcp, 0xa5)
  const fillPattern = memberOf(proprietary, 0xc1)
  const repeatPattern = memberOf(proprietary, 0xc2)
  const declared = memberOf(fcp, 0x80)
  const size = declared ? bounded(numberOf(declared)) : initial?.length
  if (fillPattern?.length) {
    const content = Buffer.alloc(size ?? fillPattern.length, fillPattern.at(-1))
    fillPattern.copy(content)
    return content
  }
  if (repeatPattern?.length) return Buffer.alloc(size ?? repeatPattern.length, repeatPattern)
  return size === undefined ? undefined : padded(initial, size)
}

function padded(content: Buffer | undefined, size: number): Buffer {
  const longer = Buffer.alloc(size, 0xff)
  content?.copy(longer)
  return longer
}

const memberOf = (value: Buffer | undefined, tag: number) => value && readAll(value).find(member => member.tag === tag)?.value

const numberOf = (value: Buffer | undefined) => (value?.length ? value.readUIntBE(0, Math.min(value.length, 6)) : 0)

function offsetOf(value: Buffer): number {
  const offset = readInteger(value)
  if (offset > maxOffset) throw new TlvError('fillFileOffset is over 65535')
  return offset
}

function bounded(bytes: number): number {
  if (bytes > maxFileBytes) throw new PackageError(`A file that holds an identifier is over ${maxFileBytes} octets.`)
  return bytes
}

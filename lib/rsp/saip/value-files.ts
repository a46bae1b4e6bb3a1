import type { ElementName, ProfileElement } from '@/lib/rsp/saip/elements'
import { fileContent, genericFileSteps, templateFileSteps } from '@/lib/rsp/saip/files'
import { readAll } from '@/lib/rsp/tlv'

/** A file that holds something of the subscriber. */
export interface ValueFile {
  name: string
  fid: string
  /** Where it lies; genericFileManagement reaches it by that path. */
  directory: 'mf' | 'usim' | 'isim' | 'df-5gs' | 'df-saip'
  /** Elements that may create it, with the tag of its member. */
  members: Partial<Record<ElementName, number>>
  /** Octets that the file template gives it when no descriptor says so: of a record where `inRecords`. */
  defaultBytes?: number
  inRecords?: boolean
  /** Content that the file template gives it. */
  initial?: Buffer
}

/** The files by what they hold. Members and defaults are those of the SAIP file templates (Annex A). */
export const VALUE_FILES = {
  iccid: { name: 'EF.ICCID', fid: '2FE2', directory: 'mf', members: { mf: 0xa4, iot: 0xa4 }, defaultBytes: 10 },
  imsi: { name: 'EF.IMSI', fid: '6F07', directory: 'usim', members: { usim: 0xa3, iot: 0xa9 }, defaultBytes: 9 },
  ust: { name: 'EF.UST', fid: '6F38', directory: 'usim', members: { usim: 0xa8, iot: 0xae } },
  smsp: { name: 'EF.SMSP', fid: '6F42', directory: 'usim', members: { usim: 0xab, 'opt-iot': 0xa4 }, defaultBytes: 38, inRecords: true },
  spn: { name: 'EF.SPN', fid: '6F46', directory: 'usim', members: { usim: 0xad, 'opt-iot': 0xa6 }, defaultBytes: 17 },
  acc: { name: 'EF.ACC', fid: '6F78', directory: 'usim', members: { usim: 0xb2, iot: 0xb2 }, defaultBytes: 2 },
  ad: {
    name: 'EF.AD',
    fid: '6FAD',
    directory: 'usim',
    members: { usim: 0xb5, iot: 0xb5 },
    defaultBytes: 4,
    initial: Buffer.from('00000002', 'hex'),
  },
  gid1: { name: 'EF.GID1', fid: '6F3E', directory: 'usim', members: { 'opt-usim': 0xa5 } },
  gid2: { name: 'EF.GID2', fid: '6F3F', directory: 'usim', members: { 'opt-usim': 0xa6 } },
  msisdn: { name: 'EF.MSISDN', fid: '6F40', directory: 'usim', members: { 'opt-usim': 0xa7 }, defaultBytes: 24, inRecords: true },
  impi: { name: 'EF.IMPI', fid: '6F02', directory: 'isim', members: { isim: 0xa3 } },
  impu: { name: 'EF.IMPU', fid: '6F04', directory: 'isim', members: { isim: 0xa4 }, inRecords: true },
  imsDomain: { name: 'EF.DOMAIN', fid: '6F03', directory: 'isim', members: { isim: 0xa5 } },
  suciByMe: { name: 'EF.SUCI_Calc_Info', fid: '4F07', directory: 'df-5gs', members: { 'df-5gs': 0xa9, 'opt-iot': 0xb4 } },
  routingIndicator: {
    name: 'EF.Routing_Indicator',
    fid: '4F0A',
    directory: 'df-5gs',
    members: { 'df-5gs': 0xac, 'opt-iot': 0xb7 },
    defaultBytes: 4,
  },
  suciByUsim: { name: 'EF.SUCI_Calc_Info_USIM', fid: '4F01', directory: 'df-saip', members: { 'df-saip': 0xa3, 'opt-iot': 0xbb } },
} as const satisfies Record<string, ValueFile>

/** The element that creates the file and the tag of its member there; the first application of its kind has it. */
export function creatorOf(
  elements: readonly ProfileElement[],
  { members }: ValueFile,
): { element: ProfileElement; tag: number } | undefined {
  for (const element of elements) {
    const tag = members[element.name]
    if (tag !== undefined) return { element, tag }
  }
  return undefined
}

/** Path of the file from below the MF as genericFileManagement writes it. @throws PackageError */
export function pathOf(elements: readonly ProfileElement[], { directory, fid }: ValueFile): string {
  return directoryPath(elements, directory) + fid
}

/** The file's content after all that the package does to it; undefined when nothing creates or fills it. @throws PackageError */
export function contentOf(elements: readonly ProfileElement[], file: ValueFile): Buffer | undefined {
  const creator = creatorOf(elements, file)
  const created = creator && templateFileSteps(creator.element, creator.tag)
  const base = fileContent(created, creator ? file.initial : undefined)
  const steps = genericFileSteps(elements, pathOf(elements, file))
  return steps.length > 0 ? fileContent(steps, base) : base
}

const DIRECTORIES: Record<Exclude<ValueFile['directory'], 'mf'>, { creators: Partial<Record<ElementName, number>>; fid: string }> = {
  usim: { creators: { usim: 0xa2, iot: 0xa8 }, fid: '7FF0' },
  isim: { creators: { isim: 0xa2 }, fid: '7FF2' },
  'df-5gs': { creators: { 'df-5gs': 0xa2, 'opt-iot': 0xad }, fid: '5FC0' },
  'df-saip': { creators: { 'df-saip': 0xa2, 'opt-iot': 0xba }, fid: '5FD0' },
}

// Within an ADF, genericFileManagement names files by the temporary FID of the ADF's own descriptor.
function directoryPath(elements: readonly ProfileElement[], directory: ValueFile['directory']): string {
  if (directory === 'mf') return ''
  const { creators, fid } = DIRECTORIES[directory]
  const parent = directory === 'df-5gs' || directory === 'df-saip' ? directoryPath(elements, 'usim') : ''
  const creator = elements.find(({ name }) => creators[name] !== undefined)
  for (const step of (creator && templateFileSteps(creator, creators[creator.name] ?? 0)) ?? []) {
    const own = 'fcp' in step ? readAll(step.fcp).find(({ tag }) => tag === 0x83) : undefined
    if (own) return parent + own.value.toString('hex').toUpperCase()
  }
  return parent + fid
}

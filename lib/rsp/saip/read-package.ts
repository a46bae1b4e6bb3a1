import { type Iccid, iccidFromSwappedBcd } from '@/lib/rsp/identifiers'
import { checkPackage } from '@/lib/rsp/saip/check-package'
import { type ElementName, headerElement, PackageError, type ProfileElement, readElements } from '@/lib/rsp/saip/elements'
import { type AlgorithmName, type NaaName, readSubscriberFields } from '@/lib/rsp/saip/fields'
import { declaredFiles } from '@/lib/rsp/saip/files'
import { readProfileHeader } from '@/lib/rsp/saip/header'

/** What an operator may know of a package. Plain data; keys, PINs and PUKs are never in it. */
export interface PackageInfo {
  iccid: Iccid
  /** profileType of the header, empty when it names none. */
  profileName: string
  /** Version of the interoperable profile format: '2.3'. */
  saipVersion: string
  /** ASN.1 names of the services that the eUICC must have. */
  mandatoryServices: string[]
  /** Elements by name in the order of their first appearance. */
  elements: { name: ElementName; count: number; sizeBytes: number }[]
  sizeBytes: number
  /** Files that the package describes, and the sum of the sizes that they reserve. */
  fileCount: number
  fileBytes: number
  imsi?: string
  /** MCC and MNC of the IMSI: '00101', '310410'. */
  mccMnc?: string
  mncLength?: 2 | 3
  /** Contents of EF.GID1 and EF.GID2, hexadecimal. */
  gid1?: string
  gid2?: string
  /** Service provider name of EF.SPN. */
  spn?: string
  naas: NaaName[]
  algorithms: AlgorithmName[]
  /** Sentences: what an eUICC will most likely refuse, although the package could be read. */
  errors: string[]
  /** Sentences: what is unusual. */
  warnings: string[]
}

/** The largest package that is read unless the caller says otherwise. */
export const defaultMaxPackageBytes = 1_048_576

// A damaged package can break one rule thousands of times.
const maxSentences = 50

/**
 * Reads an unprotected profile package (UPP: ProfileElements in a row, DER).
 * Refuses what is none: not DER, another first element than the header, another last than `end`, a second header, an ICCID that is
 * malformed or not the one in EF.ICCID. Broken rules of order and dependency do not refuse it, they are told in `errors`.
 * @throws PackageError and nothing else
 */
export function readPackage(bytes: Uint8Array, { maxBytes = defaultMaxPackageBytes }: { maxBytes?: number } = {}): PackageInfo {
  if (bytes.length > maxBytes) throw new PackageError(`The package has ${bytes.length} octets, the limit is ${maxBytes}.`)
  const elements = readElements(bytes)
  const header = readProfileHeader(headerElement(elements))
  const { efIccid, warnings, ...fields } = readSubscriberFields(elements)
  if (efIccid) requireSameIccid(header.iccid, efIccid)
  const findings = checkPackage(elements, header)
  const sentences = (severity: 'error' | 'warning') =>
    findings
      .filter(finding => finding.severity === severity)
      .map(({ sentence }) => sentence)
      .slice(0, maxSentences)
  const files = declaredFiles(elements)
  return {
    iccid: header.iccid,
    profileName: header.profileType ?? '',
    saipVersion: `${header.majorVersion}.${header.minorVersion}`,
    mandatoryServices: header.mandatoryServices,
    elements: summary(elements),
    sizeBytes: bytes.length,
    fileCount: files.count,
    fileBytes: files.bytes,
    ...fields,
    errors: sentences('error'),
    warnings: [
      ...sentences('warning'),
      ...(efIccid ? [] : ['The package has no EF.ICCID of its own; the eUICC will compare the metadata with it.']),
      ...warnings,
    ],
  }
}

/**
 * A rough guess of the non-volatile memory that an installed package takes: 8 KiB for the ISD-P, its keys and metadata,
 * everything the package brings (contents, codes, keys, applets: each octet is kept once), the sizes that its files reserve,
 * and 48 octets of bookkeeping a file. Files that exist by template alone are not counted, and eUICCs differ: take it for a warning, never for a refusal.
 */
export function estimatedInstallBytes(info: Pick<PackageInfo, 'sizeBytes' | 'fileBytes' | 'fileCount'>): number {
  return 8192 + info.sizeBytes + info.fileBytes + 48 * info.fileCount
}

function requireSameIccid(iccid: Iccid, efIccid: Buffer): void {
  let found: Iccid | undefined
  try {
    found = efIccid.length === 10 ? iccidFromSwappedBcd(efIccid) : undefined
  } catch {
    // told by the sentence below
  }
  if (found === iccid) return
  const content = found ?? efIccid.toString('hex').toUpperCase().slice(0, 40)
  throw new PackageError(`EF.ICCID (${content}) and the header (${iccid}) disagree on the ICCID; an eUICC refuses such a package.`)
}

function summary(elements: readonly ProfileElement[]): PackageInfo['elements'] {
  const rows = new Map<ElementName, { name: ElementName; count: number; sizeBytes: number }>()
  for (const { name, raw } of elements) {
    const row = rows.get(name) ?? { name, count: 0, sizeBytes: 0 }
    rows.set(name, { name, count: row.count + 1, sizeBytes: row.sizeBytes + raw.length })
  }
  return [...rows.values()]
}

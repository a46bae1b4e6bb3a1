import type { Transaction } from '../pool'
import { type CopyEncoder, copyOctets, encodedFields, textArrayField, timestampField, uuidField } from './copy-encoder'

/** What all profiles of a batch have in common. */
export interface BatchColumns {
  /** Null: of no batch, in stock at once */
  batchId: string | null
  typeId: string
  createdAt: Date
  createdBy: string
  /** With a template the sealed octets are subscriber values, not a package */
  templateId: string | null
}

/** What eligibility and metadata need to know of a package. */
export interface PackageColumns {
  packageName: string
  saipVersion: string
  mandatoryServices: readonly string[]
  packageBytes: number
  installBytes: number
  gid1: string | null
  gid2: string | null
  spn: string | null
}

export interface CopiedProfile {
  iccid: string
  line: number
  imsi: string | null
  msisdn: string | null
  mccMnc: string | null
  warned: boolean
  /** The same object for rows that have it in common */
  facts: PackageColumns
  /** Sealed by the vault, identity `profile_package:<iccid>` */
  sealed: Buffer
}

export interface CopiedFinding {
  line: number
  place: number
  kind: string
  severity: string
  field: string | null
  sentence: string
}

/** A row as it came, sealed with the identity `batch_row:<batch>:<line>`. */
export interface CopiedFaultyRow {
  line: number
  sealed: Buffer
}

const storable = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '') : text)

const profileColumns = `type_id, batch_id, state, state_since, created_at, created_by, package_name, saip_version, mandatory_services, package_bytes,
  install_bytes, gid1, gid2, spn, iccid, line, imsi, msisdn, mcc_mnc, warned`

function factFields(encoder: CopyEncoder, facts: PackageColumns): void {
  encoder.text(storable(facts.packageName))
  encoder.text(facts.saipVersion)
  textArrayField(encoder, facts.mandatoryServices)
  encoder.int4(facts.packageBytes)
  encoder.int4(facts.installBytes)
  encoder.text(facts.gid1)
  encoder.text(facts.gid2)
  encoder.text(facts.spn === null ? null : storable(facts.spn))
}

/** A COPY and the octets that it is fed with. */
interface Copy<Row> {
  text: string
  octets(rows: Iterable<Row>): Iterable<Buffer>
}

/** The rows of `profile`. */
export function profileCopy(batch: BatchColumns): Copy<CopiedProfile> {
  const common = encodedFields(encoder => {
    uuidField(encoder, batch.typeId)
    if (batch.batchId === null) encoder.null()
    else encoder.int8(BigInt(batch.batchId))
    encoder.text('Available')
    timestampField(encoder, batch.createdAt)
    timestampField(encoder, batch.createdAt)
    encoder.text(batch.createdBy)
  })
  let last: { facts: PackageColumns; fields: Buffer } | undefined
  return {
    text: `COPY profile (${profileColumns}) FROM STDIN (FORMAT binary)`,
    octets: rows =>
      copyOctets(rows, (encoder, profile) => {
        const { facts } = profile
        if (last?.facts !== facts) last = { facts, fields: encodedFields(one => factFields(one, facts)) }
        encoder.row(20)
        encoder.raw(common)
        encoder.raw(last.fields)
        encoder.text(profile.iccid)
        encoder.int4(profile.line)
        encoder.text(profile.imsi)
        encoder.text(profile.msisdn)
        encoder.text(profile.mccMnc)
        encoder.boolean(profile.warned)
      }),
  }
}

/** Their packages, or what packages are made of. */
export function packageCopy({ templateId }: BatchColumns): Copy<CopiedProfile> {
  const template = encodedFields(encoder => (templateId ? uuidField(encoder, templateId) : encoder.null()))
  return {
    text: 'COPY profile_package (iccid, sealed, template_id) FROM STDIN (FORMAT binary)',
    octets: rows =>
      copyOctets(rows, (encoder, { iccid, sealed }) => {
        encoder.row(3)
        encoder.text(iccid)
        encoder.bytes(sealed)
        encoder.raw(template)
      }),
  }
}

/** Adds profiles with their packages. @throws a unique violation where a profile of one of the ICCIDs exists */
export async function copyProfiles(tx: Transaction, batch: BatchColumns, profiles: readonly CopiedProfile[]): Promise<void> {
  if (profiles.length === 0) return
  for (const { text, octets } of [profileCopy(batch), packageCopy(batch)]) await tx.copy(text, octets(profiles))
}

/** Keeps what is wrong with rows, and the rows themselves. */
export async function copyFindings(
  tx: Transaction,
  batchId: string,
  findings: readonly CopiedFinding[],
  faultyRows: readonly CopiedFaultyRow[],
): Promise<void> {
  if (findings.length === 0) return
  const id = encodedFields(encoder => encoder.int8(BigInt(batchId)))
  await tx.copy(
    'COPY batch_finding (batch_id, line, place, kind, severity, field, sentence) FROM STDIN (FORMAT binary)',
    copyOctets(findings, (encoder, finding) => {
      encoder.row(7)
      encoder.raw(id)
      encoder.int4(finding.line)
      encoder.int4(finding.place)
      encoder.text(finding.kind)
      encoder.text(finding.severity)
      encoder.text(finding.field)
      encoder.text(storable(finding.sentence))
    }),
  )
  await tx.copy(
    'COPY batch_faulty_row (batch_id, line, sealed) FROM STDIN (FORMAT binary)',
    copyOctets(faultyRows, (encoder, { line, sealed }) => {
      encoder.row(3)
      encoder.raw(id)
      encoder.int4(line)
      encoder.bytes(sealed)
    }),
  )
}

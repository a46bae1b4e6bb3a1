import { type ColumnMapping, CsvMapping } from '@/lib/inventory/formats/mapping'
import { FIELDS, type FieldName } from '@/lib/inventory/formats/row'

export type Meaning = ColumnMapping['to']
export type SealedMeaning = FieldName | 'otaKey'

/** A column as it is edited; numbers as they are typed. */
export interface ColumnDraft {
  /** In the file, counted from 0 */
  place: number
  header: string | undefined
  to: Meaning
  keyVersion: string
  keyId: string
  securityDomain: string
}

/** A mapping as it is edited. */
export interface MappingDraft {
  delimiter: CsvMapping['delimiter']
  skipLines: string
  hasHeader: boolean
  columns: ColumnDraft[]
  /** What stands in the file encrypted under the transport key */
  sealed: SealedMeaning[]
  transportIndex: string
}

export interface DraftProblems {
  /** By place of the column */
  columns: Map<number, string>
  skipLines?: string
  transportIndex?: string
  /** About no field alone */
  whole?: string
}

export function draftOf(mapping: CsvMapping): MappingDraft {
  return {
    delimiter: mapping.delimiter,
    skipLines: String(mapping.skipLines),
    hasHeader: mapping.hasHeader,
    columns: mapping.columns.map(({ header, to, keyVersion, keyId, securityDomain }, place) => ({
      place,
      header,
      to,
      keyVersion: String(keyVersion ?? 1),
      keyId: String(keyId ?? 1),
      securityDomain: securityDomain ?? '',
    })),
    sealed: [...(mapping.transport?.fields ?? [])],
    transportIndex: mapping.transport?.index ?? '',
  }
}

/** Whether the values of such a column are secrets, which a vendor may have encrypted. */
export const isSecret = (to: Meaning): to is SealedMeaning => to === 'otaKey' || (to !== 'extra' && to !== 'ignore' && FIELDS[to].secret)

const sealedInUse = ({ sealed, columns }: MappingDraft): SealedMeaning[] =>
  sealed.filter(meaning => isSecret(meaning) && columns.some(({ to }) => to === meaning))

const whole = (text: string): number => (/^[0-9]{1,4}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN)

/** The mapping that a draft means, or what is to be mended first. */
export function mappingOfDraft(draft: MappingDraft): { mapping: CsvMapping } | { problems: DraftProblems } {
  const problems: DraftProblems = { columns: new Map() }
  const sealed = sealedInUse(draft)
  const index = draft.transportIndex.trim().replace(/^0+(?=.)/, '')
  if (sealed.length > 0 && index === '') problems.transportIndex = 'Say under which number the vendor has this key.'
  if (!(whole(draft.skipLines) <= 200)) problems.skipLines = 'A whole number from 0 to 200 is needed.'
  if (!draft.columns.some(({ to }) => to === 'iccid')) problems.whole = 'Choose the column that has the ICCID.'
  const parsed = CsvMapping.safeParse({
    delimiter: draft.delimiter,
    skipLines: problems.skipLines ? 0 : whole(draft.skipLines),
    hasHeader: draft.hasHeader,
    columns: draft.columns.map(({ header, to, keyVersion, keyId, securityDomain }) => ({
      ...(header === undefined ? {} : { header }),
      to,
      ...(to === 'otaKey' ? { keyVersion: whole(keyVersion), keyId: whole(keyId) } : {}),
      ...(to === 'otaKey' && securityDomain.trim() ? { securityDomain: securityDomain.replace(/\s/g, '').toUpperCase() } : {}),
    })),
    ...(sealed.length > 0 ? { transport: { index: index || '?', fields: sealed } } : {}),
  })
  for (const { path, message } of parsed.error?.issues ?? []) {
    const [list, place, field] = path
    if (list === 'columns' && typeof place === 'number') {
      problems.columns.set(
        place,
        field === 'keyVersion' || field === 'keyId' ? 'Version and identifier are whole numbers from 1 to 127.' : message,
      )
    } else problems.whole ??= message
  }
  const wrong = problems.columns.size > 0 || problems.skipLines || problems.transportIndex || problems.whole
  return parsed.success && !wrong ? { mapping: parsed.data } : { problems }
}

/** What a subscriber cannot do without and no column brings: the package of another one would be given out. */
export function lackingWords(columns: readonly Pick<ColumnDraft, 'to'>[]): string | undefined {
  const has = (...meanings: Meaning[]) => columns.some(({ to }) => meanings.includes(to))
  const lacking = [...(has('imsi') ? [] : ['IMSI']), ...(has('k', 'tuakK') ? [] : ['K'])]
  return lacking.length > 0 ? lacking.join(' or ') : undefined
}

/** "ICCID, IMSI, K and OPc": what a mapping takes from the file. */
export function takenWords(columns: readonly Pick<ColumnDraft, 'to'>[]): string {
  const labels = columns.flatMap(({ to }) => (to === 'extra' || to === 'ignore' ? [] : [to === 'otaKey' ? 'OTA keys' : FIELDS[to].label]))
  const each = [...new Set(labels)]
  return each.length > 1 ? `${each.slice(0, -1).join(', ')} and ${each.at(-1)}` : (each[0] ?? 'nothing')
}

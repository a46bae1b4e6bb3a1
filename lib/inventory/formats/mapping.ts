import { z } from 'zod'
import { reasonColumn } from './column-names'
import { fieldNames } from './row'

export const maxHeaderChars = 200
export const maxColumns = 500

const keyNumber = z.number().int().min(1).max(127)

/** What one column means. `extra` keeps it by its name, `ignore` drops it. */
export const ColumnMapping = z
  .strictObject({
    /** The column's name in the file; none without a header. */
    header: z.string().max(maxHeaderChars).optional(),
    to: z.enum([...fieldNames, 'otaKey', 'extra', 'ignore']),
    /** With `otaKey` only. */
    keyVersion: keyNumber.optional(),
    keyId: keyNumber.optional(),
    securityDomain: z
      .string()
      .regex(/^([0-9A-F]{2}){5,16}$/, 'An AID has 5 to 16 octets in hexadecimal.')
      .optional(),
  })
  .refine(({ to, keyVersion, keyId }) => to !== 'otaKey' || (keyVersion !== undefined && keyId !== undefined), {
    error: 'An OTA key needs its version and its identifier.',
  })
export type ColumnMapping = z.infer<typeof ColumnMapping>

/** Fields of a file that are encrypted under a transport key. */
export const TransportUse = z.strictObject({
  /** The number of the key as the vendor counts, without leading zeros. */
  index: z.string().min(1).max(40),
  fields: z.array(z.enum([...fieldNames, 'otaKey'])).min(1),
})
export type TransportUse = z.infer<typeof TransportUse>

/** How to read a table: plain data, for a person to correct and to be remembered for the vendor's next file. */
export const CsvMapping = z
  .strictObject({
    /** `' '` is any run of blanks. */
    delimiter: z.enum([',', ';', '\t', '|', ' ']),
    /** Lines in front of the header, or of the first row where there is none. */
    skipLines: z.number().int().min(0).max(200),
    hasHeader: z.boolean(),
    /** In the order of the file. */
    columns: z.array(ColumnMapping).min(1).max(maxColumns),
    transport: TransportUse.optional(),
  })
  .superRefine(({ columns }, context) => {
    const seen = new Set<string>()
    columns.forEach(({ to, keyVersion, keyId, securityDomain }, index) => {
      if (to === 'extra' || to === 'ignore') return
      const key = `${to}/${keyVersion}/${keyId}/${securityDomain}`
      if (seen.has(key)) context.addIssue({ code: 'custom', path: ['columns', index, 'to'], message: 'Two columns have the same meaning.' })
      seen.add(key)
    })
  })
export type CsvMapping = z.infer<typeof CsvMapping>

/**
 * A remembered mapping made to fit a file with its columns in another order.
 * @param headers the file's own names, in its order
 * @returns undefined when a column that means something is missing, or the mapping knows no names
 */
export function adaptMapping(remembered: CsvMapping, headers: readonly string[]): CsvMapping | undefined {
  const keyOf = namesByOccurrence()
  const known = new Map(remembered.columns.map(column => [keyOf(column.header), column]))
  const fileKeyOf = namesByOccurrence()
  const columns = headers.map((header): ColumnMapping => {
    const key = fileKeyOf(header)
    const column = known.get(key)
    known.delete(key)
    if (column) return { ...column, header }
    return { header, to: header.trim().toLowerCase() === reasonColumn ? 'ignore' : 'extra' }
  })
  const missing = [...known.values()].some(({ to }) => to !== 'extra' && to !== 'ignore')
  return missing ? undefined : { ...remembered, columns }
}

/** Two columns of one name are told apart by which comes first. */
function namesByOccurrence(): (header: string | undefined) => string {
  const seen = new Map<string, number>()
  return header => {
    const name = header?.trim().toLowerCase() ?? ''
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return `${count} ${name}`
  }
}

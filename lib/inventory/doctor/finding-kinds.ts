import type { BatchFinding, RowFinding, Severity } from './findings'

/** Everything that can be found, what it is called in the report, and whether a row with it can become stock. */
const KINDS = {
  // What the reader of the file saw
  'column-count': { title: 'Wrong number of columns', severity: 'error' },
  'control-character': { title: 'Control characters', severity: 'error' },
  quote: { title: 'Quotes that do not close', severity: 'error' },
  'scientific-notation': { title: 'Numbers spoilt by a spreadsheet', severity: 'error' },
  'too-long': { title: 'Line too long', severity: 'error' },
  truncated: { title: 'File cut off', severity: 'error' },
  undecodable: { title: 'Characters that cannot be read', severity: 'warning' },
  'transport-key': { title: 'Value that cannot be decrypted', severity: 'error' },
  'kept-gone': { title: 'Kept value that is gone', severity: 'error' },
  package: { title: 'Package that cannot be read', severity: 'error' },
  'no-package': { title: 'Row without its package', severity: 'error' },
  'no-row': { title: 'Package without its row', severity: 'warning' },

  // ICCID
  'iccid-missing': { title: 'No ICCID', severity: 'error' },
  'iccid-format': { title: 'Malformed ICCID', severity: 'error' },
  'iccid-luhn': { title: 'Wrong check digit of the ICCID', severity: 'error' },
  'iccid-check-digit': { title: 'ICCID without a check digit', severity: 'warning' },
  'iccid-prefix': { title: 'ICCID that does not begin with 89', severity: 'warning' },
  'iccid-range': { title: 'ICCID outside the declared range', severity: 'error' },
  'iccid-package': { title: 'ICCID of another package', severity: 'error' },

  // The other values
  'imsi-format': { title: 'Malformed IMSI', severity: 'error' },
  'number-format': { title: 'Malformed telephone number', severity: 'error' },
  'number-national': { title: 'Telephone number in national form', severity: 'warning' },
  'acc-format': { title: 'Malformed access control class', severity: 'error' },
  'acc-class': { title: 'Access control class of another IMSI', severity: 'warning' },
  'key-format': { title: 'Malformed key', severity: 'error' },
  'key-contradiction': { title: 'Keys that contradict each other', severity: 'error' },
  'code-format': { title: 'Malformed PIN, PUK or ADM', severity: 'error' },
  'value-missing': { title: 'Value missing', severity: 'error' },
  'no-place': { title: 'Value that the template cannot take', severity: 'error' },
  'no-template': { title: 'Values without a template', severity: 'error' },
  'weak-key': { title: 'Weak or published key', severity: 'warning' },
  'repeated-key': { title: 'One K in two rows', severity: 'warning' },

  // Packages
  'package-error': { title: 'Package that a device would refuse', severity: 'error' },
  'package-warning': { title: 'Unusual package', severity: 'warning' },
  'package-differs': { title: 'Package and row disagree', severity: 'error' },

  // What only the whole file and the stock can tell
  'duplicate-in-file': { title: 'ICCID twice in the file', severity: 'error' },
  'imsi-duplicate': { title: 'IMSI twice in the file', severity: 'error' },
  'in-stock': { title: 'ICCID in stock already', severity: 'error' },
  'imsi-in-stock': { title: 'IMSI in stock already', severity: 'warning' },
  'in-draft': { title: 'ICCID in another draft', severity: 'error' },

  // The batch as a whole
  quantity: { title: 'Another quantity than declared', severity: 'warning' },
  'iccid-gaps': { title: 'Gaps between the ICCIDs', severity: 'warning' },
  'mixed-networks': { title: 'Several home networks', severity: 'warning' },
  'mixed-keys': { title: 'Several kinds of keys', severity: 'warning' },
  'codes-alike': { title: 'Codes that are all alike', severity: 'warning' },
  'simple-pins': { title: 'PINs that are easily guessed', severity: 'warning' },
  'ota-keys-alike': { title: 'OTA keys that are all alike', severity: 'warning' },
  'weak-operator-code': { title: 'Weak or published OP or OPc', severity: 'warning' },
  'test-algorithm': { title: 'USIM test algorithm', severity: 'warning' },
  'template-values': { title: 'Values that stay as the template has them', severity: 'warning' },
  'unused-values': { title: 'Values that are not used', severity: 'warning' },
  'unused-column': { title: 'Column that is not used', severity: 'warning' },
} as const satisfies Record<string, { title: string; severity: Severity }>

export type FindingKind = keyof typeof KINDS

/** The same for those who hold a kind as text. */
export const FINDING_KINDS: Record<string, { title: string; severity: Severity }> = KINDS

/** @param field as people call it */
export function rowFinding(line: number, kind: FindingKind, sentence: string, field?: string): RowFinding {
  const { severity } = KINDS[kind]
  return field === undefined ? { line, kind, severity, sentence } : { line, kind, severity, field, sentence }
}

export const batchFinding = (kind: FindingKind, sentence: string): BatchFinding => ({ kind, severity: KINDS[kind].severity, sentence })

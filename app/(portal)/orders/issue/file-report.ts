/** What was read from a file of ICCIDs and EIDs. */
export interface FileReport {
  /** ICCIDs with EIDs, EIDs alone, or ICCIDs alone */
  kind: 'pairs' | 'eids' | 'iccids'
  /** Rows that can be issued */
  rows: number
  /** How many of them name a customer's e-mail address, and a reference */
  customers: number
  references: number
  /** Lines that are left out */
  problems: number
  /** Lines with something doubtful, which are taken all the same */
  warnings: number
  /** The first of both */
  sentences: { line: number; sentence: string }[]
}

/** As much as one request brings. */
export const mostFileBytes = 1_000_000

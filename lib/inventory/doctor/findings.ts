/** error: the row cannot become stock. warning: it can, if a person says so. */
export type Severity = 'error' | 'warning'

/** Something the doctor found in one row; the sentence never quotes a secret. */
export interface RowFinding {
  line: number
  kind: string
  severity: Severity
  /** As people call it: ICCID, K, OTA key 2/1 */
  field?: string
  sentence: string
}

/** Something about the file as a whole: gaps, mixed home networks, a count that is not the declared one. */
export interface BatchFinding {
  kind: string
  severity: Severity
  sentence: string
}

/** What became of the sample that was bound and installed in memory. */
export interface PreflightResult {
  result: 'installed' | 'failed' | 'skipped'
  iccid?: string
  /** What happened, for people */
  sentence: string
  durationMs?: number
}

/** The doctor's report as it is kept with the batch. */
export interface BatchReport {
  rows: number
  /** Without any finding */
  good: number
  /** With warnings only */
  warned: number
  /** With an error */
  refused: number
  /** By kind of fault, the most frequent first; `title` says what the kind is called */
  kinds: { kind: string; title: string; severity: Severity; rows: number }[]
  whole: BatchFinding[]
  firstIccid?: string
  lastIccid?: string
  preflight?: PreflightResult
  durationMs: number
}

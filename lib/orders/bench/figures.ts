/** What a process of the bench is told. */
export interface RoleInput {
  /** Of the database */
  url: string
  dataDir: string
  codes: number
  /** Of the run whose file is made */
  runId?: string
  file?: FileName
}

export const FILES = {
  csv: { kind: 'csv', what: 'CSV' },
  zip: { kind: 'zip', what: 'ZIP of PNG, SVG and CSV' },
  labels: { kind: 'labels', layout: 'a4-grid', what: 'PDF, sheets of 24 labels' },
  cards: { kind: 'labels', layout: 'card', what: 'PDF, one page per card' },
} as const
export type FileName = keyof typeof FILES
export const FILE_NAMES = Object.keys(FILES) as FileName[]

/** Of the process, as the system counts them. */
export interface ProcessFigures {
  seconds: number
  /** Processor time of this process, without PostgreSQL */
  cpuSeconds: number
  peakBytes: number
}

export interface IssueFigures extends ProcessFigures {
  runId: string
  issued: number
}

export interface FileFigures extends ProcessFigures {
  codes: number
  bytes: number
  /** For how long nobody else had a turn in the process, at worst */
  longestTurnMs: number
}

export interface BaselineFigures {
  /** Rows of the same orders, events, links and audit put into the same tables, and the same moves of profiles, in steps as large */
  sqlSeconds: number
  /** QR codes made by the library alone, nothing drawn */
  qrSeconds: number
}

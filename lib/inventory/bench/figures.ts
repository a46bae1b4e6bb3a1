/** What a process of the bench is told. */
export interface RoleInput {
  /** Of the database */
  url: string
  dataDir: string
  csv: string
  /** A SAIP package */
  template: string
  rows: number
}

export interface ImportFigures {
  rows: number
  good: number
  /** What the doctor found */
  kinds: string[]
  uploadSeconds: number
  checkSeconds: number
  /** Of the importing process, without PostgreSQL */
  checkCpuSeconds: number
  approveSeconds: number
  peakBytes: number
}

export interface BaselineFigures {
  /** AES-256-GCM of the rows' secrets, one after the other */
  sealSeconds: number
  /** PostgreSQL's COPY of the same rows into the same tables with their indexes */
  copySeconds: number
}

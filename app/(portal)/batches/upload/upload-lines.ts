/** What became of the packages of a file; the lists hold the first ones, the numbers count all. */
export interface UploadReport {
  addedCount: number
  refusedCount: number
  added: { iccid: string; file: string; packageName: string; saipVersion: string; warnings: string[] }[]
  refused: { file: string; reason: string }[]
}

/** One line of the answer to an upload (NDJSON). */
export type UploadLine =
  | { kind: 'progress'; read: number }
  | { kind: 'report'; report: UploadReport }
  /** A sentence for people: nothing more of the file is read */
  | { kind: 'problem'; message: string }

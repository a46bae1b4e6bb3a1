/** What became of the packages of a file. */
export interface UploadReport {
  added: { iccid: string; file: string; packageName: string; saipVersion: string; warnings: string[] }[]
  refused: { file: string; reason: string }[]
}

/** One line of the answer to an upload (NDJSON). */
export type UploadLine =
  | { kind: 'progress'; read: number }
  | { kind: 'report'; report: UploadReport }
  /** A sentence for people: nothing more of the file is read */
  | { kind: 'problem'; message: string }

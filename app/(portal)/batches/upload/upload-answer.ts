/** What an upload says about its file, beside the file's name; empty: nothing. */
export interface UploadParameters extends Record<string, string> {
  type: string
  vendor: string
  /** As the vendor declared them */
  quantity: string
  firstIccid: string
  lastIccid: string
}

/** The answer to an upload. `fields` are of UploadParameters. */
export type UploadAnswer = { batchId: string } | { message: string; fields?: Record<string, string> }

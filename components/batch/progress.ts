import type { BatchState } from './states'

/** How far the check of a batch is, as the server tells it again and again. */
export interface BatchProgress {
  id: string
  state: BatchState
  rowsRead: number
  /** Null while nobody has counted them */
  rowsTotal: number | null
  /** 0 to 1; null while it is not known */
  share: number | null
  rowsPerSecond: number | null
  secondsLeft: number | null
  warned: number
  refused: number
}

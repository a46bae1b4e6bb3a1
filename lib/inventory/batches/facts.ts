import type { GuessedColumn } from '../formats/guess-mapping'
import type { UploadFacts } from '../formats/open-upload'

/** What is kept of a file's first reading. */
export interface KeptFacts extends UploadFacts {
  /** The guess of each column; samples of anything but identifiers tell kind and length only */
  columns?: GuessedColumn[]
  /** The mapping is the one that the vendor's last file was read by */
  remembered: boolean
}

/** A file that cannot be read, or not to its end. The message is a sentence for people; it names lines and fields and never quotes a value. */
export class FileError extends Error {
  override name = 'FileError'
  constructor(
    message: string,
    /** Counted from 1. */
    readonly line?: number,
  ) {
    super(message)
  }
}

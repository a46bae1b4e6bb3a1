/** What a person can mend: a sentence, and sentences by field. */
export class FormError extends Error {
  override name = 'FormError'
  constructor(
    message: string,
    readonly fields: Record<string, string> = {},
  ) {
    super(message)
  }
}

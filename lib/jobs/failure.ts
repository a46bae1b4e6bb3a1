import { isDatabaseAway } from '@/lib/db/failures'
import { FormError } from '@/lib/form-error'
import { reportIncident } from '@/lib/incident'
import { RspError, STATUS } from '@/lib/rsp/status'

/** A job could not be done now: it is tried again later, with growing waits. The sentence is kept and shown. */
export class TryAgain extends Error {
  override name = 'TryAgain'
}

/** The server stops: what runs ends here and is run again from its beginning. */
export class ServerStops extends Error {
  override name = 'ServerStops'
}

/** Whether the same may well succeed later, through no change of ours. */
export const mayPass = (error: unknown): boolean => error instanceof TryAgain || error instanceof ServerStops || isDatabaseAway(error)

/** What went wrong, in a sentence; what nobody foresaw is logged and named by its number alone. */
export function failureSentence(error: unknown, where: string): string {
  if (error instanceof FormError || error instanceof TryAgain || error instanceof ServerStops) return error.message
  if (error instanceof RspError) return STATUS[error.status].meaning
  if (isDatabaseAway(error)) return 'The database did not answer.'
  return `Something went wrong on our side. If it stays so, tell whoever runs this server the number ${reportIncident(error, where)}.`
}

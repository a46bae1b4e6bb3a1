import { RspError } from '@/lib/rsp/status'

/** An event on an SM-DS: a device with this EID that asks there is sent here, with the EventID as its MatchingID. */
export interface SmdsEvent {
  /** Host name of the SM-DS, with a port where it has one of its own */
  smdsAddress: string
  eid: string
  /** The order's MatchingID */
  eventId: string
}

/** The SM-DS did not say that it was not done: it may have been, or be done yet. */
export class MayBeDone extends RspError {}

/** Why an event could not be registered or deleted, as a sentence for people; how its job failed. */
export const whyNotDone = ({ status, detail }: RspError): string =>
  `${status === 'smdsInaccessible' ? 'The SM-DS is not accessible' : 'The SM-DS has refused'}${detail ? ` (${detail.replace(/\.$/, '')})` : ''}.`

/**
 * Puts events on an SM-DS and takes them away, SGP.22 §5.5 (ES12). An event of ours that is there already counts as registered, one that is
 * not there (any more) as deleted.
 * @throws RspError smdsInaccessible, smdsError; MayBeDone, which is one of these, where nobody knows
 */
export interface EventRegistrar {
  register(event: SmdsEvent): Promise<void>
  delete(event: SmdsEvent): Promise<void>
}

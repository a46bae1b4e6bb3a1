import type { StatusName } from '../status'

/** One row of a profile's timeline, as it is read and as it reaches the browser. */
export interface TimelineEvent {
  id: string
  /** ISO 8601 */
  at: string
  orderId: string | null
  eid: string | null
  transactionId: string | null
  /** `device`, `customer`, an account's e-mail or cli:<os user> */
  actor: string
  kind: string
  outcome: 'ok' | 'refused' | 'warning'
  status: StatusName | null
  detail: string | null
  data: Record<string, unknown> | null
}

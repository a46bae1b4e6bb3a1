import type { Sight } from '@/lib/accounts/sight'
import type { CallDetail, MessageDetail } from '@/lib/db/partners/workbench'
import type { StatusName } from '@/lib/rsp/status'
import { knownStatus } from './known-status'
import { redacted } from './redact'

/** A call or a message unfolded, as somebody may see it. */
export type ShownEntry = ShownCall | ShownMessage

interface ShownCall extends Omit<CallDetail, 'request' | 'response' | 'status'> {
  kind: 'call'
  /** JSON */
  request: string
  /** JSON */
  answer: string
  /** Why it was refused, in words */
  refusal: string | undefined
  /** The same call again is judged anew */
  anew: boolean
}

interface ShownMessage extends Omit<MessageDetail, 'body'> {
  kind: 'message'
  /** JSON */
  request: string
}

/** Refusals that are for one time only: something outside, or the partner's settings, may be different the next time. */
const passing: ReadonlySet<string> = new Set<StatusName>(['smdsInaccessible', 'smdsError', 'functionRequesterNotAllowed'])

export const shownCall = ({ request, response, status, ...facts }: CallDetail, sight: Sight): ShownCall => ({
  ...facts,
  kind: 'call',
  request: redacted(request, sight),
  answer: redacted(response, sight),
  refusal: status ? knownStatus(status)?.meaning : undefined,
  anew: status !== null && passing.has(status),
})

export const shownMessage = ({ body, ...facts }: MessageDetail, sight: Sight): ShownMessage => ({
  ...facts,
  kind: 'message',
  request: redacted(body, sight),
})

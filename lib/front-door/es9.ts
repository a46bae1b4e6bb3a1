import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { reportIncident } from '@/lib/incident'
import { type Es9Answer, type Es9Request, maxEs9BodyBytes } from '@/lib/smdp/es9/answer'
import { answer, refuse, refuseAndClose } from './answers'
import { BodyRefused, readBody } from './read-body'

export type AnswerEs9 = (request: Es9Request) => Promise<Es9Answer>

const bodyTimeoutMs = 15_000

/** LPAs send application/json, people who try things out often nothing of the kind; what cannot be JSON is refused. */
export function mayBeJson(headers: Pick<IncomingHttpHeaders, 'content-type' | 'content-encoding'>): boolean {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? ''
  return /^$|[/+]json$|^text\/|^application\/x-www-form-urlencoded$/.test(type) && /^(identity)?$/.test(encoding)
}

/** Answers a function of ES9+ (SGP.22 §6.5): method, type and size first, then what the function says. */
export async function serveEs9(
  req: IncomingMessage,
  res: ServerResponse,
  name: string,
  address: string,
  answerEs9: AnswerEs9,
): Promise<void> {
  if (req.method !== 'POST') return refuse(res, 405, 'ES9+ functions are called with POST.', { allow: 'POST' })
  if (!mayBeJson(req.headers)) return refuseAndClose(req, res, 415, 'ES9+ functions take application/json, not compressed.')
  try {
    const body = await readBody(req, { maxBytes: maxEs9BodyBytes, timeoutMs: bodyTimeoutMs })
    const answered = await answerEs9({ function: name, body, address })
    answer(res, answered.status, answered.headers, answered.body)
  } catch (error) {
    if (error instanceof BodyRefused) return refuseAndClose(req, res, error.status, error.message)
    if (req.destroyed && !req.complete) return
    refuse(
      res,
      500,
      `Something went wrong. The operator of this server finds it in the log under ${reportIncident(error, `ES9+ ${name}`)}.`,
    )
  }
}

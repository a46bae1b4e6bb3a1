import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { reportIncident } from '@/lib/incident'
import { type Es9Answer, type Es9Request, maxEs9BodyBytes } from '@/lib/smdp/es9/answer'
import { answer, refuse, refuseAndClose } from './answers'
import { type Es9Limits, type TurnedAway, turnedAwayAnswer } from './limits/es9-limits'
import { BodyRefused, readBody } from './read-body'

export type AnswerEs9 = (request: Es9Request) => Promise<Es9Answer>

/** What answers ES9+, and who may ask it for how much; without `limits`, everybody for everything. */
export interface Es9Service {
  answerEs9: AnswerEs9
  limits?: Es9Limits
}

const bodyTimeoutMs = 15_000

function sendAnswer(res: ServerResponse, given: Es9Answer | TurnedAway): void {
  const { status, headers, body } = 'reason' in given ? turnedAwayAnswer(given) : given
  answer(res, status, headers, body)
}

/** Before the body is read. A short one is read and dropped, so that the connection stays: a new one would cost more than the answer. */
function turnAway(req: IncomingMessage, res: ServerResponse, turned: TurnedAway): void {
  if (!(Number(req.headers['content-length']) <= maxEs9BodyBytes)) res.setHeader('connection', 'close')
  sendAnswer(res, turned)
}

/** LPAs send application/json, people who try things out often nothing of the kind; what cannot be JSON is refused. */
export function mayBeJson(headers: Pick<IncomingHttpHeaders, 'content-type' | 'content-encoding'>): boolean {
  if (headers['content-type'] === 'application/json' && headers['content-encoding'] === undefined) return true
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
  { answerEs9, limits }: Es9Service,
): Promise<void> {
  if (req.method !== 'POST') return refuse(res, 405, 'ES9+ functions are called with POST.', { allow: 'POST' })
  if (!mayBeJson(req.headers)) return refuseAndClose(req, res, 415, 'ES9+ functions take application/json, not compressed.')
  const turned = limits?.atDoor(name, address)
  if (turned) return turnAway(req, res, turned)
  try {
    const body = await readBody(req, { maxBytes: maxEs9BodyBytes, timeoutMs: bodyTimeoutMs })
    const run = () => answerEs9({ function: name, body, address })
    sendAnswer(res, limits ? await limits.inTurn(name, () => res.destroyed, run) : await run())
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

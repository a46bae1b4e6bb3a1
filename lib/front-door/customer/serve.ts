import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { answer } from '../answers'
import type { Origin } from '../client-address'
import { isShort } from '../portal-body'
import { transportSecurity } from '../security-headers'
import { answerCustomer, type CustomerRequest, type CustomerService } from './answer'

const zip = promisify(gzip)

/** What `/seen` may be sent along, unread. */
const maxBodyBytes = 1_024

/** Smaller than this, a body fits one packet anyway. */
const minZippedBytes = 1_200

const takesGzip = ({ headers }: IncomingMessage): boolean =>
  /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(String(headers['accept-encoding'] ?? ''))

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

function languageIn(url: string | undefined): string | null {
  const query = url?.indexOf('?') ?? -1
  return query < 0 ? null : new URLSearchParams(url?.slice(query)).get('lang')
}

/** Answers `/e/…` before Next. @param service undefined while the server starts or stops */
export async function serveCustomer(
  req: IncomingMessage,
  res: ServerResponse,
  { path, origin, service }: { path: string; origin: Origin; service: CustomerService | undefined },
): Promise<void> {
  if (!isShort(req, maxBodyBytes)) res.setHeader('connection', 'close')
  const request: CustomerRequest = {
    method: req.method ?? '',
    path,
    language: languageIn(req.url),
    origin: `${origin.secure ? 'https' : 'http'}://${origin.host ?? ''}`,
    header: name => single(req.headers[name]),
    address: origin.address,
  }
  const { status, headers, body } = await answerCustomer(request, service)
  transportSecurity(res, origin)
  if (body.length < minZippedBytes || !takesGzip(req)) return answer(res, status, { ...headers, vary: 'accept-encoding' }, body)
  answer(res, status, { ...headers, vary: 'accept-encoding', 'content-encoding': 'gzip' }, await zip(body))
}

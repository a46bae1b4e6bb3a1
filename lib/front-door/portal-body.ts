import { IncomingMessage } from 'node:http'
import { BodyRefused, readBody } from './read-body'

/** More than next-auth can need: it reads whatever comes. */
export const maxSignInBodyBytes = 16 * 1_024

/** Server actions take 1 MB. */
const maxPageBodyBytes = 2 * 1_048_576

const bodyTimeoutMs = 30_000

/** How large the body of a request to the portal may be; the upload counts for itself. */
export function maxPortalBodyBytes(path: string): number {
  if (path === '/api/upload') return Number.POSITIVE_INFINITY
  return /^\/api\/auth(\/|$)/i.test(path) ? maxSignInBodyBytes : maxPageBodyBytes
}

/** Whether the rest of a request is announced and no more than this: it may be dropped, and the connection stays. */
export const isShort = ({ headers }: IncomingMessage, maxBytes: number): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= maxBytes

/**
 * Sees to it that a body is no larger than it may be, before anybody reads it. Node holds a body to the length that is announced;
 * one that is not is read here.
 * @returns the request, or one that gives the body that was read again
 * @throws BodyRefused, or the socket's error when the client goes away
 */
export async function withinBound(req: IncomingMessage, maxBytes: number): Promise<IncomingMessage> {
  if (isShort(req, maxBytes)) return req
  if (maxBytes === Number.POSITIVE_INFINITY) return req
  if (req.headers['transfer-encoding'] === undefined) throw new BodyRefused(413)
  const body = await readBody(req, { maxBytes, timeoutMs: bodyTimeoutMs })
  const { 'transfer-encoding': _, ...headers } = req.headers
  const { method, url, httpVersion, httpVersionMajor, httpVersionMinor, rawHeaders } = req
  const again = new IncomingMessage(req.socket)
  Object.assign(again, { method, url, httpVersion, httpVersionMajor, httpVersionMinor, rawHeaders, complete: true })
  again.headers = { ...headers, 'content-length': String(body.length) }
  if (body.length > 0) again.push(body)
  again.push(null)
  return again
}

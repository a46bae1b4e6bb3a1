import type { IncomingMessage, ServerResponse } from 'node:http'

type Headers = Record<string, string>

/** A whole answer at once. */
export function answer(res: ServerResponse, status: number, headers: Headers, body: string | Buffer): void {
  if (res.headersSent || res.destroyed) return
  if (status === 204 || status === 304) {
    res.writeHead(status, headers).end()
    return
  }
  const bytes = Buffer.byteLength(body)
  res.writeHead(status, { ...headers, 'content-length': String(bytes) })
  // Node takes three octets for each character of UTF-8, and copies them again.
  if (typeof body === 'string' && bytes === body.length) res.end(body, 'latin1')
  else res.end(body)
}

/** A refusal in a sentence. */
export const refuse = (res: ServerResponse, status: number, sentence: string, headers: Headers = {}): void =>
  answer(res, status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers }, `${sentence}\n`)

export const answerJson = (res: ServerResponse, status: number, value: unknown, headers: Headers = {}): void =>
  answer(res, status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }, `${JSON.stringify(value)}\n`)

const lingerMs = 1_000
const lingerBytes = 4 * 1_048_576

interface Told {
  type: string
  body: string
}

/** A refusal in a sentence, for people and for programs. */
const asText = (sentence: string): Told => ({ type: 'text/plain; charset=utf-8', body: `${sentence}\n` })
export const asJson = (message: string): Told => ({ type: 'application/json', body: `${JSON.stringify({ message })}\n` })

/**
 * Refuses a body that is still arriving and closes the connection. What the client is sending is read and dropped for a moment:
 * a socket closed with unread bytes is reset, and the client would never see why.
 */
export function refuseAndClose(req: IncomingMessage, res: ServerResponse, status: number, sentence: string, told = asText): void {
  if (res.headersSent || res.destroyed) return
  const { type, body } = told(sentence)
  res.writeHead(status, {
    'content-type': type,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  })
  res.write(body)
  if (req.readableEnded || req.destroyed) {
    res.end()
    return
  }
  let left = lingerBytes
  const timer = setTimeout(close, lingerMs)
  function close() {
    clearTimeout(timer)
    res.end(() => req.socket.destroySoon())
  }
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) close()
  })
  req
    .on('end', close)
    .on('error', close)
    .on('close', () => clearTimeout(timer))
}

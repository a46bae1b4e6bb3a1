import type { IncomingMessage } from 'node:http'

/** The body is more than it may be, or did not come in time; `status` is 413 or 408. */
export class BodyRefused extends Error {
  override name = 'BodyRefused'
  constructor(readonly status: 413 | 408) {
    super(status === 413 ? 'The body is too large.' : 'The body did not arrive in time.')
  }
}

/**
 * Reads a body of at most `maxBytes` within `timeoutMs`. After a refusal the connection is of no more use.
 * @throws BodyRefused, or the socket's error when the client goes away
 */
export function readBody(req: IncomingMessage, { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number }): Promise<Buffer> {
  if (Number(req.headers['content-length']) > maxBytes) return Promise.reject(new BodyRefused(413))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    let whole = false
    const timer = setTimeout(() => giveUp(new BodyRefused(408)), timeoutMs)
    const giveUp = (error: Error) => {
      if (whole) return
      clearTimeout(timer)
      req.off('data', take).off('end', finish).off('error', giveUp).off('close', gone)
      reject(error)
    }
    const take = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) giveUp(new BodyRefused(413))
      else chunks.push(chunk)
    }
    // The listeners stay: taking them off costs more than what they do from now on.
    const finish = () => {
      whole = true
      clearTimeout(timer)
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes))
    }
    const gone = () => giveUp(new Error('The client went away.'))
    req.on('data', take).on('end', finish).on('error', giveUp).on('close', gone)
  })
}

/** The same for a Web stream, as route handlers get it. */
export async function readStream(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new BodyRefused(413)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, bytes)
}

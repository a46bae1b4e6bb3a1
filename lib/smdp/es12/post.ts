import { type Agent, request } from 'node:https'
import { isIP } from 'node:net'

const maxAnswerBytes = 65_536

/** The other side could not be reached, was not who it should be, or did not answer in time; a few words, such as "no answer in time". */
export class NotReached extends Error {
  override name = 'NotReached'
  constructor(
    message: string,
    /** It took the whole time that it had. */
    readonly timedOut: boolean,
    /** There was a connection: the other side may have got the request, and done it. */
    readonly sent: boolean,
  ) {
    super(message)
  }
}

export interface Post {
  agent: Agent
  /** Host name, with a port where it is not 443 */
  address: string
  path: string
  headers: Record<string, string>
  body: string
  /** For everything, from the name's look-up to the last octet */
  timeoutMs: number
}

/**
 * Posts over a kept connection; one that the other side had closed meanwhile is taken for a new one, once.
 * @throws NotReached
 */
export async function post(what: Post): Promise<{ status: number; text: string }> {
  const signal = AbortSignal.timeout(what.timeoutMs)
  let sent = false
  for (let first = true; ; first = false) {
    const answer = await send(what, signal)
    if (!('error' in answer)) return answer
    sent ||= answer.sent
    if (signal.aborted) throw new NotReached('no answer in time', true, sent)
    if (!first || !answer.stale) throw new NotReached(answer.error.code ?? answer.error.message, false, sent)
  }
}

type Answer = { status: number; text: string } | { error: NodeJS.ErrnoException; stale: boolean; sent: boolean }

function send({ agent, address, path, headers, body }: Post, signal: AbortSignal): Promise<Answer> {
  const [host = '', port = '443'] = address.split(':')
  return new Promise(resolve => {
    let [answered, sent] = [false, false]
    const outgoing = request(
      {
        host,
        port,
        path,
        method: 'POST',
        agent,
        signal,
        ...(isIP(host) ? {} : { servername: host }),
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      },
      incoming => {
        answered = true
        const chunks: Buffer[] = []
        let size = 0
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > maxAnswerBytes) outgoing.destroy(new Error('the answer is too long'))
          else chunks.push(chunk)
        })
        incoming.on('error', error => resolve({ error, stale: false, sent }))
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }))
      },
    )
    outgoing.on('socket', socket => {
      if (outgoing.reusedSocket) sent = true
      else
        socket.once('secureConnect', () => {
          sent = true
        })
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const closed = error.code === 'ECONNRESET' || error.code === 'EPIPE'
      resolve({ error, stale: closed && outgoing.reusedSocket && !answered, sent })
    })
    outgoing.end(body)
  })
}

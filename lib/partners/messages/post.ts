import { lookup } from 'node:dns'
import { type Agent as HttpAgent, request as httpRequest } from 'node:http'
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

const maxAnswerBytes = 65_536
const shownCharacters = 200

/** The other side could not be reached, was not who it should be, or did not answer in time. The message is a sentence. */
export class NotReached extends Error {
  override name = 'NotReached'
}

export interface Post {
  agent: HttpAgent | HttpsAgent
  url: string
  headers: Record<string, string>
  body: string
  /** For everything, from the name's look-up to the last octet */
  timeoutMs: number
  /** Ends it early */
  signal: AbortSignal
}

/** Addresses of one link, among them those at which clouds hand out the keys of a machine: no operator's system is there. */
const linkLocal = new BlockList()
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4')
linkLocal.addSubnet('::ffff:169.254.0.0', 112, 'ipv6')
linkLocal.addSubnet('fe80::', 10, 'ipv6')
linkLocal.addAddress('fd00:ec2::254', 'ipv6')

/** Whether a host that is an address is one to which nothing is sent. */
export function isForbiddenAddress(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '')
  const version = isIP(address)
  return version !== 0 && linkLocal.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

const forbidden = (host: string) => Object.assign(new Error(`${host} is a link-local address.`), { code: 'EFORBIDDEN' })

/** Looks at what a name stands for at the very moment at which it is used. */
const lookupChecked: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, [])
    const [first] = addresses
    if (!first || addresses.some(({ address }) => isForbiddenAddress(address))) return callback(forbidden(host), [])
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
  })
}

const sentences: Record<string, (host: string) => string> = {
  ECONNREFUSED: host => `Nobody takes connections at ${host}.`,
  ENOTFOUND: host => `The name ${host} is not known.`,
  EAI_AGAIN: host => `The name ${host} could not be looked up.`,
  ECONNRESET: host => `${host} has closed the connection.`,
  EPIPE: host => `${host} has closed the connection.`,
  EHOSTUNREACH: host => `There is no way to ${host}.`,
  ENETUNREACH: host => `There is no way to ${host}.`,
  ETIMEDOUT: host => `${host} does not answer.`,
  EFORBIDDEN: host => `${host} is a link-local address: nothing is sent there.`,
}

const aboutTrust = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|SSL|TLS/

function sentenceOf({ code = '', message }: NodeJS.ErrnoException, host: string): string {
  const known = sentences[code]
  if (known) return known(host)
  return aboutTrust.test(code) ? `TLS with ${host} failed: ${message}.` : `${host} could not be reached: ${code || message}.`
}

/**
 * Posts over a kept connection; one that the other side had closed meanwhile is taken for a new one, once. Redirects are not followed.
 * @returns the beginning of the answer's text too, for people
 * @throws NotReached
 */
export async function post(what: Post): Promise<{ status: number; text: string }> {
  const { host, hostname } = new URL(what.url)
  if (isForbiddenAddress(hostname)) throw new NotReached(sentenceOf(forbidden(host), host))
  const timeout = AbortSignal.timeout(what.timeoutMs)
  const signal = AbortSignal.any([timeout, what.signal])
  for (let first = true; ; first = false) {
    const sent = await send(what, signal)
    if (!('error' in sent)) return sent
    if (what.signal.aborted) throw new NotReached('This server was stopped before there was an answer.')
    if (timeout.aborted) throw new NotReached(`${host} did not answer within ${what.timeoutMs / 1_000} seconds.`)
    if (!first || !sent.stale) throw new NotReached(sentenceOf(sent.error, host))
  }
}

type Sent = { status: number; text: string } | { error: NodeJS.ErrnoException; stale: boolean }

function send({ agent, url, headers, body }: Post, signal: AbortSignal): Promise<Sent> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest
  return new Promise(resolve => {
    let answered = false
    const outgoing = request(
      url,
      {
        method: 'POST',
        agent,
        signal,
        lookup: lookupChecked,
        headers: { ...headers, 'content-length': Buffer.byteLength(body), 'user-agent': 'Slipway' },
      },
      incoming => {
        answered = true
        const status = incoming.statusCode ?? 0
        const chunks: Buffer[] = []
        let size = 0
        const done = () => resolve({ status, text: Buffer.concat(chunks).toString('utf8').slice(0, shownCharacters) })
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length
          chunks.push(chunk)
          if (size <= maxAnswerBytes) return
          // The status is what counts.
          done()
          outgoing.destroy()
        })
        incoming.on('error', error => resolve({ error, stale: false }))
        incoming.on('end', done)
      },
    )
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const closed = error.code === 'ECONNRESET' || error.code === 'EPIPE'
      resolve({ error, stale: closed && outgoing.reusedSocket && !answered })
    })
    outgoing.end(body)
  })
}

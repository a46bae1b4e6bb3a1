import { Agent, request } from 'node:https'
import { isIP } from 'node:net'
import { createSecureContext, rootCertificates } from 'node:tls'
import type { Card } from './card'
import type { HttpAnswer, Transport } from './es9-client'

export interface HttpsOptions {
  /** certificates to trust besides the card's CIs and the system's roots; PEM */
  extraCa?: string[]
  /** connects here instead, while name and certificate stay those of the address */
  connectTo?: { host: string; port: number }
  timeoutMs?: number
}

const maxAnswerBytes = 4 * 1024 * 1024

/**
 * ES9+ over HTTPS with certificate validation, TLS 1.2 at least. Connections are kept for reuse; `close` ends them.
 * @param smdpAddress host name, with a port for trials (443 otherwise)
 */
export class HttpsTransport implements Transport {
  private readonly agent: Agent
  private readonly host: string
  private readonly port: number

  constructor(
    card: Card,
    private readonly smdpAddress: string,
    private readonly options: HttpsOptions = {},
  ) {
    const [host = '', port = '443'] = smdpAddress.split(':')
    this.host = host
    this.port = Number(port)
    // One context for all connections: reading the roots costs milliseconds.
    const ca = [...rootCertificates, ...card.ciCertificates.map(pemOf), ...(options.extraCa ?? [])]
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: 4,
      rejectUnauthorized: true,
      secureContext: createSecureContext({ ca, minVersion: 'TLSv1.2' }),
    })
  }

  post(path: string, body: Record<string, unknown>): Promise<HttpAnswer> {
    const payload = Buffer.from(JSON.stringify(body))
    const target = this.options.connectTo ?? { host: this.host, port: this.port }
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          ...target,
          path,
          method: 'POST',
          agent: this.agent,
          ...(isIP(this.host) ? {} : { servername: this.host }),
          timeout: this.options.timeoutMs ?? 30_000,
          headers: {
            Host: this.smdpAddress,
            'User-Agent': 'gsma-rsp-lpad',
            'X-Admin-Protocol': 'gsma/rsp/v2.2.2',
            'Content-Type': 'application/json',
            'Content-Length': payload.length,
          },
        },
        incoming => {
          const chunks: Buffer[] = []
          let size = 0
          incoming.on('data', (chunk: Buffer) => {
            size += chunk.length
            if (size > maxAnswerBytes) outgoing.destroy(new Error('the answer is too long'))
            chunks.push(chunk)
          })
          incoming.on('error', reject)
          incoming.on('end', () => {
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, json: parseJson(Buffer.concat(chunks)) })
          })
        },
      )
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')))
      outgoing.on('error', reject)
      outgoing.end(payload)
    })
  }

  /** Ends the connections that are kept. */
  close(): void {
    this.agent.destroy()
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return body.length ? JSON.parse(body.toString('utf8')) : undefined
  } catch {
    return undefined
  }
}

const pemOf = (base64: string): string =>
  `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`

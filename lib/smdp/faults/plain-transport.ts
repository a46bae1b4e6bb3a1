import { createHash } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { HttpAnswer, Transport } from '@/lib/phone/es9-client'

/** What the server has promised to phones by answering them. */
export class Ledger {
  /** SHA-256 of notifications that were taken (2xx), in hexadecimal */
  readonly notifications = new Set<string>()
  /** Transactions whose authenticateClient was answered with success */
  readonly sessions = new Set<string>()
  /** Transactions whose package was given out */
  readonly packages = new Set<string>()
  /** How many answers there were of each HTTP status */
  readonly statuses = new Map<number, number>()

  add(name: string, body: Record<string, unknown>, { status, json }: HttpAnswer): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    if (name === 'handleNotification' && status >= 200 && status < 300)
      this.notifications.add(
        createHash('sha256')
          .update(Buffer.from(String(body.pendingNotification), 'base64'))
          .digest('hex'),
      )
    if (!isSuccess(json)) return
    if (name === 'authenticateClient') this.sessions.add(String(body.transactionId))
    if (name === 'getBoundProfilePackage') this.packages.add(String(body.transactionId))
  }

  /** Answers of 500 and above since this was asked last, but not the 503 that asks to come again. */
  takeFaults(): string[] {
    const faults = [...this.statuses].filter(([status]) => status >= 500 && status !== 503)
    for (const [status] of faults) this.statuses.delete(status)
    return faults.map(([status, count]) => `${count} × HTTP ${status}`)
  }
}

const isSuccess = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && JSON.stringify(json).includes('"status":"Executed-Success"')

export interface PlainOptions {
  smdpAddress: string
  ledger: Ledger
  /** Port for the next request */
  port: () => number
  /** Called when a connection breaks; the same request is sent again when it answers true. */
  again?: (error: Error) => Promise<boolean>
  /** Called before each request, with the function's name. */
  onPost?: (name: string, body: Record<string, unknown>) => unknown
  /** How long the same request is sent again after broken connections and answers of 503 */
  persistMs?: number
  agent?: Agent
}

const pauseMs = 150
const answerWithinMs = 40_000

/** ES9+ over HTTP on loopback, as it is spoken behind a TLS proxy. */
export class PlainTransport implements Transport {
  constructor(private readonly options: PlainOptions) {}

  /** Calls a function of ES9+. */
  call(name: string, body: Record<string, unknown>): Promise<HttpAnswer> {
    return this.post(`/gsma/rsp2/es9plus/${name}`, body)
  }

  async post(path: string, body: Record<string, unknown>): Promise<HttpAnswer> {
    const { persistMs = 0, again, ledger, onPost } = this.options
    const name = path.split('/').at(-1) ?? ''
    await onPost?.(name, body)
    for (const until = Date.now() + persistMs; ; await delay(pauseMs)) {
      try {
        const answer = await send(this.options, path, JSON.stringify(body))
        ledger.add(name, body, answer)
        if (answer.status !== 503 || Date.now() >= until) return answer
      } catch (error) {
        const fault = error instanceof Error ? error : new Error(String(error))
        if (!(await again?.(fault)) && Date.now() >= until) throw fault
      }
    }
  }
}

function send({ smdpAddress, port, agent }: PlainOptions, path: string, body: string): Promise<HttpAnswer> {
  return new Promise((done, fail) => {
    const outgoing = request(
      {
        ...{ host: '127.0.0.1', port: port(), path, method: 'POST', timeout: answerWithinMs, agent: agent ?? false },
        headers: {
          Host: smdpAddress,
          'User-Agent': 'gsma-rsp-lpad',
          'X-Admin-Protocol': 'gsma/rsp/v2.2.2',
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
        },
      },
      incoming => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', fail)
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          done({ status: incoming.statusCode ?? 0, headers: incoming.headers, json: parsed(text) })
        })
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error('There is no answer in time.')))
    outgoing.on('error', fail)
    outgoing.end(body)
  })
}

function parsed(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

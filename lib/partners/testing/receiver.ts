import { once } from 'node:events'
import { createServer as createHttp, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'

type Json = Record<string, unknown>

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  /** As it came */
  text: string
  json: Json
  /** Common name of the client's certificate */
  client: string | undefined
  /** What was answered */
  status: number
}

interface ReceiverTls {
  cert: string
  key: string
  /** Client certificates of this CA are asked for, and nobody else is let in */
  clientCa?: string
}

/** Somebody who is told something, on loopback. */
export interface Receiver {
  url: string
  port: number
  /** All requests, in the order in which they came */
  requests: Received[]
  /** Those that were answered with 2xx */
  taken(): Received[]
  /** HTTP status of the next answer; 204 unless it is set. `hang`: none; `cut`: the connection ends */
  answer: (request: Omit<Received, 'status'>) => number | 'hang' | 'cut' | Promise<number>
  close(): Promise<void>
}

export async function startReceiver(options: { port?: number; tls?: ReceiverTls } = {}): Promise<Receiver> {
  const { port = 0, tls } = options
  const receive = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const socket = incoming.socket as Partial<TLSSocket>
    const client = socket.getPeerCertificate?.()?.subject?.CN
    const request = {
      path: incoming.url ?? '',
      headers: incoming.headers,
      text,
      json: JSON.parse(text) as Json,
      client: client?.toString(),
    }
    const answer = await receiver.answer(request)
    receiver.requests.push({ ...request, status: typeof answer === 'number' ? answer : 0 })
    if (answer === 'cut') outgoing.destroy()
    else if (answer !== 'hang') outgoing.writeHead(answer).end(answer >= 300 ? 'Not\n\u001b[31mnow' : undefined)
  }
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void receive(incoming, outgoing).catch(() => outgoing.destroy())
  const server = tls
    ? createHttps({ cert: tls.cert, key: tls.key, ...(tls.clientCa ? { ca: tls.clientCa, requestCert: true } : {}) }, listener)
    : createHttp(listener)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const receiver: Receiver = {
    port: (server.address() as AddressInfo).port,
    url: `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${(server.address() as AddressInfo).port}/told`,
    requests: [],
    taken: () => receiver.requests.filter(({ status }) => status >= 200 && status < 300),
    answer: () => 204,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return receiver
}

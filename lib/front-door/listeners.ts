import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { SecureContext, TlsOptions } from 'node:tls'
import { closable } from './closing'
import { type KeyPair, minVersion, type TlsContexts } from './tls-contexts'

/** A port that is open. */
export interface Listener {
  server: Server
  /** Takes no more connections, lets running requests end and cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>
}

export interface Port {
  /** The variable that names the port, for sentences. */
  variable: string
  port: number
  host: string | undefined
}

export interface Handlers {
  request(req: IncomingMessage, res: ServerResponse): void
  /** Undefined: a request to upgrade is answered like any other. */
  upgrade?: (req: IncomingMessage, socket: Duplex, head: Buffer) => void
}

const limits = {
  headersTimeout: 15_000,
  // A large upload over a slow line; ES9+ bodies have a limit of their own.
  requestTimeout: 3_600_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 60_000,
}

const maxConnections = 10_000
const handshakeTimeoutMs = 10_000
const renewDefaultMs = 1_000

const sentences: Record<string, (port: Port) => string> = {
  EADDRINUSE: ({ variable, port }) =>
    `Port ${port} is in use already, perhaps by a Slipway that runs. Stop what uses it, or set ${variable} to another port.`,
  EACCES: ({ variable, port }) => `Port ${port} may not be opened by this user. Set ${variable} to a port above 1023.`,
  EADDRNOTAVAIL: ({ host }) => `This machine has no interface with the address ${host}.`,
}

/** What a port does otherwise than the others. */
export interface Terms {
  requestTimeout?: number
  tls?: Pick<TlsOptions, 'requestCert' | 'rejectUnauthorized' | 'secureOptions'>
}

/** Opens a port without TLS. @throws a sentence when it cannot be opened */
export const listen = (port: Port, handlers: Handlers, { tls: _, ...terms }: Terms = {}): Promise<Listener> =>
  open(createHttpServer({ ...limits, ...terms }), port, handlers)

/** Opens a port with TLS, TLS 1.2 at least; handshakes fail while there is no certificate. @throws a sentence when it cannot be opened */
export async function listenTls(
  port: Port,
  handlers: Handlers,
  contexts: TlsContexts,
  { tls = {}, ...terms }: Terms = {},
): Promise<Listener> {
  const SNICallback = (name: string, done: (error: Error | null, context?: SecureContext) => void) => {
    contexts.contextFor(name).then(
      context => done(null, context),
      error => done(error instanceof Error ? error : new Error('There is no certificate.')),
    )
  }
  const server = createHttpsServer({ ...limits, ...terms, ...tls, minVersion, handshakeTimeout: handshakeTimeoutMs, SNICallback })
  // Scanners, and devices that refuse our certificate, are daily bread.
  server.on('tlsClientError', (_, socket) => socket.destroy())
  const listener = await open(server, port, handlers)
  const renewal = renewDefault(server, contexts, tls)
  return {
    server,
    close: graceMs => {
      clearInterval(renewal)
      return listener.close(graceMs)
    },
  }
}

/** Keeps up to date what clients get that name no host: the SNI callback is not asked for them. */
function renewDefault(server: HttpsServer, contexts: TlsContexts, { secureOptions }: NonNullable<Terms['tls']>): NodeJS.Timeout {
  let used: KeyPair | undefined
  const renew = async () => {
    const pair = await contexts.defaultKeyPair()
    if (pair !== used) server.setSecureContext({ ...pair, minVersion, ...(secureOptions === undefined ? {} : { secureOptions }) })
    used = pair
  }
  // What is wrong with certificates or the database is told by the health check.
  const quietly = () => void renew().catch(() => undefined)
  quietly()
  return setInterval(quietly, renewDefaultMs).unref()
}

async function open(server: Server, port: Port, { request, upgrade }: Handlers): Promise<Listener> {
  server.maxConnections = maxConnections
  server.on('request', request)
  if (upgrade) server.on('upgrade', upgrade)
  const close = closable(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const sentence = sentences[error.code ?? '']?.(port)
      reject(sentence ? new Error(sentence) : error)
    })
    server.listen({ port: port.port, host: port.host }, resolve)
  })
  return { server, close }
}

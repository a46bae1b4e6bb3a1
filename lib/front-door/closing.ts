import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

const sweepMs = 50

function hold<T extends { once(event: 'close', listener: () => void): unknown }>(set: Set<T>, item: T): void {
  set.add(item)
  item.once('close', () => set.delete(item))
}

const isEventStream = (res: ServerResponse): boolean => String(res.getHeader('content-type') ?? '').startsWith('text/event-stream')

/**
 * Watches what runs on a server and returns how to close it: no more connections, running requests end, streams of events
 * and upgraded connections, which never end by themselves, are cut, and after `graceMs` so is everything else.
 */
export function closable(server: Server): (graceMs: number) => Promise<void> {
  const responses = new Set<ServerResponse>()
  const sockets = new Set<Duplex>()
  const upgraded = new Set<Duplex>()
  server.on('connection', (socket: Duplex) => hold(sockets, socket))
  server.prependListener('request', (_: IncomingMessage, res: ServerResponse) => hold(responses, res))
  if (server.listenerCount('upgrade') > 0) server.prependListener('upgrade', (_, socket: Duplex) => hold(upgraded, socket))

  return graceMs =>
    new Promise(resolve => {
      const sweep = setInterval(() => {
        for (const socket of upgraded) socket.destroy()
        for (const res of responses) if (isEventStream(res)) res.destroy()
        server.closeIdleConnections()
      }, sweepMs)
      const bound = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, graceMs)
      server.close(() => {
        clearInterval(sweep)
        clearTimeout(bound)
        resolve()
      })
    })
}

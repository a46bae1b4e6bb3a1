import { createServer } from 'node:http'
import { isIPv6 } from 'node:net'
import next from 'next'
import type { Env } from '@/lib/env'
import type { PortalHandler, UpgradeHandler } from './request-handler'

/** The pages, ready to answer. */
export interface Portal {
  handle: PortalHandler
  upgrade: UpgradeHandler
  close(): Promise<void>
}

/** Where this process reaches its own port without TLS. */
export function ownOrigin({ httpHost, httpPort }: Pick<Env, 'httpHost' | 'httpPort'>): string {
  const address = { '0.0.0.0': '127.0.0.1', '::': '::1' }[httpHost] ?? httpHost
  return `http://${isIPv6(address) ? `[${address}]` : address}:${httpPort}`
}

/** Prepares Next in the working directory; in development it compiles pages as they are asked for. */
export async function openPortal(env: Pick<Env, 'httpHost' | 'httpPort'>, development: boolean): Promise<Portal> {
  // Where Next fetches the page that an action leads to; it would try TLS on this port for those who came by TLS.
  process.env.__NEXT_PRIVATE_ORIGIN = ownOrigin(env)
  // Next listens for upgrades on the server that it is given; ours are handed on by host name.
  const upgrades = createServer()
  const app = next({
    dev: development,
    dir: process.cwd(),
    hostname: 'localhost',
    port: env.httpPort,
    httpServer: upgrades,
  })
  await app.prepare()
  const handle = app.getRequestHandler()
  return {
    handle: (req, res) => handle(req, res),
    upgrade: async (req, socket, head) => {
      upgrades.emit('upgrade', req, socket, head)
    },
    close: () => app.close(),
  }
}

import { createServer } from 'node:http'
import next from 'next'
import type { PortalHandler, UpgradeHandler } from './request-handler'

/** The pages, ready to answer. */
export interface Portal {
  handle: PortalHandler
  upgrade: UpgradeHandler
  close(): Promise<void>
}

/** Prepares Next in the working directory; in development it compiles pages as they are asked for. */
export async function openPortal({ development, portalUrl }: { development: boolean; portalUrl: string }): Promise<Portal> {
  const { hostname, port, protocol } = new URL(portalUrl)
  const app = next({
    dev: development,
    dir: process.cwd(),
    hostname,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    // Next listens for upgrades on the server that it is given; ours are handed on by host name.
    httpServer: createServer(),
  })
  await app.prepare()
  const handle = app.getRequestHandler()
  return {
    handle: (req, res) => handle(req, res),
    upgrade: app.getUpgradeHandler(),
    close: () => app.close(),
  }
}

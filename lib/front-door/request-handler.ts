import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { reportIncident } from '@/lib/incident'
import { refuse, refuseAndClose } from './answers'
import { type Belief, type Origin, originOf, settleOrigin } from './client-address'
import { type CustomerService, isCustomerPath } from './customer/answer'
import { serveCustomer } from './customer/serve'
import { type Es9Service, serveEs9 } from './es9'
import { answerHealth } from './health'
import type { Hosts } from './host-routing'
import type { PortalLimits } from './limits/portal-limits'
import { isShort, maxPortalBodyBytes, withinBound } from './portal-body'
import { BodyRefused } from './read-body'
import { secure } from './security-headers'

export type PortalHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>
export type UpgradeHandler = (req: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>

/** What there is to hand requests to once the server has started. */
export interface Services extends Es9Service {
  portal: PortalHandler
  /** Left out: customers' pages say that they will be there again soon. */
  customer?: CustomerService
  /** Without them, everybody may ask the portal for everything. */
  portalLimits?: PortalLimits
  /** In development: the page's line to the bundler. */
  upgrade?: UpgradeHandler
}

export interface FrontDoor extends Belief {
  hosts: Hosts
  development: boolean
  health: () => Promise<string[]>
  /** Undefined while the server starts or stops. */
  services: () => Services | undefined
}

/** The portal's pages read the path that was asked for from this header. */
export const pathHeader = 'x-slipway-path'

/** In which there is nothing to resolve or decode. */
const plainPath = /^(\/[\w-]+)+$/

/** The path that was meant: dots and doubled slashes resolved, escapes decoded; undefined when it is none or has control characters. */
export function pathOf(url: string | undefined): string | undefined {
  if (!url?.startsWith('/')) return undefined
  if (plainPath.test(url)) return url
  try {
    const path = decodeURIComponent(new URL(`http://name${url}`).pathname).replace(/\/{2,}/g, '/')
    return /\p{Cc}/u.test(path) ? undefined : path
  } catch {
    return undefined
  }
}

const es9Function = /^\/gsma\/rsp2\/es9plus\/([A-Za-z0-9]{1,64})$/
const underGsma = /^\/gsma(\/|$)/i

async function serve(door: FrontDoor, req: IncomingMessage, res: ServerResponse, origin: Origin): Promise<void> {
  const path = pathOf(req.url)
  if (path === undefined) return refuse(res, 400, 'The request names no path.')
  if (path === '/healthz') return answerHealth(req.method ?? '', res, door.health)
  const sides = door.hosts.sidesOf(origin.host, origin.address)
  if (!sides) return refuse(res, 421, 'This server does not serve that host name.')
  const services = door.services()
  // Before Next, which is slower, sends along what belongs to the portal's pages, and in development logs every address.
  if (sides.customer && (isCustomerPath(path) || (path === '/' && !sides.portal)))
    return serveCustomer(req, res, { path, origin, service: services?.customer })
  if (!services) return refuse(res, 503, 'The server is not ready. Try again.', { 'retry-after': '1', connection: 'close' })
  if (sides.smdp) {
    const name = es9Function.exec(path)?.[1]
    if (name) return serveEs9(req, res, name, origin.address, services)
  }
  if (!sides.portal || underGsma.test(path)) return refuse(res, 404, 'There is nothing here.')
  await servePortal(door, services, { req, res, path, origin })
}

interface PortalRequest {
  req: IncomingMessage
  res: ServerResponse
  path: string
  origin: Origin
}

async function servePortal(door: FrontDoor, { portal, portalLimits }: Services, { req, res, path, origin }: PortalRequest): Promise<void> {
  settleOrigin(req, origin, door)
  const maxBytes = maxPortalBodyBytes(path)
  const wait = (await portalLimits?.atDoor(req, path, origin)) ?? 0
  if (wait > 0) {
    if (!isShort(req, maxBytes)) res.setHeader('connection', 'close')
    return refuse(res, 429, 'There are too many requests from this address. Try again later.', { 'retry-after': String(wait) })
  }
  req.headers[pathHeader] = req.url ?? '/'
  secure(req, res, origin, door.development)
  let bounded: IncomingMessage
  try {
    bounded = await withinBound(req, maxBytes)
  } catch (error) {
    if (error instanceof BodyRefused) return refuseAndClose(req, res, error.status, error.message)
    if (req.destroyed && !req.complete) return
    throw error
  }
  await portal(bounded, res)
}

/** Takes a request in: where it comes from, which name it is for, who answers it. Decides nothing else. */
export const requestHandler = (door: FrontDoor) => (req: IncomingMessage, res: ServerResponse) => {
  const origin = originOf(req, door)
  serve(door, req, res, origin).catch(error => {
    const id = reportIncident(error, 'front door')
    if (res.headersSent) res.destroy()
    else refuse(res, 500, `Something went wrong. The operator of this server finds it in the log under ${id}.`)
  })
}

/** Hands WebSockets of the development server on; nothing else here speaks them. */
export const upgradeHandler = (door: FrontDoor) => (req: IncomingMessage, socket: Duplex, head: Buffer) => {
  const origin = originOf(req, door)
  settleOrigin(req, origin, door)
  const upgrade = door.services()?.upgrade
  if (!upgrade || !door.hosts.sidesOf(origin.host, origin.address)?.portal)
    return socket.end('HTTP/1.1 421 Misdirected Request\r\nConnection: close\r\n\r\n')
  upgrade(req, socket, head).catch(error => {
    reportIncident(error, 'upgrade')
    socket.destroy()
  })
}

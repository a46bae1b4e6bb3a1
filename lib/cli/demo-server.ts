import { createHash, randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:tls'
import type { Database } from '@/lib/db/pool'
import type { Env } from '@/lib/env'
import { refuse } from '@/lib/front-door/answers'
import { servingChecks } from '@/lib/front-door/checks'
import { networkList } from '@/lib/front-door/client-address'
import { createHealth } from '@/lib/front-door/health'
import { createHosts, hostNameOf } from '@/lib/front-door/host-routing'
import { listenTls } from '@/lib/front-door/listeners'
import { type FrontDoor, requestHandler } from '@/lib/front-door/request-handler'
import { createTlsContexts } from '@/lib/front-door/tls-contexts'
import { credentials } from '@/lib/smdp/credentials'
import { answerEs9 } from '@/lib/smdp/es9/answer'
import { pkiOverview } from '@/lib/smdp/pki/overview'

/** Where the phones of the demonstration connect to. */
export interface ServingPoint {
  host: string
  port: number
  /** A server of this deployment runs, so that its portal can be looked at. */
  running: boolean
  close(): Promise<void>
}

const patienceMs = 2_000

const reachable = (host: string | undefined): string =>
  host === undefined || host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host

async function isHealthy(host: string, port: number): Promise<boolean> {
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return fetch(`http://${authority}/healthz`, { signal: AbortSignal.timeout(patienceMs) }).then(
    answer => answer.ok,
    () => false,
  )
}

/** SHA-256 of the certificate that a port shows for a name; undefined when nobody speaks TLS there. */
const certificateAt = (host: string, port: number, servername: string): Promise<string | undefined> =>
  new Promise(resolve => {
    // Only looked at: the phone validates it again when it connects.
    const socket = connect({ host, port, servername, rejectUnauthorized: false, timeout: patienceMs })
    const end = (fingerprint?: string) => {
      resolve(fingerprint)
      socket.destroy()
    }
    socket.once('secureConnect', () => {
      const { raw } = socket.getPeerCertificate()
      end(raw && createHash('sha256').update(raw).digest('hex'))
    })
    socket.once('error', () => end())
    socket.once('timeout', () => end())
  })

/** A server that runs already, if it is this deployment's: it shows one of our certificates. */
async function runningServer(env: Env, db: Database, smdpName: string): Promise<ServingPoint | undefined> {
  if (!(await isHealthy(reachable(env.httpHost), env.httpPort))) return undefined
  const host = reachable(env.host)
  const fingerprint = await certificateAt(host, env.port, smdpName)
  const { credentials: known } = await pkiOverview(db)
  if (!known.some(credential => credential.fingerprint === fingerprint)) return undefined
  return { host, port: env.port, running: true, close: async () => undefined }
}

/** The SM-DP+ of this process on a free port, without the portal's pages. */
async function ownServer(env: Env, db: Database, mainName: string): Promise<ServingPoint> {
  const hosts = createHosts(env)
  const contexts = createTlsContexts({
    hosts,
    mainName,
    portal: undefined,
    credentials: async () => (await credentials().current()).tls,
    now: () => new Date(),
  })
  const door: FrontDoor = {
    hosts,
    trusted: networkList([]),
    secureByDefault: true,
    development: false,
    insideToken: randomBytes(32).toString('base64url'),
    health: createHealth(() => servingChecks(db, contexts)),
    services: () => ({
      answerEs9,
      portal: async (_, res) => refuse(res, 404, 'The demonstration serves no pages. Start the server: npm start'),
    }),
  }
  const host = '127.0.0.1'
  const listener = await listenTls({ variable: 'PORT', port: 0, host }, { request: requestHandler(door) }, contexts)
  const { port } = listener.server.address() as AddressInfo
  return { host, port, running: false, close: () => listener.close(patienceMs) }
}

/** The server that runs on the configured ports if it is this deployment's, else one in this process. `close` it. */
export async function servingPoint(env: Env, db: Database): Promise<ServingPoint> {
  const smdpName = hostNameOf(env.smdpAddress) ?? env.smdpAddress
  return (await runningServer(env, db, smdpName)) ?? (await ownServer(env, db, smdpName))
}

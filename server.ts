import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { firstAdministratorLink } from '@/lib/accounts/first-administrator'
import { linkMinutes } from '@/lib/accounts/link-times'
import { sidOfCookie } from '@/lib/accounts/session-cookie'
import { startBackground } from '@/lib/background/start'
import { type Env, env } from '@/lib/env'
import { servingChecks } from '@/lib/front-door/checks'
import { networkList } from '@/lib/front-door/client-address'
import { customerService } from '@/lib/front-door/customer/answer'
import type { Es2Service } from '@/lib/front-door/es2'
import { listenEs2 } from '@/lib/front-door/es2-listener'
import { createHealth, type HealthCheck } from '@/lib/front-door/health'
import { createHosts, hostNameOf } from '@/lib/front-door/host-routing'
import { es9Limits } from '@/lib/front-door/limits/es9-limits'
import { watchEventLoop } from '@/lib/front-door/limits/event-loop-delay'
import { PortalLimits } from '@/lib/front-door/limits/portal-limits'
import { type Listener, listen, listenTls } from '@/lib/front-door/listeners'
import { openPortal, type Portal } from '@/lib/front-door/portal'
import { type FrontDoor, requestHandler, type Services, upgradeHandler } from '@/lib/front-door/request-handler'
import { onStopSignal } from '@/lib/front-door/stop-signals'
import { createTlsContexts, readPortalKeyPair, type TlsContexts } from '@/lib/front-door/tls-contexts'
import { reportIncident, watchForIncidents } from '@/lib/incident'
import { partnerOfCertificate } from '@/lib/partners/partner-of-certificate'
import { type Runtime, startRuntime } from '@/lib/runtime'
import { credentials } from '@/lib/smdp/credentials'
import { answerEs2 } from '@/lib/smdp/es2/answer'
import { startEs2 } from '@/lib/smdp/es2/process-context'
import { answerEs9 } from '@/lib/smdp/es9/answer'
import type { Es12Client } from '@/lib/smdp/es12/client'
import { startEs12 } from '@/lib/smdp/es12/process-registrar'
import { startSweeper } from '@/lib/smdp/sweep/sweeper'

const development = process.env.NODE_ENV === 'development'
const graceMs = 10_000

const say = (line: string) => console.log(line)

let listeners: Listener[] = []
let portal: Portal | undefined
let runtime: Runtime | undefined
let stopSweeper: (() => Promise<void>) | undefined
let stopBackground: (() => Promise<void>) | undefined
let registrar: Es12Client | undefined
let services: Services | undefined
let es2Service: Es2Service | undefined
let es2Problem: string | undefined
let checks: () => HealthCheck[] = () => []

const only = (problem: () => string) => () => [async () => problem()]

async function openPorts(settings: Env): Promise<TlsContexts> {
  const hosts = createHosts(settings)
  const contexts = createTlsContexts({
    hosts,
    mainName: hostNameOf(settings.smdpAddress) ?? settings.smdpAddress,
    portal: settings.portalTls && (await readPortalKeyPair(settings.portalTls)),
    credentials: async () => (await credentials().current()).tls,
    now: () => new Date(),
  })
  const door: FrontDoor = {
    hosts,
    trusted: networkList(settings.trustedProxies),
    secureByDefault: settings.portalUrl.startsWith('https:'),
    insideToken: randomBytes(32).toString('base64url'),
    development,
    health: createHealth(() => checks()),
    services: () => services,
  }
  const handlers = { request: requestHandler(door), ...(development ? { upgrade: upgradeHandler(door) } : {}) }
  listeners.push(await listen({ variable: 'HTTP_PORT', port: settings.httpPort, host: settings.httpHost }, handlers))
  listeners.push(await listenTls({ variable: 'PORT', port: settings.port, host: settings.host }, handlers, contexts))
  await openEs2Port(settings, contexts, door.health)
  return contexts
}

/** A port that nobody has asked for by name may be somebody else's: then everything but ES2+ is served. */
async function openEs2Port(settings: Env, contexts: TlsContexts, health: FrontDoor['health']): Promise<void> {
  try {
    listeners.push(await listenEs2(settings, { service: () => es2Service, health }, contexts))
  } catch (error) {
    if (settings.es2PortSet) throw error
    es2Problem = error instanceof Error ? error.message : String(error)
  }
}

async function start(settings: Env): Promise<void> {
  const startedAt = performance.now()
  let doing = 'opening ports'
  checks = only(() => `The server is starting: ${doing}.`)
  const progress = (step: string) => {
    doing = step
    say(`… ${step}`)
  }
  const contexts = await openPorts(settings)
  runtime = await startRuntime(settings, { progress, warn: sentence => console.warn(`! ${sentence}`) })
  progress('opening the portal')
  portal = await openPortal(settings, development)
  const { db, vault } = runtime
  checks = () => servingChecks(db, contexts)
  watchEventLoop()
  stopSweeper = startSweeper({ db, sessionRetentionDays: settings.sessionRetentionDays })
  registrar = await startEs12(settings)
  stopBackground = startBackground({ db, vault }, settings)
  const portalLimits = new PortalLimits({ isOurs: async cookie => (await sidOfCookie(db, vault, cookie)) !== undefined })
  const customer = customerService(db)
  services = { answerEs9, limits: es9Limits(), portalLimits, portal: portal.handle, customer, upgrade: portal.upgrade }
  await startEs2({ db, vault, smdpAddress: settings.smdpAddress, customerUrl: settings.customerUrl, registrar })
  es2Service = { answerEs2, partnerOf: shown => partnerOfCertificate(db, { ...shown, now: new Date() }) }
  const link = await firstAdministratorLink(db, settings.portalUrl)
  say(`✓ Slipway is ready (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)\n`)
  say(`  Portal          ${settings.portalUrl}`)
  if (settings.customerUrl !== settings.portalUrl) say(`  Customers       ${settings.customerUrl}/e/…`)
  say(`  SM-DP+ address  ${settings.smdpAddresses.join(', ')}`)
  say(`  ES2+            ${es2Problem ? `not served: ${es2Problem}` : `port ${settings.es2Port}`}\n`)
  if (link) say(`  First administrator: set your password here, once, within ${linkMinutes} minutes:\n  ${link.url}\n`)
}

/** Whatever runs may end, then everything is closed: the ports, the pages, the database. */
async function stop(): Promise<void> {
  checks = only(() => 'The server is stopping.')
  services = undefined
  es2Service = undefined
  const close = (what: Promise<unknown> | undefined) => what?.catch(error => reportIncident(error, 'stopping'))
  const background = close(stopBackground?.())
  await Promise.all(listeners.map(listener => close(listener.close(graceMs))))
  listeners = []
  await Promise.race([close(portal?.close()), delay(graceMs)])
  await close(stopSweeper?.())
  await background
  registrar?.close()
  await close(runtime?.stop())
}

function explain(error: unknown): void {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) }
  // Sentences for the operator are thrown as plain errors; anything else is a fault of ours and needs its stack.
  const sentence = /^(EnvError|CannotStart|VaultError|Error)$/.test(name)
  console.error(sentence ? `\n${message}` : error)
}

watchForIncidents()

// next-auth builds addresses from the host that the front door vouches for, so each name that the portal is served under works.
process.env.AUTH_TRUST_HOST = 'true'
delete process.env.NEXTAUTH_URL

try {
  const starting = start(env())
  onStopSignal(async () => {
    say('\n… stopping')
    await Promise.race([starting.catch(() => undefined), delay(graceMs)])
    await stop()
    say('✓ stopped')
    process.exit(0)
  })
  await starting
} catch (error) {
  explain(error)
  await stop()
  process.exit(1)
}

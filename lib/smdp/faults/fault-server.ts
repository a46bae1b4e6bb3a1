import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { env } from '@/lib/env'
import { refuse } from '@/lib/front-door/answers'
import { networkList } from '@/lib/front-door/client-address'
import { createHealth } from '@/lib/front-door/health'
import { createHosts } from '@/lib/front-door/host-routing'
import { es9Limits } from '@/lib/front-door/limits/es9-limits'
import { listen } from '@/lib/front-door/listeners'
import { requestHandler } from '@/lib/front-door/request-handler'
import { cancel } from '@/lib/orders/cancel'
import { issue } from '@/lib/orders/issue'
import { orderContext } from '@/lib/orders/order-context'
import { Iccid } from '@/lib/rsp/identifiers'
import { type Runtime, startRuntime } from '@/lib/runtime'
import { answerEs9, type Es9Request } from '../es9/answer'
import { startSmdp } from '../es9/process-context'
import { Message, type Order, type Stats, VICTIMS, type Victim } from './control'
import { faultActor } from './fault-actor'
import { FaultPoints } from './fault-points'
import { importPackages } from './import-packages'
import { sweepNow } from './sweep'

const isVictim = (name: string): name is Victim => (VICTIMS as readonly string[]).includes(name)

/** ES9+ behind the real front door without TLS, with a channel over which it is told when to die and what the time is. */
export async function faultServer(): Promise<void> {
  process.on('unhandledRejection', reason => console.error('incident: unhandled rejection', reason))
  process.on('uncaughtException', error => console.error('incident: uncaught exception', error))
  const settings = env()
  const points = new FaultPoints()
  const runtime = await startRuntime(settings)
  const { db, vault } = runtime
  points.watch(db)
  let offsetMs = 0
  const clock = () => new Date(Date.now() + offsetMs)
  await startSmdp({ db, vault, smdpAddress: settings.smdpAddress, smdpAliases: settings.smdpAddresses.slice(1), clock })

  const answer = (request: Es9Request) =>
    isVictim(request.function) ? points.during(request.function, () => answerEs9(request)) : answerEs9(request)
  const handler = requestHandler({
    hosts: createHosts(settings),
    trusted: networkList(settings.trustedProxies),
    secureByDefault: false,
    insideToken: randomBytes(32).toString('base64url'),
    development: false,
    health: createHealth(() => [async () => db.query({ text: 'SELECT 1' }).then(() => undefined)]),
    services: () => ({ answerEs9: answer, limits: es9Limits(), portal: async (_, res) => refuse(res, 404, 'There is no portal here.') }),
  })
  const request = (req: IncomingMessage, res: ServerResponse) => {
    points.watchAnswer(req.url?.split('/').at(-1), res)
    handler(req, res)
  }
  const listener = await listen({ variable: 'HTTP_PORT', port: settings.httpPort, host: '127.0.0.1' }, { request })
  const turnClock = (ms: number) => {
    offsetMs = ms
  }
  obey({ points, runtime, turnClock, now: clock, address: settings.smdpAddress, dataDir: settings.dataDir })
  const stop = async () => {
    await listener.close(1_000)
    await runtime.stop()
    process.exit(0)
  }
  process.once('SIGTERM', stop)
  process.once('disconnect', stop)
  process.send?.({ ready: true })
}

interface Obeying {
  points: FaultPoints
  runtime: Runtime
  turnClock(offsetMs: number): void
  now: () => Date
  address: string
  dataDir: string
}

function obey(server: Obeying): void {
  process.on('message', raw => {
    const { id, order } = Message.parse(raw)
    execute(server, order).then(
      result => process.send?.({ id, result: result ?? null }),
      error => process.send?.({ id, problem: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }),
    )
  })
}

async function execute(server: Obeying, order: Order): Promise<unknown> {
  const { points, runtime } = server
  const { db, vault } = runtime
  const parts = { db, vault, actor: faultActor, now: server.now() }
  const ctx = await orderContext(parts, { smdpAddress: server.address, customerUrl: 'https://esim.faults.example' })
  switch (order.do) {
    case 'arm':
      return points.arm(order)
    case 'count':
      return points.count(order.victim)
    case 'clock':
      return server.turnClock(order.offsetMs)
    case 'stats':
      return stats(runtime)
    case 'sweep':
      return sweepNow(db, server.now())
    case 'import': {
      const packages = order.packages.map(base64 => Buffer.from(base64, 'base64'))
      const batchContext = { actor: faultActor, now: ctx.now, vault, dataDir: server.dataDir }
      return points.during('import', () => importPackages(db, batchContext, { typeName: order.type, packages }))
    }
    case 'issue': {
      const { type = '', count = 1 } = order
      const input = order.iccids ? { iccids: order.iccids.map(iccid => Iccid.parse(iccid)) } : { type, count }
      return points.during('issue', () => issue(db, ctx, input))
    }
    case 'cancel':
      return points.during('cancel', () => cancel(db, ctx, { iccid: Iccid.parse(order.iccid), finalProfileStatusIndicator: order.to }))
  }
}

function stats({ db }: Runtime): Stats {
  global.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  return {
    rssBytes: rss,
    heapBytes: heapUsed,
    handles: process.getActiveResourcesInfo().length,
    connections: db.pool.totalCount,
    waiting: db.pool.waitingCount,
  }
}

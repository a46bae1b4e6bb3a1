import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { clusterIn } from '@/lib/db/embedded/cluster'
import { runningPostmaster } from '@/lib/db/embedded/postmaster'
import { type Database, one } from '@/lib/db/pool'
import { parseEnv } from '@/lib/env'
import { addPartner, PartnerInput } from '@/lib/partners/partner'
import { makeCa } from '@/lib/partners/testing/certificates'
import { type Runtime, startRuntime } from '@/lib/runtime'
import { type Cores, onServerCore, takeCores } from '../../bench/cores'
import { machineOf } from '../../bench/machine'
import { percentilesOf } from '../../bench/percentiles'
import { coresMs, processMs, treeMs } from '../../bench/processor-time'
import { profileLines, readProfile } from '../../bench/profile-report'
import { freePort, newTarget, type ServerProcess, startServer } from '../../bench/server-process'
import { openStock, type Stock, typeName } from '../../bench/stock'
import { vacuum } from '../../bench/vacuum'
import type { BareFigures, BareInput, Measurement, Report } from './figures'
import { type Options, readOptions, stocksOf, usage } from './options'
import { type Caller, type LoadResult, placeOrders } from './partner-load'
import { machineLines, measurementLine, reportLines } from './report'

const identifier = 'bss.example.com'
const warmUpOrders = 500
const readyWithinMs = 10_000
/** Orders per second for which there is stock before any were seen. */
const firstGuess = 500
/** Bare SQL changes profiles of a type of its own, so that its orders do not stand in the way of the server's. */
const bareType = { type: 'bench-bare', firstIccid: 50_000_000 }
/** How much faster bare SQL may be at most */
const bareTimes = 6

const say = (line: string) => console.log(line)

interface Bench {
  options: Options
  cores: Cores
  dataDir: string
  runtime: Runtime
  stock: Stock
  bareStock: Stock
  server: ServerProcess
  caller: Caller
  partnerId: string
  postmaster: number | undefined
  /** By the server and by bare SQL */
  done: number
  rate: number
}

/** The whole bench, from the command line's arguments to the last line. */
export async function bench(args: string[]): Promise<void> {
  const options = readOptions(args)
  if (options.help) return say(usage)
  const cores = takeCores()
  const dataDir = mkdtempSync(path.join(tmpdir(), 'slipway-bench-es2-'))
  const ending: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true })]
  const end = async () => {
    for (const step of ending.splice(0).reverse()) await step()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().finally(() => process.exit(130)))
  try {
    const [target, es2Port] = [await newTarget(), await freePort()]
    say('… starting PostgreSQL and the server')
    const runtime = await startRuntime(parseEnv({ DATA_DIR: dataDir, SMDP_ADDRESS: target.smdpAddress }))
    ending.push(() => runtime.stop())
    const stock = await openStock(runtime.db, runtime.vault, target.smdpAddress)
    const bareStock = await openStock(runtime.db, runtime.vault, target.smdpAddress, bareType)
    const certificate = makeCa('Bench').client(identifier)
    const ctx = { actor: { kind: 'cli', name: 'cli:bench', role: 'administrator' } as const, now: new Date(), vault: runtime.vault }
    const partner = PartnerInput.parse({ name: 'Bench', identifier, allTypes: true })
    const { id: partnerId } = await addPartner(runtime.db, ctx, partner, [{ file: certificate.der }])
    const server = await startServer(cores, { dataDir, profile: options.profile, target, variables: { ES2_PORT: String(es2Port) } })
    ending.push(() => server.stop())
    const caller = {
      target: { ...target, tlsPort: es2Port },
      identifier,
      certificate,
      profileType: typeName,
      connections: options.connections,
    }
    const postmaster = runningPostmaster(clusterIn(dataDir).files)?.pid
    const state: Bench = {
      options,
      cores,
      dataDir,
      runtime,
      stock,
      bareStock,
      server,
      caller,
      partnerId,
      postmaster,
      done: 0,
      rate: firstGuess,
    }

    const report: Report = { machine: machineOf(cores), connections: options.connections, measurements: [] }
    for (const line of machineLines(report, cores)) say(line)
    await warmUp(state)
    for (const left of stocksOf(options)) {
      const measurement = await measure(state, left)
      say(`✓ ${measurementLine(measurement)}`)
      report.measurements.push(measurement)
    }
    await agreeWithDatabase(state)
    tell(report, options)
  } finally {
    await end()
  }
}

function tell(report: Report, { json }: Options): void {
  say('')
  for (const line of reportLines(report)) say(line)
  for (const { stock, profile, serverMs } of report.measurements) {
    if (!profile) continue
    say(`\nProfile with ${stock.toLocaleString('en-US')} in stock`)
    for (const line of profileLines(profile, serverMs, 'order')) say(line)
  }
  if (json) writeFileSync(path.resolve(process.env.INIT_CWD ?? '.', json), `${JSON.stringify(report, null, 2)}\n`)
  if (report.measurements.some(({ failed }) => failed > 0)) process.exitCode = 1
}

const inStock = async (db: Database, type: string): Promise<number> =>
  (
    await one<{ count: number }>(db, {
      text: `SELECT count(*)::int AS count FROM profile p JOIN profile_type t ON t.id = p.type_id WHERE t.name = $1 AND p.state = 'Available'`,
      values: [type],
    })
  )?.count ?? 0

async function fill(db: Database, stock: Stock, type: string, wanted: number): Promise<void> {
  const missing = wanted - (await inStock(db, type))
  if (missing > 0) await stock.addAvailable(missing)
}

async function warmUp(state: Bench): Promise<void> {
  say('… warming up')
  await state.stock.addAvailable(2 * warmUpOrders)
  // The server calls itself healthy a moment before the last of its services is there.
  for (const startedAt = Date.now(); ; ) {
    const { orders, failures } = await placeOrders({ ...state.caller, connections: 1 }, { seconds: 1, most: 1 })
    state.done += orders
    if (orders > 0) break
    if (Date.now() - startedAt > readyWithinMs) throw new Error(`Orders fail: ${failures.join('\n')}`)
  }
  await vacuum(state.dataDir)
  const { orders, failed, failures, seconds } = await placeOrders(state.caller, { seconds: 60, most: warmUpOrders })
  if (failed > 0) throw new Error(`Orders fail: ${failures.join('\n')}`)
  state.done += orders
  state.rate = Math.max(100, orders / seconds)
}

/** Bare SQL, orders by ES2+, bare SQL again, with so many profiles left at the end. */
async function measure(state: Bench, left: number): Promise<Measurement> {
  const { options, runtime, dataDir } = state
  const most = Math.ceil(state.rate * options.seconds * 1.5) + options.connections
  say(`… putting ${(left + most).toLocaleString('en-US')} profiles in stock (their packages are filler: nobody downloads them)`)
  await fill(runtime.db, state.stock, typeName, left + most)
  await fill(runtime.db, state.bareStock, bareType.type, most * bareTimes)
  await vacuum(dataDir)
  const bare = [await measureBareSql(state)]
  await vacuum(dataDir)
  const found = await measureOrders(state, most)
  bare.push(await measureBareSql(state))
  state.done += found.orders + sum(bare, ({ orders }) => orders)
  const bareOrders = sum(bare, ({ orders }) => orders)
  const bareOrdersPerSecond = bareOrders / sum(bare, ({ seconds }) => seconds)
  const barePostgres = bare.map(({ postgresMs }) => postgresMs)
  return {
    stock: left,
    ...found,
    bareOrdersPerSecond,
    share: found.ordersPerSecond / bareOrdersPerSecond,
    bareClientMs: sum(bare, ({ cpuMs }) => cpuMs) / bareOrders,
    barePostgresMs: barePostgres.every(ms => ms !== undefined) ? sum(barePostgres, ms => ms) / bareOrders : undefined,
  }
}

interface Reading {
  at: number
  server: number | undefined
  postgres: number | undefined
  serverCore: number
  others: number
}

const read = ({ server, postmaster, cores }: Bench): Reading => ({
  at: performance.now(),
  server: processMs(server.pid),
  postgres: postmaster === undefined ? undefined : treeMs(postmaster),
  serverCore: coresMs([cores.server]),
  others: coresMs(cores.others),
})

type Ordered = Omit<Measurement, 'stock' | 'bareOrdersPerSecond' | 'share' | 'bareClientMs' | 'barePostgresMs'>

async function measureOrders(state: Bench, most: number): Promise<Ordered> {
  const { options, cores, server, caller } = state
  if (options.profile) await server.startProfile()
  const from = read(state)
  const result = await placeOrders(caller, { seconds: options.seconds, most })
  const to = read(state)
  const profile = options.profile ? readProfile(await server.stopProfile()) : undefined
  const { orders, failed, failures, seconds, cpuMs } = result
  const elapsedMs = to.at - from.at
  const spent = (what: 'server' | 'postgres') => {
    const [before, after] = [from[what], to[what]]
    return before === undefined || after === undefined ? undefined : after - before
  }
  const ofOrder = (ms: number | undefined) => (ms === undefined ? undefined : ms / orders)
  const percent = (ms: number | undefined) => (ms === undefined ? undefined : (100 * ms) / elapsedMs)
  const serverMs = spent('server')
  return {
    orders,
    failed,
    failures,
    seconds,
    ordersPerSecond: orders / seconds,
    serverMs: ofOrder(serverMs),
    postgresMs: ofOrder(spent('postgres')),
    loadMs: cpuMs / orders,
    serverCorePercent: percent(serverMs),
    disturbedPercent: cores.pinned && serverMs !== undefined ? percent(Math.max(0, to.serverCore - from.serverCore - serverMs)) : undefined,
    otherCoresPercent: (100 * (to.others - from.others)) / elapsedMs / cores.others.length,
    latencyMs: latenciesOf(result),
    ...(profile ? { profile } : {}),
  }
}

const latenciesOf = ({ latencies }: LoadResult): Measurement['latencyMs'] => ({
  downloadOrder: percentilesOf(latencies.downloadOrder),
  confirmOrder: percentilesOf(latencies.confirmOrder),
  order: percentilesOf(latencies.order),
})

/** In a process of its own on the server's core, while the server has nothing to do. */
async function measureBareSql(state: Bench): Promise<BareFigures & { postgresMs: number | undefined }> {
  const { cores, options, dataDir, partnerId } = state
  const { type } = bareType
  const input: BareInput = { dataDir, seconds: Math.max(1, options.seconds / 2), connections: options.connections, partnerId, type }
  const before = read(state)
  const figures = await inProcess(cores, input)
  const after = read(state)
  const postgresMs = before.postgres === undefined || after.postgres === undefined ? undefined : after.postgres - before.postgres
  return { ...figures, postgresMs }
}

function inProcess(cores: Cores, input: BareInput): Promise<BareFigures> {
  const [command, args] = onServerCore(cores, process.execPath, [process.argv[1] ?? '', 'bare-sql', JSON.stringify(input)])
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let answer = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      answer += text
    })
    child.once('error', reject)
    child.once('close', code => {
      if (code === 0) resolve(JSON.parse(answer) as BareFigures)
      else reject(new Error('The bare SQL could not be measured.'))
    })
  })
}

/** An order counts only when the database has its profile released, with the step, the audit row and the call of both functions. */
async function agreeWithDatabase({ runtime, partnerId, done }: Bench): Promise<void> {
  const found = await one<Record<string, number>>(runtime.db, {
    text: `SELECT (SELECT count(*)::int FROM profile WHERE state = 'Released') AS released,
      (SELECT count(*)::int FROM download_order WHERE partner_id = $1 AND matching_id IS NOT NULL) AS orders,
      (SELECT count(*)::int / 2 FROM es2_call WHERE partner_id = $1 AND status IS NULL) AS calls,
      (SELECT count(*)::int / 2 FROM profile_event WHERE kind IN ('downloadOrder', 'confirmOrder')) AS steps,
      (SELECT count(*)::int / 2 FROM audit WHERE action = 'order:issue') AS audited`,
    values: [partnerId],
  })
  const fewer = Object.entries(found ?? {}).filter(([, count]) => count < done)
  if (fewer.length > 0)
    throw new Error(`${done} orders were counted, but the database has ${fewer.map(each => each.join(' ')).join(', ')}.`)
  say(`✓ the database has all ${done.toLocaleString('en-US')} orders, with their rows`)
}

const sum = <T>(items: T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0)

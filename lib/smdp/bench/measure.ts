import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { clusterIn } from '@/lib/db/embedded/cluster'
import { runningPostmaster } from '@/lib/db/embedded/postmaster'
import { parseEnv } from '@/lib/env'
import type { CryptoFloor } from '@/lib/rsp/bench/crypto-floor'
import { type Runtime, startRuntime } from '@/lib/runtime'
import { type Cores, onServerCore, takeCores } from './cores'
import { type Loads, startLoads } from './loads'
import { machineOf } from './machine'
import { type LoadResult, STEPS } from './messages'
import { type Mode, type Options, readOptions, type Stage, stagesOf, usage } from './options'
import { packageName } from './package'
import { percentilesOf } from './percentiles'
import { coresMs, processMs, treeMs } from './processor-time'
import { profileLines, readProfile } from './profile-report'
import { type BenchReport, type Measurement, machineLines, measurementLine, reportLines } from './report'
import { bundles, newTarget, type ServerProcess, startServer } from './server-process'
import { countInstalled, openStock, type Stock } from './stock'
import { vacuum } from './vacuum'

const floorSeconds = 1
/** V8 is still at work on its code some ten seconds after the start. */
const warmUpDownloads = 5_000
const preparedAtOnce = 10_000

const say = (line: string) => console.log(line)

interface Bench {
  options: Options
  cores: Cores
  runtime: Runtime
  stock: Stock
  server: ServerProcess
  loads: Loads
  postmaster: number | undefined
  settle(): Promise<void>
  done: number
  inStock: number
  /** Downloads per second that were seen last, for how much is prepared */
  rate: number
}

/** The whole bench, from the command line's arguments to the last line. */
export async function bench(args: string[]): Promise<void> {
  const options = readOptions(args)
  if (options.help) return say(usage)
  const cores = takeCores()
  const loadCount = options.loads ?? Math.min(4, Math.max(1, cores.others.length))
  const dataDir = mkdtempSync(path.join(tmpdir(), 'slipway-bench-'))
  const ending: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true })]
  const end = async () => {
    for (const step of ending.splice(0).reverse()) await step()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().finally(() => process.exit(130)))
  try {
    const target = await newTarget()
    say('… starting PostgreSQL and the server')
    const runtime = await startRuntime(parseEnv({ DATA_DIR: dataDir, SMDP_ADDRESS: target.smdpAddress }))
    ending.push(() => runtime.stop())
    const stock = await openStock(runtime.db, runtime.vault, target.smdpAddress)
    const server = await startServer(cores, { dataDir, bare: options.bare, profile: options.profile, target })
    ending.push(() => server.stop())
    const loads = await startLoads(loadCount, options, { dataDir, target })
    ending.push(() => loads.stop())
    const postmaster = runningPostmaster(clusterIn(dataDir).files)?.pid
    const settle = () => vacuum(dataDir)
    const state: Bench = { options, cores, runtime, stock, server, loads, postmaster, settle, done: 0, inStock: 0, rate: 300 }

    const report: BenchReport = {
      machine: machineOf(cores),
      server: options.bare ? 'bare' : 'whole',
      connections: options.connections,
      loads: loadCount,
      package: packageName,
      measurements: [],
      growthPercent: [],
    }
    for (const line of machineLines(report, cores)) say(line)
    for (const stage of stagesOf(options)) report.measurements.push(...(await runStage(state, stage)))
    report.growthPercent = growthOf(report.measurements)
    await agreeWithDatabase(state)
    tell(report, options)
  } finally {
    await end()
  }
}

function tell(report: BenchReport, options: Options): void {
  say('')
  for (const line of reportLines(report)) say(line)
  for (const { mode, profile, serverMsPerDownload } of report.measurements) {
    if (!profile) continue
    say(`\nProfile of ${mode}`)
    for (const line of profileLines(profile, serverMsPerDownload)) say(line)
  }
  if (options.json) writeFileSync(path.resolve(process.env.INIT_CWD ?? '.', options.json), `${JSON.stringify(report, null, 2)}\n`)
  if (report.measurements.some(({ failed }) => failed > 0)) process.exitCode = 1
}

async function runStage(state: Bench, stage: Stage): Promise<Measurement[]> {
  const more = stage.stock - state.inStock
  if (more > 0) {
    say(`… putting ${more.toLocaleString('en-US')} profiles in stock (their packages are filler: nobody downloads them)`)
    await state.stock.addAvailable(more)
    state.inStock = stage.stock
  }
  if (state.done === 0) await warmUp(state)
  while (state.done < stage.downloads) {
    const count = Math.min(preparedAtOnce, Math.max(state.options.connections, stage.downloads - state.done))
    say(`… downloading until ${stage.downloads.toLocaleString('en-US')} are done (${state.done.toLocaleString('en-US')} so far)`)
    await load(state, 'keepalive', count, 3_600)
  }
  await state.settle()
  const found: Measurement[] = []
  for (const mode of stage.modes) {
    const measurement = await measure(state, stage, mode)
    say(`✓ ${measurementLine(measurement)}`)
    found.push(measurement)
  }
  return found
}

async function warmUp(state: Bench): Promise<void> {
  say('… warming up')
  for (const [mode, count] of [
    ['keepalive', warmUpDownloads],
    ['newtls', 300],
    ['plain', 300],
  ] as const)
    await load(state, mode, count, 60)
}

/** Prepares so many orders, then downloads them for so long. */
async function load(state: Bench, mode: Mode, count: number, seconds: number, around?: Around): Promise<LoadResult[]> {
  const orders = await state.stock.addReleased(count)
  await state.loads.connect(mode, orders)
  await around?.before()
  const results = await state.loads.go(seconds)
  await around?.after()
  const downloads = sum(results, ({ downloads: done }) => done)
  state.done += downloads + (mode === 'plain' ? 0 : results.length)
  state.rate = Math.max(100, downloads / Math.max(...results.map(result => result.seconds)))
  const failed = sum(results, result => result.failed)
  if (failed > 0 && !around) throw new Error(`Downloads fail: ${results.flatMap(({ failures }) => failures).join('\n')}`)
  return results
}

interface Around {
  before(): unknown
  after(): unknown
}

async function measure(state: Bench, stage: Stage, mode: Mode): Promise<Measurement> {
  const { options, server, cores, postmaster } = state
  const downloadsBefore = state.done
  const read = () => ({
    at: performance.now(),
    server: processMs(server.pid),
    postgres: postmaster === undefined ? undefined : treeMs(postmaster),
    serverCore: coresMs([cores.server]),
    others: coresMs(cores.others),
  })
  type Reading = ReturnType<typeof read>
  const readings: Reading[] = []
  let profile: unknown
  const floors: CryptoFloor[] = [await measureFloor(cores)]
  const results = await load(state, mode, Math.ceil(state.rate * options.seconds * 1.25) + options.connections, options.seconds, {
    before: async () => {
      if (options.profile) await server.startProfile()
      readings.push(read())
    },
    after: async () => {
      readings.push(read())
      if (options.profile) profile = await server.stopProfile()
    },
  })
  floors.push(await measureFloor(cores))

  const downloads = sum(results, result => result.downloads)
  const seconds = Math.max(...results.map(result => result.seconds))
  const spent = (what: keyof Reading): number | undefined => {
    const [from, to] = readings.map(reading => reading[what])
    return from === undefined || to === undefined ? undefined : to - from
  }
  const perDownload = (ms: number | undefined) => (ms === undefined ? undefined : ms / downloads)
  const elapsedMs = spent('at') ?? 0
  const serverMs = spent('server')
  const percent = (ms: number | undefined) => (ms === undefined ? undefined : (100 * ms) / elapsedMs)
  const floorPerSecond = sum(floors, floor => floor.downloads) / sum(floors, floor => floor.seconds)
  const floorMs = (1000 * sum(floors, floor => floor.cpuSeconds)) / sum(floors, floor => floor.downloads)
  const serverMsPerDownload = perDownload(serverMs)
  const downloadsPerSecond = downloads / seconds
  return {
    mode,
    stock: stage.stock,
    downloadsBefore,
    downloads,
    checked: sum(results, result => result.checked),
    failed: sum(results, result => result.failed),
    failures: results.flatMap(result => result.failures),
    seconds,
    downloadsPerSecond,
    floorPerSecond,
    share: downloadsPerSecond / floorPerSecond,
    shareByProcessorTime: serverMsPerDownload && floorMs / serverMsPerDownload,
    serverMsPerDownload,
    postgresMsPerDownload: perDownload(spent('postgres')),
    loadMsPerDownload: sum(results, result => result.cpuMs) / downloads,
    serverCorePercent: percent(serverMs),
    disturbedPercent: cores.pinned && serverMs !== undefined ? percent(Math.max(0, (spent('serverCore') ?? 0) - serverMs)) : undefined,
    otherCoresPercent: (100 * (spent('others') ?? 0)) / elapsedMs / cores.others.length,
    latencyMs: latenciesOf(results),
    ...(profile ? { profile: readProfile(profile) } : {}),
  }
}

function latenciesOf(results: LoadResult[]): Measurement['latencyMs'] {
  const found: Measurement['latencyMs'] = {}
  STEPS.forEach((step, i) => {
    const all = Float64Array.from(results.flatMap(({ latencies }) => [...(latencies[i] ?? [])])).sort()
    if (all.length > 0) found[step] = percentilesOf(all)
  })
  return found
}

/** In a process of its own on the server's core, while the server has nothing to do. */
function measureFloor(cores: Cores): Promise<CryptoFloor> {
  const [command, args] = onServerCore(cores, process.execPath, [bundles.bench, 'floor', String(floorSeconds)])
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.once('error', reject)
    child.once('close', () => (output ? resolve(JSON.parse(output)) : reject(new Error('The crypto floor was not measured.'))))
  })
}

function growthOf(measurements: Measurement[]): BenchReport['growthPercent'] {
  const [first, ...later] = measurements.filter(({ mode }) => mode === 'keepalive')
  if (!first) return []
  return later.map(({ stock, downloadsBefore, downloadsPerSecond, serverMsPerDownload }) => ({
    stock,
    downloadsBefore,
    byRate: 100 * (1 - downloadsPerSecond / first.downloadsPerSecond),
    byProcessorTime:
      serverMsPerDownload && first.serverMsPerDownload ? 100 * (serverMsPerDownload / first.serverMsPerDownload - 1) : undefined,
  }))
}

/** A download counts only when the database has it as installed, with its notification. */
async function agreeWithDatabase({ runtime, done }: Bench): Promise<void> {
  const { installed, notifications } = await countInstalled(runtime.db)
  if (installed < done || notifications < done)
    throw new Error(
      `${done} downloads were counted, but the database has ${installed} installed profiles and ${notifications} notifications.`,
    )
  say(`✓ the database has all ${done.toLocaleString('en-US')} downloads as installed`)
}

const sum = <T>(items: T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0)

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseEnv } from '@/lib/env'
import { startRuntime } from '@/lib/runtime'
import { Connection, type Target } from '@/lib/smdp/bench/connection'
import { takeCores } from '@/lib/smdp/bench/cores'
import {
  authenticateServerResponse,
  type EuiccModel,
  installationResult,
  type LightEuicc,
  makeEuiccs,
  modelOf,
  prepareDownloadResponse,
} from '@/lib/smdp/bench/light-euicc'
import type { ReadyOrder } from '@/lib/smdp/bench/messages'
import { newTarget, startServer } from '@/lib/smdp/bench/server-process'
import { openStock } from '@/lib/smdp/bench/stock'
import { strictCard } from '@/lib/smdp/bench/strict-check'
import { readTestCredential } from '@/lib/smdp/pki/test-pki-files'

// After `npm run build`: npx tsx lib/front-door/limits/bench/overload.ts [seconds] [times] [connections]
// Downloads that begin at fixed moments, whether the server keeps up or not, at a multiple of what it was seen to serve just before;
// with the queue as it is set, and with places for everybody. Everything on loopback, bounded by the seconds.

const [seconds = 12, times = 4, connectionCount = 800] = process.argv.slice(2).map(Number)
const warmUpSeconds = 5
const drainMs = 20_000
const everybody = '1000'

const es9plus = '/gsma/rsp2/es9plus/'

class TurnedAway extends Error {
  constructor(readonly step: string) {
    super(step)
  }
}

interface Load {
  target: Target
  model: EuiccModel
  euiccs: LightEuicc[]
  orders: ReadyOrder[]
  free: Connection[]
}

interface Seen {
  /** Milliseconds since the moment when the download should have begun */
  first: number[]
  whole: number[]
  turnedAway: number[]
  brokenOff: number
  failed: Map<string, number>
  neverBegun: number
  /** Until the last one had ended */
  elapsedSeconds: number
}

async function call(connection: Connection, name: string, body: string): Promise<Buffer> {
  const { status, body: answer } = await connection.post(es9plus + name, body)
  if (status === 503) throw new TurnedAway(name)
  if (status !== 200 && status !== 204) throw new Error(`${name}: ${status}`)
  if (status === 200 && !answer.includes('"Executed-Success"')) throw new Error(`${name}: ${answer.toString('utf8', 0, 200)}`)
  return answer
}

async function download({ target, model }: Load, euicc: LightEuicc, connection: Connection, order: ReadyOrder, begun: () => void) {
  const challenge = randomBytes(16).toString('base64')
  const greeting = `{"euiccChallenge":"${challenge}","euiccInfo1":"${model.euiccInfo1}","smdpAddress":"${target.smdpAddress}"}`
  const initiated = JSON.parse((await call(connection, 'initiateAuthentication', greeting)).toString('latin1'))
  begun()
  const id: string = initiated.transactionId
  const proof = authenticateServerResponse(euicc, model, Buffer.from(initiated.serverSigned1, 'base64'), order.matchingId)
  const client = `{"transactionId":"${id}","authenticateServerResponse":"${proof.response.toString('base64')}"}`
  const offer = JSON.parse((await call(connection, 'authenticateClient', client)).toString('latin1'))
  const wish = prepareDownloadResponse(euicc, proof.transactionId, Buffer.from(offer.smdpSignature2, 'base64')).toString('base64')
  await call(connection, 'getBoundProfilePackage', `{"transactionId":"${id}","prepareDownloadResponse":"${wish}"}`)
  const result = installationResult(euicc, proof.transactionId, target.smdpAddress, order.iccid).toString('base64')
  await call(connection, 'handleNotification', `{"pendingNotification":"${result}"}`)
}

/** Begins downloads, at `rate` a second or, without one, whenever a connection is free. */
async function run(load: Load, forSeconds: number, rate?: number): Promise<Seen> {
  const seen: Seen = { first: [], whole: [], turnedAway: [], brokenOff: 0, failed: new Map(), neverBegun: 0, elapsedSeconds: 0 }
  const due: number[] = []
  const underWay = new Set<Promise<void>>()
  const startedAt = performance.now()
  let arrivals = 0
  let next = 0

  const begin = (dueAt: number, connection: Connection, order: ReadyOrder, euicc: LightEuicc) => {
    const since = () => performance.now() - dueAt
    const one = download(load, euicc, connection, order, () => seen.first.push(since()))
      .then(() => {
        seen.whole.push(since())
        seen.elapsedSeconds = (performance.now() - startedAt) / 1_000
      })
      .catch((error: Error) => {
        if (!(error instanceof TurnedAway)) return void seen.failed.set(error.message, (seen.failed.get(error.message) ?? 0) + 1)
        load.orders.push(order)
        if (error.step === 'initiateAuthentication') seen.turnedAway.push(since())
        else seen.brokenOff++
      })
      .finally(() => {
        underWay.delete(one)
        load.free.push(connection)
        dispatch()
      })
    underWay.add(one)
  }
  const dispatch = () => {
    while (due.length > 0 && load.free.length > 0) {
      const [dueAt, connection, order] = [due.shift(), load.free.shift(), load.orders.shift()]
      const euicc = load.euiccs[next++ % load.euiccs.length]
      if (dueAt === undefined || !connection || !order || !euicc) throw new Error('The orders have run out.')
      begin(dueAt, connection, order, euicc)
    }
  }
  for (let elapsed = 0; elapsed < forSeconds * 1_000; elapsed = performance.now() - startedAt) {
    if (rate === undefined) for (let i = underWay.size + due.length; i < 32; i++) due.push(performance.now())
    else for (; arrivals < (elapsed / 1_000) * rate; arrivals++) due.push(startedAt + (arrivals / rate) * 1_000)
    dispatch()
    await delay(1)
  }
  for (const end = performance.now() + drainMs; due.length + underWay.size > 0 && performance.now() < end; ) await delay(20)
  seen.neverBegun = due.splice(0).length
  await Promise.race([Promise.all(underWay), delay(drainMs)])
  return seen
}

const ms = (list: number[], share: number): string => {
  const sorted = list.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return value === undefined ? '–' : `${Math.round(value)}`
}
const percentiles = (list: number[]): string => `p50 ${ms(list, 0.5)} p95 ${ms(list, 0.95)} p99 ${ms(list, 0.99)} ms`

function tell(name: string, seen: Seen, forSeconds: number): void {
  const asked =
    seen.whole.length + seen.turnedAway.length + seen.brokenOff + seen.neverBegun + [...seen.failed.values()].reduce((a, b) => a + b, 0)
  const share = (count: number) => `${((100 * count) / Math.max(1, asked)).toFixed(1)} %`
  console.log(`${name}: asked ${(asked / forSeconds).toFixed(0)}/s, done ${(seen.whole.length / seen.elapsedSeconds).toFixed(0)}/s`)
  console.log(`  first answer    ${percentiles(seen.first)}`)
  console.log(`  whole download  ${percentiles(seen.whole)}`)
  console.log(`  503 at first    ${share(seen.turnedAway.length)}, told after ${percentiles(seen.turnedAway)}`)
  console.log(`  503 later on    ${seen.brokenOff}; never begun ${seen.neverBegun}; failed ${JSON.stringify([...seen.failed])}`)
}

async function scenario(name: string, variables: Record<string, string>, rate?: number): Promise<number> {
  Object.assign(process.env, variables)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'slipway-overload-'))
  const target = await newTarget()
  const runtime = await startRuntime(parseEnv({ DATA_DIR: dataDir, SMDP_ADDRESS: target.smdpAddress }))
  try {
    const stock = await openStock(runtime.db, runtime.vault, target.smdpAddress)
    const server = await startServer(takeCores(), { dataDir, bare: false, profile: false, target })
    try {
      const [ci, eum] = [await readTestCredential(dataDir, 'P-256', 'CI'), await readTestCredential(dataDir, 'P-256', 'EUM')]
      if (!ci || !eum) throw new Error('There is no test PKI in the data folder.')
      const connections: Connection[] = []
      for (let i = 0; i < connectionCount; i += 20)
        connections.push(...(await Promise.all(Array.from({ length: 20 }, () => Connection.open(target, true)))))
      const load: Load = { target, model: modelOf(strictCard(ci, eum)), euiccs: makeEuiccs(eum, 200), orders: [], free: connections }
      load.orders.push(...(await stock.addReleased(1_000 * warmUpSeconds)))
      await run(load, 2)
      const calm = await run(load, warmUpSeconds)
      const capacity = calm.whole.length / calm.elapsedSeconds
      tell(`${name}, 32 at a time`, calm, warmUpSeconds)
      const asked = rate ?? times * capacity
      load.orders.push(...(await stock.addReleased(Math.max(0, Math.ceil(asked * (seconds + 5)) - load.orders.length))))
      tell(`${name}, ${times} times that`, await run(load, seconds, asked), seconds)
      for (const connection of connections) connection.close()
      return asked
    } finally {
      await server.stop()
    }
  } finally {
    await runtime.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function main(): Promise<void> {
  const variants: [string, Record<string, string>][] = [
    ['With the queue', { ES9_CONCURRENCY: '', ES9_QUEUE: '', ES9_TOTAL_PER_MINUTE: '0' }],
    ['Without', { ES9_CONCURRENCY: everybody, ES9_QUEUE: '100000', ES9_TOTAL_PER_MINUTE: '0' }],
  ]
  let rate: number | undefined
  for (const [name, variables] of variants) rate = await scenario(name, variables, rate)
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})

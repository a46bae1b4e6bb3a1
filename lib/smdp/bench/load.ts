import { randomBytes } from 'node:crypto'
import type { Card } from '@/lib/phone/card'
import { readTestCredential } from '../pki/test-pki-files'
import { Connection, type Target } from './connection'
import {
  authenticateServerResponse,
  type EuiccModel,
  installationResult,
  type LightEuicc,
  makeEuiccs,
  modelOf,
  prepareDownloadResponse,
} from './light-euicc'
import { type Command, type DownloadFunction, type LoadResult, type ReadyOrder, type Reply, STEPS, type Step } from './messages'
import type { Mode } from './options'
import { strictCard, strictDownload, strictTlsDownload } from './strict-check'

interface Prepared {
  target: Target
  checkEvery: number
  card: Card
  model: EuiccModel
  euiccs: LightEuicc[]
}

interface Connected {
  mode: Mode
  connections: Connection[]
  orders: ReadyOrder[]
}

const path = '/gsma/rsp2/es9plus/'
const success = '{"header":{"functionExecutionStatus":{"status":"Executed-Success"'
const mostFailures = 5

type Measure = (step: Step, ms: number) => void

async function call(connection: Connection, name: DownloadFunction, body: string, measure: Measure): Promise<Buffer> {
  const startedAt = performance.now()
  const answer = await connection.post(path + name, body)
  measure(name, performance.now() - startedAt)
  const good =
    name === 'handleNotification'
      ? answer.status === 204
      : answer.status === 200 && answer.body.toString('latin1', 0, success.length) === success
  if (!good) throw new Error(`${name}: ${answer.status} ${answer.body.toString('utf8', 0, 300)}`)
  return answer.body
}

async function lightDownload(
  { target, model }: Prepared,
  euicc: LightEuicc,
  connection: Connection,
  { iccid, matchingId }: ReadyOrder,
  measure: Measure,
): Promise<void> {
  const challenge = randomBytes(16).toString('base64')
  const greeting = `{"euiccChallenge":"${challenge}","euiccInfo1":"${model.euiccInfo1}","smdpAddress":"${target.smdpAddress}"}`
  const initiated = JSON.parse((await call(connection, 'initiateAuthentication', greeting, measure)).toString('latin1'))
  const id: string = initiated.transactionId
  const serverSigned1 = Buffer.from(initiated.serverSigned1, 'base64')
  const { transactionId, response } = authenticateServerResponse(euicc, model, serverSigned1, matchingId)
  const proof = `{"transactionId":"${id}","authenticateServerResponse":"${response.toString('base64')}"}`
  const offer = JSON.parse((await call(connection, 'authenticateClient', proof, measure)).toString('latin1'))
  const smdpSignature2 = Buffer.from(offer.smdpSignature2, 'base64')
  const prepared = prepareDownloadResponse(euicc, transactionId, smdpSignature2).toString('base64')
  const wish = `{"transactionId":"${id}","prepareDownloadResponse":"${prepared}"}`
  const bound = await call(connection, 'getBoundProfilePackage', wish, measure)
  if (bound.length < 10_000) throw new Error('getBoundProfilePackage: too short for a package')
  const result = installationResult(euicc, transactionId, target.smdpAddress, iccid).toString('base64')
  await call(connection, 'handleNotification', `{"pendingNotification":"${result}"}`, measure)
}

async function prepare(command: Extract<Command, { kind: 'prepare' }>): Promise<Prepared> {
  const { dataDir, target, checkEvery } = command
  const ci = await readTestCredential(dataDir, 'P-256', 'CI')
  const eum = await readTestCredential(dataDir, 'P-256', 'EUM')
  if (!ci || !eum) throw new Error('There is no test PKI in the data folder.')
  const card = strictCard(ci, eum)
  return { target, checkEvery, card, model: modelOf(card), euiccs: makeEuiccs(eum, command.euiccs) }
}

async function connect({ target, card }: Prepared, command: Extract<Command, { kind: 'connect' }>): Promise<Connected> {
  const { mode } = command
  const [first, ...orders] = command.orders
  if (!first) throw new Error('There is nothing to download.')
  if (mode === 'plain') orders.unshift(first)
  else await strictTlsDownload(card, target, first)
  const connections = await Promise.all(Array.from({ length: command.connections }, () => Connection.open(target, mode !== 'plain')))
  return { mode, connections, orders }
}

async function run(prepared: Prepared, { mode, connections, orders }: Connected, seconds: number): Promise<LoadResult> {
  const { target, card, euiccs, checkEvery } = prepared
  const latencies: number[][] = STEPS.map(() => [])
  const measure: Measure = (step, ms) => latencies[STEPS.indexOf(step)]?.push(ms)
  const failures: string[] = []
  let [started, downloads, checked, failed] = [0, 0, 0, 0]
  const startedAt = performance.now()
  const cpu = process.cpuUsage()

  const work = async (first: Connection): Promise<void> => {
    let connection = first
    while (performance.now() - startedAt < seconds * 1000) {
      const order = orders.pop()
      const euicc = euiccs[started % euiccs.length]
      if (!order || !euicc) break
      const strict = ++started % checkEvery === 0
      try {
        if (strict) await strictDownload(card, connection, target, order)
        else await lightDownload(prepared, euicc, connection, order, measure)
        downloads++
        if (strict) checked++
        if (mode !== 'newtls') continue
        connection.close()
        const openedAt = performance.now()
        connection = await Connection.open(target, true)
        measure('handshake', performance.now() - openedAt)
      } catch (error) {
        failed++
        if (failures.length < mostFailures) failures.push(error instanceof Error ? error.message : String(error))
        connection.close()
        if (failed > 100) break
        connection = await Connection.open(target, mode !== 'plain')
      }
    }
    connection.close()
  }
  await Promise.all(connections.map(work))

  const elapsed = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return {
    kind: 'done',
    downloads,
    checked,
    failed,
    failures,
    seconds: elapsed,
    cpuMs: (user + system) / 1000,
    latencies: latencies.map(list => Float64Array.from(list)),
    ordersLeft: orders,
  }
}

/** A load process: does what the bench tells it, one command after the other, and ends with its parent. */
export function loadProcess(): void {
  let prepared: Prepared | undefined
  let connected: Connected | undefined
  const reply = (message: Reply) => process.send?.(message)
  const obey = async (command: Command): Promise<Reply> => {
    if (command.kind === 'prepare') {
      prepared = await prepare(command)
      return { kind: 'prepared' }
    }
    if (!prepared) throw new Error('not prepared')
    if (command.kind === 'connect') {
      connected = await connect(prepared, command)
      return { kind: 'connected' }
    }
    if (!connected) throw new Error('not connected')
    return run(prepared, connected, command.seconds)
  }
  process.on('message', (command: Command) => {
    obey(command).then(reply, error => reply({ kind: 'broken', reason: error instanceof Error ? error.message : String(error) }))
  })
  process.on('disconnect', () => process.exit(0))
}

import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { undoLater } from './cleanup'
import { type Order, Reply, Stats } from './control'

/** The bundle that `scripts/faults.mjs` makes. */
const bundle = resolve('dist/faults.mjs')

export interface ServerSettings {
  dataDir: string
  port: number
  smdpAddress: string
  /** Undefined: the embedded PostgreSQL in the data folder */
  databaseUrl?: string
}

/** A server process of the harness. */
export interface ServerProcess {
  readonly port: number
  readonly pid: number
  readonly running: boolean
  /** Resolves once the process is gone, however. */
  readonly ended: Promise<void>
  /** Lines in which it told of what nobody foresaw, since this was asked last */
  takeIncidents(): string[]
  /** @throws what it said, when it could not be done */
  tell(order: Order): Promise<unknown>
  stats(): Promise<Stats>
  /** SIGKILL. */
  kill(): Promise<void>
  stop(): Promise<void>
}

const startWithinMs = 60_000
const stopWithinMs = 20_000
const mostOutput = 200_000

/** Starts a server and waits until it serves. @throws what it said when it does not */
export async function startServer(settings: ServerSettings): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--expose-gc', '--enable-source-maps', bundle, 'server'], {
    env: { ...process.env, ...variablesOf(settings) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  // It stops by itself when this process goes, but not before its folder would be removed.
  const forget = undoLater(() => end('SIGKILL'))
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-mostOutput)
    })
  const ended = new Promise<void>(done => child.once('close', () => done()))
  ended.then(forget)
  const gone = () => child.exitCode !== null || child.signalCode !== null
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal)
    const bound = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
    await ended
    clearTimeout(bound)
  }
  await ready(child, () => said).catch(async error => {
    await end('SIGKILL')
    throw error
  })
  const tell = teller(child)
  return {
    port: settings.port,
    pid: child.pid ?? 0,
    get running() {
      return !gone()
    },
    ended,
    takeIncidents: () => {
      const lines = said.split('\n').filter(line => /incident/.test(line))
      said = ''
      return lines
    },
    tell,
    stats: async () => Stats.parse(await tell({ do: 'stats' })),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}

const variablesOf = ({ dataDir, port, smdpAddress, databaseUrl }: ServerSettings): Record<string, string> => ({
  NODE_ENV: 'production',
  DATA_DIR: dataDir,
  DATABASE_URL: databaseUrl ?? '',
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: String(port),
  PORT: String(port === 65_535 ? port - 1 : port + 1),
  SMDP_ADDRESS: smdpAddress,
  PORTAL_URL: '',
  PORTAL_TLS_CERT: '',
  PORTAL_TLS_KEY: '',
  TRUSTED_PROXIES: '',
})

function ready(child: ChildProcess, said: () => string): Promise<void> {
  return new Promise((done, fail) => {
    const bound = setTimeout(() => fail(new Error(`The server did not start in time:\n${said()}`)), startWithinMs)
    const settle = (how: () => void) => {
      clearTimeout(bound)
      how()
    }
    child.once('message', () => settle(done))
    child.once('error', error => settle(() => fail(error)))
    child.once('close', () => settle(() => fail(new Error(`The server ended while it started:\n${said()}`))))
  })
}

/** Sends orders and brings the replies to those who wait; a server that dies answers none. */
function teller(child: ChildProcess): (order: Order) => Promise<unknown> {
  const waiting = new Map<number, { done: (result: unknown) => void; fail: (error: Error) => void }>()
  let lastId = 0
  child.on('message', raw => {
    const reply = Reply.parse(raw)
    const waiter = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('problem' in reply) waiter?.fail(new Error(reply.problem))
    else waiter?.done(reply.result)
  })
  child.once('close', () => {
    for (const { fail } of waiting.values()) fail(new Error('The server died.'))
  })
  return order =>
    new Promise((done, fail) => {
      const id = ++lastId
      waiting.set(id, { done, fail })
      child.send({ id, order }, error => {
        if (!error) return
        waiting.delete(id)
        fail(error)
      })
    })
}

/** A free port of this machine. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? done(address.port) : fail(new Error('There is no free port.'))))
    })
  })
}

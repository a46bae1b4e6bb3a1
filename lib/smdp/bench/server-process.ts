import { type ChildProcess, spawn } from 'node:child_process'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Target } from './connection'
import { type Cores, onServerCore } from './cores'

/** Bundles that `scripts/bench.mjs` makes. */
export const bundles = { server: 'dist/server.mjs', bench: 'dist/bench.mjs', profiler: 'dist/bench-profiler.mjs' }

export interface ServerProcess {
  pid: number
  target: Target
  /** Begins a profile of the processor's time; only when it was asked for at the start. */
  startProfile(): Promise<void>
  /** Ends it and answers what was written to it, in V8's format. */
  stopProfile(): Promise<unknown>
  stop(): Promise<void>
}

const patienceMs = 60_000

interface Start {
  dataDir: string
  /** ES9+ alone */
  bare?: boolean
  profile: boolean
  target: Target
  /** Of the environment, beside those of every bench */
  variables?: Record<string, string>
}

/** Starts the server, or ES9+ alone, on the server's core and waits until it is healthy. @throws what it said when it is not */
export async function startServer(cores: Cores, { dataDir, bare = false, profile, target, variables = {} }: Start): Promise<ServerProcess> {
  const args = [...(profile ? ['--import', `./${bundles.profiler}`] : []), '--enable-source-maps']
  const [command, all] = onServerCore(cores, process.execPath, [...args, ...(bare ? [bundles.bench, 'bare-server'] : [bundles.server])])
  const child = spawn(command, all, {
    env: { ...process.env, ...serverVariables(dataDir, target), ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-5_000)
    })
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    const bound = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(bound)
  }
  for (const startedAt = Date.now(); !(await isHealthy(target)); await delay(50)) {
    if (child.exitCode !== null) throw new Error(`The server ended while it started:\n${said}`)
    if (Date.now() - startedAt < patienceMs) continue
    await stop()
    throw new Error(`The server did not become healthy:\n${said}`)
  }
  const asked = (kind: 'start' | 'stop') => askProfiler(child, kind)
  return {
    pid: child.pid ?? 0,
    target,
    startProfile: async () => void (await asked('start')),
    stopProfile: () => asked('stop'),
    stop,
  }
}

const serverVariables = (dataDir: string, target: Target): Record<string, string> => ({
  NODE_ENV: 'production',
  DATA_DIR: dataDir,
  DATABASE_URL: '',
  HOST: '127.0.0.1',
  HTTP_HOST: '127.0.0.1',
  PORT: String(target.tlsPort),
  HTTP_PORT: String(target.httpPort),
  SMDP_ADDRESS: target.smdpAddress,
  PORTAL_URL: '',
  PORTAL_TLS_CERT: '',
  PORTAL_TLS_KEY: '',
  TRUSTED_PROXIES: '',
})

/** Two free ports of this machine. */
export async function newTarget(): Promise<Target> {
  const [tlsPort, httpPort] = await Promise.all([freePort(), freePort()])
  return { tlsPort, httpPort, smdpAddress: `localhost:${tlsPort}` }
}

/** A port of this machine that is free just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))))
    })
  })
}

function isHealthy({ httpPort }: Target): Promise<boolean> {
  return new Promise(resolve => {
    const request = get({ host: '127.0.0.1', port: httpPort, path: '/healthz', timeout: 5_000 }, answer => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
}

function askProfiler(child: ChildProcess, kind: 'start' | 'stop'): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('close', () => reject(new Error('The server ended while it was profiled.')))
    child.send({ profiler: kind })
  })
}

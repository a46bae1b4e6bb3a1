import { type ChildProcess, spawn } from 'node:child_process'
import { chownSync, closeSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { prepareBinaries, program } from './binaries'
import { type Cluster, clusterIn, ensureCluster, exists, ownerUrl, serverEnvironment, socketFolder } from './cluster'
import { ensureDataFolder } from './data-folder'
import { clearStaleLocks, type Postmaster, runningPostmaster } from './postmaster'
import { giveTo, unprivileged } from './unprivileged'

/** A PostgreSQL that answers. */
export interface Launched {
  cluster: Cluster
  port: number
  /** It was running already, or another process was quicker. */
  adopted: boolean
}

export interface LaunchOptions {
  /** The port to take if it is free; otherwise any. */
  port?: number
  /** Settings of postgresql.conf. */
  settings?: Record<string, string>
}

// Recovery after a crash replays up to max_wal_size (1 GB), so a slow disk gets its time.
const patienceMs = 300_000
const retryFailedStartMs = 20_000
const maxLogBytes = 10_000_000

/** Starts PostgreSQL on the data folder, or finds the one that runs there, and waits until it answers. Throws a sentence. */
export async function launch(dataDir: string, options: LaunchOptions = {}): Promise<Launched> {
  const folder = ensureDataFolder(dataDir)
  const startedAt = Date.now()
  const waited = () => Date.now() - startedAt
  let cluster = clusterIn(folder)
  let attempt: Attempt | undefined
  for (;;) {
    const running = exists(cluster) ? runningPostmaster(cluster.files) : undefined
    if (running && (await answers(cluster, running))) {
      return { cluster, port: running.port, adopted: running.pid !== attempt?.child.pid }
    }
    if (attempt?.failure() && !running && !(attempt.mayPass() && waited() < retryFailedStartMs)) {
      throw new Error(`The embedded PostgreSQL did not start: ${attempt.failure()} (its log: ${cluster.logFile})`)
    }
    if (!running && (!attempt || attempt.failure())) {
      if (attempt) await delay(200)
      cluster = ready(folder)
      // Another port than the one asked for only where that was the trouble: whoever has the URL would look for it in vain.
      const wanted = attempt?.portTaken() ? undefined : options.port
      attempt = attemptStart(cluster, await freePort(wanted), options.settings)
    }
    if (waited() > patienceMs) throw new Error(`The embedded PostgreSQL does not answer (its log: ${cluster.logFile})`)
    await delay(20)
  }
}

/** The port of a PostgreSQL that answers on this data folder; undefined when none runs. Waits while one starts or stops. */
export async function findRunning(dataDir: string): Promise<{ cluster: Cluster; port: number } | undefined> {
  const cluster = clusterIn(dataDir)
  for (const startedAt = Date.now(); Date.now() - startedAt < patienceMs; await delay(20)) {
    const running = exists(cluster) ? runningPostmaster(cluster.files) : undefined
    if (!running) return undefined
    if (await answers(cluster, running)) return { cluster, port: running.port }
  }
  return undefined
}

/** Everything in place for PostgreSQL to start: files, their owner, no pid file in its way. */
function ready(folder: string): Cluster {
  const runner = unprivileged()
  takeFolder(folder, runner.identity)
  const cluster = ensureCluster(folder, runner)
  giveTo(cluster.home, runner.owner)
  clearStaleLocks(cluster.files, cluster.home)
  return cluster
}

/** Root may enter any folder, what runs below it only its own. */
function takeFolder(folder: string, { uid = 0, gid = 0 }: { uid?: number; gid?: number }): void {
  if (process.getuid?.() === 0 && statSync(folder).uid !== uid) chownSync(folder, uid, gid)
}

/** One small server of many short transactions: pages are written whole once a checkpoint, so there are few; nothing is compiled. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  log_checkpoints: 'off',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  jit: 'off',
  update_process_title: 'off',
}

interface Attempt {
  child: ChildProcess
  /** What it said when it ended; undefined while it runs. */
  failure(): string | undefined
  portTaken(): boolean
  /** Whether another process was quicker, stopped it, or left something behind, so that trying again helps. */
  mayPass(): boolean
}

function attemptStart(cluster: Cluster, port: number, settings: Record<string, string> = {}): Attempt {
  prepareBinaries()
  const runner = unprivileged()
  const all = { ...SETTINGS, unix_socket_directories: socketFolder(cluster), ...settings }
  const [command, args] = runner.command(program('postgres'), [
    ...['-D', cluster.files, '-p', String(port)],
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  const { log, offset } = openLog(cluster)
  // Detached: a process group of its own, so that Ctrl-C in the terminal does not reach it.
  const child = spawn(command, args, {
    ...runner.identity,
    cwd: cluster.files,
    env: serverEnvironment(),
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  let end: { stopped: boolean; how: string } | undefined
  child.once('error', error => {
    end = { stopped: false, how: error.message }
  })
  child.once('exit', (code, signal) => {
    end ??= { stopped: code === 0, how: `it ended with ${signal ?? code}` }
  })
  const failure = () => end && (logTail(cluster, offset) || end.how)
  return {
    child,
    failure,
    portTaken: () => /could not bind|TCP\/IP sockets/.test(failure() ?? ''),
    mayPass: () => end?.stopped || /postmaster\.pid|pre-existing shared memory|TCP\/IP sockets|could not bind/.test(failure() ?? ''),
  }
}

function openLog({ logFile }: Cluster): { log: number; offset: number } {
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) {
    rmSync(`${logFile}.old`, { force: true })
    renameSync(logFile, `${logFile}.old`)
  }
  const log = openSync(logFile, 'a', 0o600)
  return { log, offset: statSync(logFile).size }
}

function logTail({ logFile }: Cluster, offset: number): string {
  const text = readFileSync(logFile).subarray(offset).toString()
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const fatal = lines.filter(line => /FATAL|PANIC|HINT|error/.test(line))
  return (fatal.length > 0 ? fatal : lines).slice(-5).join(' ')
}

async function answers(cluster: Cluster, { port, status }: Postmaster): Promise<boolean> {
  if (status !== 'ready') return false
  const client = new Client({ connectionString: ownerUrl(cluster, port, 'postgres'), connectionTimeoutMillis: 5000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '28P01') {
      throw new Error(`The embedded PostgreSQL refuses the password in ${cluster.passwordFile}: restore that file with its database`)
    }
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

export function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', error => (wanted ? resolve(freePort()) : reject(error)))
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))))
    })
  })
}

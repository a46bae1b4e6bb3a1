import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { prepareBinaries, program } from './binaries'
import { isAlive, socketPrefix } from './postmaster'
import { giveTo, type Unprivileged } from './unprivileged'

/** Where the embedded database keeps its things, below the data folder. */
export interface Cluster {
  home: string
  /** PostgreSQL's own folder. */
  files: string
  passwordFile: string
  logFile: string
}

const ownerName = 'postgres'

export function clusterIn(dataDir: string): Cluster {
  return inHome(path.join(path.resolve(dataDir), 'postgres'))
}

/** Whether the cluster has been made. */
export function exists(cluster: Cluster): boolean {
  return existsSync(path.join(cluster.files, 'PG_VERSION'))
}

/** Of a socket's path: 104 octets on some systems, with a zero at the end. */
const maxSocketBytes = 103

/** Where PostgreSQL puts its Unix socket: beside its files, in a folder that nobody else may enter; empty where a socket cannot be. */
export function socketFolder({ home }: Cluster): string {
  const fits = Buffer.byteLength(path.join(home, `${socketPrefix}65535`)) <= maxSocketBytes
  return process.platform !== 'win32' && fits && !/[,"]/.test(home) ? home : ''
}

/** The owner's URL of a running cluster: the password is read from its 0600 file. By its Unix socket where it has one, which costs less than TCP. */
export function ownerUrl(cluster: Cluster, port: number, database: string): string {
  const url = `postgresql://${ownerName}:${readFileSync(cluster.passwordFile, 'utf8').trim()}@127.0.0.1:${port}/${database}`
  return existsSync(path.join(cluster.home, `${socketPrefix}${port}`)) ? `${url}?host=${encodeURIComponent(cluster.home)}` : url
}

/**
 * Makes the cluster when there is none. It is made aside and moved into place in one step, password included, so that a killed
 * process leaves no half and of two processes one wins.
 */
export function ensureCluster(dataDir: string, runner: Unprivileged): Cluster {
  const cluster = clusterIn(dataDir)
  if (exists(cluster)) return cluster
  prepareBinaries()
  removeUnfinished(dataDir)
  const draft = inHome(`${cluster.home}.new-${process.pid}-${randomBytes(4).toString('hex')}`)
  mkdirSync(draft.home, { mode: 0o700 })
  try {
    writeFileSync(draft.passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true })
    mkdirSync(draft.files, { mode: 0o700 })
    giveTo(draft.home, runner.owner)
    initialise(draft, runner)
    renameSync(draft.home, cluster.home)
  } catch (error) {
    rmSync(draft.home, { recursive: true, force: true })
    if (!exists(cluster)) throw error
  }
  return cluster
}

function inHome(home: string): Cluster {
  return { home, files: path.join(home, 'cluster'), passwordFile: path.join(home, 'password'), logFile: path.join(home, 'log') }
}

function initialise(draft: Cluster, runner: Unprivileged): void {
  const [command, args] = runner.command(program('initdb'), [
    ...['-D', draft.files, '-U', ownerName, '-A', 'scram-sha-256', `--pwfile=${draft.passwordFile}`, '--no-instructions'],
    ...['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ])
  const { status, stderr, error } = spawnSync(command, args, {
    ...runner.identity,
    cwd: draft.files,
    env: serverEnvironment(),
    encoding: 'utf8',
    windowsHide: true,
  })
  if (status !== 0) throw new Error(`The embedded PostgreSQL could not be set up in ${draft.home}: ${error?.message ?? stderr.trim()}`)
  if (process.platform !== 'win32') chmodSync(draft.files, 0o700)
}

/** PostgreSQL must not see our PG* variables, nor our language and time zone. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP, TMP, LD_LIBRARY_PATH, NODE_ENV } = process.env
  return { PATH, SystemRoot, TEMP, TMP, LD_LIBRARY_PATH, NODE_ENV, LC_ALL: 'C', TZ: 'UTC' }
}

function removeUnfinished(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    const pid = Number(/^postgres\.new-(\d+)-/.exec(name)?.[1])
    if (pid && pid !== process.pid && !isAlive(pid)) rmSync(path.join(dataDir, name), { recursive: true, force: true })
  }
}

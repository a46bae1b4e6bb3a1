import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import path from 'node:path'

/** What postmaster.pid says of a PostgreSQL that runs on a cluster's files. */
export interface Postmaster {
  pid: number
  port: number
  status: string
}

const pidFileOf = (files: string) => path.join(files, 'postmaster.pid')

/** Of its Unix socket's name; the port follows, then `.lock` for the file that says whose it is. */
export const socketPrefix = '.s.PGSQL.'

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The PostgreSQL that runs on these files, whoever started it; undefined when none does, whatever a left-over file says. */
export function runningPostmaster(files: string): Postmaster | undefined {
  const { pid, port = 0, status = '' } = parsePidFile(readText(pidFileOf(files)))
  return pid && isPostmaster(pid, files) ? { pid, port, status } : undefined
}

/**
 * Removes a left-over postmaster.pid whose number belongs to another process by now, as is common after a container's restart:
 * PostgreSQL would refuse to start. The same with the lock of its Unix socket. Any other left-over it removes itself.
 */
export function clearStaleLocks(files: string, home: string): void {
  for (const file of [
    pidFileOf(files),
    ...readdirSync(home)
      .filter(isSocketLock)
      .map(name => path.join(home, name)),
  ]) {
    const text = readText(file)
    const { pid } = parsePidFile(text)
    if (pid && isAlive(pid) && !isPostmaster(pid, files) && readText(file) === text) rmSync(file, { force: true })
  }
}

const isSocketLock = (name: string) => name.startsWith(socketPrefix) && name.endsWith('.lock')

/** Whether PostgreSQL is done with these files: its last act is to remove postmaster.pid. */
export function hasStopped(files: string): boolean {
  return !existsSync(pidFileOf(files)) || !runningPostmaster(files)
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Lines: pid, folder, start time, port, socket folder, address, shared memory, status. Written bit by bit as PostgreSQL starts. */
function parsePidFile(text = ''): { pid?: number; port?: number; status?: string } {
  const lines = text.split('\n')
  return { pid: Math.abs(Number(lines[0])) || undefined, port: Number(lines[3]) || undefined, status: lines[7]?.trim() }
}

function isPostmaster(pid: number, files: string): boolean {
  if (process.platform === 'linux') return isPostmasterOnLinux(pid, files)
  if (!isAlive(pid)) return false
  if (process.platform === 'win32') return true
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' }).includes('postgres')
  } catch {
    return false
  }
}

function isPostmasterOnLinux(pid: number, files: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const dead = /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
    if (dead || !stat.includes('(postgres)')) return false
  } catch {
    return false
  }
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(files)
  } catch {
    return true
  }
}

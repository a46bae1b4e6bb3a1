import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { perProcess } from '@/lib/db/per-process'

/** Who checks batches in this process: host, process, and what tells it from an earlier process of the same number. */
export const workerName = (): string => perProcess('batch-worker', () => `${hostname()}/${process.pid}/${randomBytes(6).toString('hex')}`)

/** Signal 0 only asks; EPERM: there is one, of somebody else. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Whether a worker is certainly gone: it was of this host, and its process is there no more. Of other hosts only silence tells. */
export function isGone(worker: string): boolean {
  const [host, pid] = worker.split('/')
  if (host !== hostname()) return false
  return Number(pid) === process.pid ? worker !== workerName() : !isAlive(Number(pid))
}

import { spawnSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { program } from './binaries'
import type { Cluster } from './cluster'
import { hasStopped, runningPostmaster } from './postmaster'

/** `fast` ends the sessions and writes a checkpoint; `immediate` leaves the rest to recovery. */
export type ShutdownMode = 'fast' | 'immediate'

const patienceMs = 60_000

/** Stops the PostgreSQL of a cluster and waits until it is done. */
export async function shutdown(cluster: Cluster, mode: ShutdownMode = 'fast'): Promise<void> {
  const running = runningPostmaster(cluster.files)
  if (!running) return
  if (process.platform === 'win32') {
    spawnSync(program('pg_ctl'), ['-D', cluster.files, '-m', mode, '-W', 'stop'], { stdio: 'ignore', windowsHide: true })
  } else {
    process.kill(running.pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
  }
  for (const startedAt = Date.now(); Date.now() - startedAt < patienceMs; await delay(20)) {
    if (hasStopped(cluster.files)) return
  }
  throw new Error(`The embedded PostgreSQL (process ${running.pid}) did not stop within ${patienceMs / 1000} seconds`)
}

import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { TaskContext } from '@/lib/accounts/tasks'
import type { Database } from '@/lib/db/pool'
import type { Report } from '@/lib/jobs/task'
import type { Vault } from '@/lib/vault/vault'
import type { ProcessFigures } from './figures'

export const actor = { kind: 'cli', name: 'cli:bench', role: 'administrator' } as const
export const addresses = { smdpAddress: 'smdp.example.com', customerUrl: 'https://esim.example.com' }

/** What tasks work with, here. */
export const taskContext = (db: Database, vault: Vault, dataDir: string): TaskContext => ({
  db,
  vault,
  dataDir,
  actor,
  addresses,
  now: () => new Date(),
})

export const silent = (): Report & { count: number } => {
  const report = {
    count: 0,
    total: () => undefined,
    done: (count = 1) => {
      report.count += count
    },
    failed: () => undefined,
    result: () => undefined,
    cancelled: async () => false,
  }
  return report
}

/** Runs a piece of work and measures this process meanwhile. */
export async function watched(work: () => Promise<void>): Promise<ProcessFigures & { longestTurnMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  await work()
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpu)
  delay.disable()
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    longestTurnMs: delay.max / 1e6,
  }
}

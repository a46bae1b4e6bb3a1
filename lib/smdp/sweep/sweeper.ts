import { isDatabaseAway } from '@/lib/db/failures'
import { perProcess } from '@/lib/db/per-process'
import { type Database } from '@/lib/db/pool'
import { reportIncident } from '@/lib/incident'
import { sweep } from './sweep'

interface Options {
  db: Database
  sessionRetentionDays: number
  everyMs?: number
  clock?: () => Date
}

/** What goes wrong with this process's sweeping, in words; undefined when the last sweep went well. */
export interface SweeperState {
  problem: string | undefined
}

/** The process's state. */
export const sweeperState = (): SweeperState => perProcess('sweeper', () => ({ problem: undefined }))

/** Sweeps every few minutes, the first time one interval after the start. @returns how to stop it: what runs ends after its batch */
export function startSweeper({ db, sessionRetentionDays, everyMs = 300_000, clock = () => new Date() }: Options): () => Promise<void> {
  let stopped = false
  let timer: NodeJS.Timeout
  let running: Promise<void> = Promise.resolve()

  const run = async () => {
    const state = sweeperState()
    try {
      await sweep(db, clock(), { sessionRetentionDays, isStopped: () => stopped })
      state.problem = undefined
    } catch (error) {
      state.problem = isDatabaseAway(error) ? 'The database did not answer.' : `It failed: number ${reportIncident(error, 'sweep')}.`
    }
    if (!stopped) wait()
  }
  const wait = () => {
    timer = setTimeout(() => {
      running = run()
    }, everyMs).unref()
  }
  wait()
  return () => {
    stopped = true
    clearTimeout(timer)
    return running
  }
}

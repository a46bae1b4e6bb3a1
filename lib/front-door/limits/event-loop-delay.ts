import { monitorEventLoopDelay } from 'node:perf_hooks'
import { perProcess } from '@/lib/db/per-process'

const windowMs = 10_000
const resolutionMs = 20

/** How much later than it could have this process came to its next task, over some seconds; milliseconds. */
export interface EventLoopDelay {
  p50: number
  p99: number
  max: number
}

const state = () => perProcess<{ last: EventLoopDelay | undefined }>('event-loop-delay', () => ({ last: undefined }))

/** Begins to watch; nothing of it keeps the process running. */
export function watchEventLoop(): void {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  // The histogram counts the pause that was asked for, too.
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs)
  setInterval(() => {
    state().last = { p50: late(histogram.percentile(50)), p99: late(histogram.percentile(99)), max: late(histogram.max) }
    histogram.reset()
  }, windowMs).unref()
}

/** Over the last full window; undefined before the first has ended, and where nobody watches. */
export const eventLoopDelay = (): EventLoopDelay | undefined => state().last

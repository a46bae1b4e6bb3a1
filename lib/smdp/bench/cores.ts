import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'

/** Who runs where. */
export interface Cores {
  /** The server's and the floor's */
  server: number
  /** Everybody else's */
  others: number[]
  /** False: there is nothing to pin with, or only one core; the system shares them out */
  pinned: boolean
}

const parseList = (list: string): number[] =>
  list
    .trim()
    .split(',')
    .flatMap(range => {
      const [from = Number.NaN, to = from] = range.split('-').map(Number)
      return Array.from({ length: to - from + 1 }, (_, i) => from + i)
    })

/** The cores that this process may use, by taskset; undefined where there is none. */
function allowedCores(): number[] | undefined {
  const { status, stdout } = spawnSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' })
  const list = /:\s*([\d,-]+)\s*$/.exec(stdout ?? '')?.[1]
  return status === 0 && list ? parseList(list) : undefined
}

/** Chooses the cores and moves this process, with all that it will start, off the server's. */
export function takeCores(): Cores {
  const allowed = allowedCores()
  const [server, ...others] = allowed ?? []
  if (server === undefined || others.length === 0) return { server: 0, others: cpus().map((_, i) => i), pinned: false }
  const moved = spawnSync('taskset', ['-acp', others.join(','), String(process.pid)])
  return { server, others, pinned: moved.status === 0 }
}

/** A command on the server's core. */
export const onServerCore = ({ server, pinned }: Cores, command: string, args: string[]): [string, string[]] =>
  pinned ? ['taskset', ['-c', String(server), command, ...args]] : [command, args]

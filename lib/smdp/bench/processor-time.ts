import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const tickMs = 10

interface ProcessTimes {
  parent: number
  ownMs: number
  /** Of children that have ended */
  reapedMs: number
}

function timesOf(pid: number | string): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [, parent = 0] = fields
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15)
    return { parent, ownMs: (utime + stime) * tickMs, reapedMs: (cutime + cstime) * tickMs }
  } catch {
    return undefined
  }
}

/** Processor time of a process with all its threads; undefined where the system does not tell. */
export const processMs = (pid: number): number | undefined => (process.platform === 'linux' ? timesOf(pid)?.ownMs : undefined)

/** The same with its children, those that have ended too. */
export function treeMs(pid: number): number | undefined {
  const root = process.platform === 'linux' ? timesOf(pid) : undefined
  if (!root) return undefined
  const children = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => timesOf(name) ?? [])
    .filter(times => times.parent === pid)
  return children.reduce((sum, child) => sum + child.ownMs + child.reapedMs, root.ownMs + root.reapedMs)
}

/** Busy time of some cores together, whoever it was. */
export const coresMs = (cores: number[]): number =>
  cores.reduce((sum, core) => {
    const times = cpus()[core]?.times
    return sum + (times ? times.user + times.nice + times.sys + times.irq : 0)
  }, 0)

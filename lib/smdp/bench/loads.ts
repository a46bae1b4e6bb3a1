import { type ChildProcess, fork } from 'node:child_process'
import type { Target } from './connection'
import type { Command, LoadResult, ReadyOrder, Reply } from './messages'
import type { Mode, Options } from './options'
import { bundles } from './server-process'

/** All load processes together. */
export interface Loads {
  connect(mode: Mode, orders: ReadyOrder[]): Promise<void>
  go(seconds: number): Promise<LoadResult[]>
  stop(): void
}

function ask(child: ChildProcess, command: Command): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('A load process ended.'))
    child.once('exit', ended)
    child.once('message', (reply: Reply) => {
      child.off('exit', ended)
      if (reply.kind === 'broken') reject(new Error(`The load cannot do its work: ${reply.reason}`))
      else resolve(reply)
    })
    child.send(command)
  })
}

/** The part of `items` that falls to one of many. */
const share = <T>(items: T[], index: number, of: number): T[] =>
  items.slice(Math.floor((items.length * index) / of), Math.floor((items.length * (index + 1)) / of))

/** Starts load processes, which make their eUICCs. */
export async function startLoads(
  processes: number,
  { connections, euiccs, check }: Pick<Options, 'connections' | 'euiccs' | 'check'>,
  { dataDir, target }: { dataDir: string; target: Target },
): Promise<Loads> {
  const children = Array.from({ length: processes }, () => fork(bundles.bench, ['load'], { serialization: 'advanced' }))
  const stop = () => {
    for (const child of children) child.kill()
  }
  const all = (command: (index: number) => Command) => Promise.all(children.map((child, i) => ask(child, command(i))))
  const part = (total: number, index: number) => share(Array.from({ length: total }), index, processes).length
  try {
    await all(i => ({ kind: 'prepare', dataDir, target, euiccs: Math.max(1, part(euiccs, i)), checkEvery: check }))
  } catch (error) {
    stop()
    throw error
  }
  return {
    connect: async (mode, orders) => {
      await all(i => ({
        kind: 'connect',
        mode,
        connections: Math.max(1, part(connections, i)),
        orders: share(orders, i, processes),
      }))
    },
    go: async seconds => (await all(() => ({ kind: 'go', seconds }))).filter(reply => reply.kind === 'done'),
    stop,
  }
}

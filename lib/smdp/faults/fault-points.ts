import type { ServerResponse } from 'node:http'
import type { Connection, Database } from '@/lib/db/pool'
import { PreparedQuery } from '@/lib/db/prepared-query'
import type { Moment, Victim } from './control'

interface Armed {
  victim: Victim
  moment: Moment
  nth: number
}

type Query = (...args: unknown[]) => unknown

/** Dies as a pulled plug does it: no handler runs, nothing is flushed. */
const die = (): void => {
  process.kill(process.pid, 'SIGKILL')
}

/** What goes by the clock, not by the call: certificates and keys are read again when they have changed, and an import tells twice a second how far it is. */
const isHousekeeping = (query: unknown): boolean => {
  if (typeof query !== 'object' || query === null || !('text' in query)) return false
  return / FROM (configuration|ci|credential)\b/.test(String(query.text)) || ('name' in query && query.name === 'batch-progress')
}

/** The places of a server at which it can be made to die. One call is under way at a time while something is armed. */
export class FaultPoints {
  private armed: Armed | undefined
  private counted: Victim | undefined
  private current: Victim | undefined
  private statements = 0
  private most = 0
  private readonly watched = new WeakSet<object>()

  /** Watches the statements of a database. */
  watch(db: Database): void {
    const watchClient = (client: Connection) => {
      if (this.watched.has(client)) return
      this.watched.add(client)
      const query = client.query.bind(client) as Query
      client.query = ((...args: unknown[]) => this.statement(query, args)) as typeof client.query
    }
    db.pool.on('acquire', watchClient)
    db.lanes.watch(watchClient)
  }

  arm(armed: Armed): void {
    this.armed = armed
    this.counted = undefined
    this.statements = 0
  }

  /** Begins to count the statements of a victim; answers how many one call had at most since the last time. */
  count(victim: Victim): number {
    const { most } = this
    this.counted = victim
    this.most = 0
    return most
  }

  /** Runs a call of a victim. */
  async during<T>(victim: Victim, work: () => Promise<T>): Promise<T> {
    this.current = victim
    this.statements = 0
    try {
      return await work()
    } finally {
      if (victim === this.counted) this.most = Math.max(this.most, this.statements)
      this.current = undefined
    }
  }

  /** Lets the process die in the middle of an answer, where that is armed. */
  watchAnswer(victim: string | undefined, res: ServerResponse): void {
    const { armed } = this
    if (!armed || armed.victim !== victim) return
    if (armed.moment === 'answered') res.once('finish', () => setImmediate(die))
    if (armed.moment !== 'firstOctets' && armed.moment !== 'halfAnswer') return
    res.end = ((chunk?: unknown) => {
      const body = typeof chunk === 'string' || Buffer.isBuffer(chunk) ? Buffer.from(chunk) : undefined
      if (armed.moment === 'firstOctets' || !body) res.socket?.write('HTTP/1.1 2', die)
      else res.write(body.subarray(0, body.length >> 1), die)
      return res
    }) as typeof res.end
  }

  private statement(query: Query, args: unknown[]): unknown {
    const { armed, current } = this
    if (!current || isHousekeeping(args[0])) return query(...args)
    this.statements++
    if (current !== armed?.victim || this.statements !== armed.nth) return query(...args)
    if (armed.moment === 'before') die()
    if (armed.moment === 'after') return afterReply(query, args)
    const result = query(...args)
    // The statement is in the socket when the event loop turns; its reply cannot have been read yet.
    if (armed.moment === 'sent') setImmediate(die)
    return result
  }
}

function afterReply(query: Query, args: unknown[]): unknown {
  const [first] = args
  const callback = args.at(-1)
  if (first instanceof PreparedQuery && first.callback) {
    first.callback = die
    return query(first)
  }
  if (typeof callback === 'function') return query(...args.slice(0, -1), die)
  return Promise.resolve(query(...args)).then(die)
}

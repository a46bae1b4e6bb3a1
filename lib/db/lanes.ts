import pg from 'pg'
import { isDatabaseAway } from './failures'
import { LaneQuery, laneClient } from './lane-query'
import type { Queryable, Statement } from './pool'
import type { PreparedResult } from './prepared-query'

/** pg's client takes `pipeline`, which its types do not name yet. */
export type LaneConfig = pg.ClientConfig & { pipeline?: true }

interface Lane {
  /** Undefined until it is wanted, and after it has broken or was idle */
  client: Promise<pg.Client> | undefined
  inFlight: number
  /** When its last statement was answered, in milliseconds of the epoch */
  leftAt: number
}

/** A prepared statement whose rows are wanted as arrays: what lanes take. */
export type LaneStatement = Statement & { name: string; rowMode: 'array' }

export const fitsLane = (statement: Statement): statement is LaneStatement => statement.name !== undefined && statement.rowMode === 'array'

const laneCount = 4
/** Statements that one lane has on the way at most. */
const laneDepth = 8
/** A statement that is slow, or waits for a lock, holds up those behind it: after so long it is undone, and run on a connection of its own. */
const patience = { lock_timeout: 50, statement_timeout: 1_000 }
/** A connection that was idle for longer may have been lost on the way without a word. */
const idleMs = 10_000

/**
 * lock_not_available, query_canceled; and what a statement gets when the one before it could not be prepared: invalid_sql_statement_name,
 * duplicate_prepared_statement. PostgreSQL has undone what such a statement did.
 */
const undone = ['55P03', '57014', '26000', '42P05']

/**
 * A few connections on which short prepared statements follow one another without waiting for answers, each a transaction of its own.
 * A round trip costs PostgreSQL and us more than a small statement does.
 */
export class Lanes {
  private readonly lanes: Lane[] = Array.from({ length: laneCount }, () => ({ client: undefined, inFlight: 0, leftAt: 0 }))
  private readonly waiting = new Set<() => void>()
  private readonly watchers: ((client: pg.Client) => void)[] = []
  private closed = false

  /**
   * @param alone runs a statement that could not have its way here
   * @param waitMs how long a statement waits for a place
   */
  constructor(
    private readonly config: LaneConfig,
    private readonly alone: Queryable['query'],
    private readonly waitMs: number,
  ) {}

  async run<Row extends pg.QueryResultRow>(statement: LaneStatement): Promise<pg.QueryResult<Row>> {
    const lane = this.enter() ?? (await this.wait())
    let opened: Promise<pg.Client> | undefined
    try {
      opened = lane.client ?? this.open(lane)
      return (await sendTo(await opened, statement)) as unknown as pg.QueryResult<Row>
    } catch (error) {
      if (isDatabaseAway(error)) this.drop(lane, opened)
      if (error instanceof pg.DatabaseError && undone.includes(error.code ?? '')) return this.alone<Row>(statement)
      throw error
    } finally {
      this.leave(lane)
    }
  }

  /** Tells of every connection that is opened from now on. */
  watch(watcher: (client: pg.Client) => void): void {
    this.watchers.push(watcher)
  }

  async close(): Promise<void> {
    this.closed = true
    await Promise.all(this.lanes.map(async ({ client }) => (await client?.catch(() => undefined))?.end()))
  }

  /** The lane with the fewest statements under way; undefined while all are full, or others wait. */
  private enter(): Lane | undefined {
    const lane = this.emptiest()
    return this.waiting.size > 0 || lane.inFlight >= laneDepth ? undefined : this.take(lane)
  }

  /** The same once it is one's turn. */
  private async wait(): Promise<Lane> {
    await this.turn()
    return this.take(this.emptiest())
  }

  private take(lane: Lane): Lane {
    if (lane.inFlight++ === 0 && Date.now() - lane.leftAt > idleMs) this.drop(lane, lane.client)
    return lane
  }

  private turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(go)
        reject(new Error('timeout exceeded when trying to connect'))
      }, this.waitMs)
      const go = () => {
        clearTimeout(timer)
        resolve()
      }
      this.waiting.add(go)
    })
  }

  private leave(lane: Lane): void {
    lane.inFlight--
    lane.leftAt = Date.now()
    const [next] = this.waiting
    if (!next) return
    this.waiting.delete(next)
    next()
  }

  private emptiest(): Lane {
    return this.lanes.reduce((least, lane) => (lane.inFlight < least.inFlight ? lane : least))
  }

  /** What is under way on the connection is still answered, then it ends. */
  private drop(lane: Lane, opened: Promise<pg.Client> | undefined): void {
    if (!opened || lane.client !== opened) return
    lane.client = undefined
    opened.then(client => client.end()).catch(() => undefined)
  }

  private open(lane: Lane): Promise<pg.Client> {
    if (this.closed) throw new Error('Cannot use a pool after calling end on the pool')
    const client = laneClient({ ...this.config, ...patience, pipeline: true } as LaneConfig)
    for (const watcher of this.watchers) watcher(client)
    const opening = client.connect().then(() => client)
    const forget = () => this.drop(lane, opening)
    client.on('error', forget)
    client.on('end', forget)
    opening.catch(forget)
    lane.client = opening
    return opening
  }
}

const sendTo = (client: pg.Client, statement: LaneStatement): Promise<PreparedResult> =>
  new Promise((resolve, reject) => {
    const query = new LaneQuery(statement)
    query.callback = (error, result) => (result ? resolve(result) : reject(error))
    client.query(query)
  })

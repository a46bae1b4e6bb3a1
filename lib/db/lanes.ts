import pg from 'pg'
import { isDatabaseAway } from './failures'
import type { Queryable, Statement } from './pool'
import { PreparedQuery, type PreparedResult } from './prepared-query'

/** pg's client takes `pipeline`, which its types do not name yet. */
export type LaneConfig = pg.ClientConfig & { pipeline?: true }

interface Lane {
  /** Undefined until it is wanted, and after it has broken */
  client: Promise<pg.Client> | undefined
  inFlight: number
}

/** A prepared statement whose rows are wanted as arrays: what lanes take. */
export type LaneStatement = Statement & { name: string; rowMode: 'array' }

export const fitsLane = (statement: Statement): statement is LaneStatement => statement.name !== undefined && statement.rowMode === 'array'

const laneCount = 4
/** Statements that one lane has on the way at most. */
const laneDepth = 8
/** A statement that waits for a lock holds up those behind it: after this it is taken out, and waits on a connection of its own. */
const lockTimeoutMs = 250

/** lock_not_available, and invalid_sql_statement_name: the one before could not be prepared. PostgreSQL has undone what such a statement did. */
const undone = ['55P03', '26000']

/**
 * A few connections on which short prepared statements follow one another without waiting for answers, each a transaction of its own.
 * A round trip costs PostgreSQL and us more than a small statement does.
 */
export class Lanes {
  private readonly lanes: Lane[] = Array.from({ length: laneCount }, () => ({ client: undefined, inFlight: 0 }))
  private readonly waiting: (() => void)[] = []
  private readonly watchers: ((client: pg.Client) => void)[] = []
  private closed = false

  /** @param alone runs a statement that could not have its way here */
  constructor(
    private readonly config: LaneConfig,
    private readonly alone: Queryable['query'],
  ) {}

  async run<Row extends pg.QueryResultRow>(statement: LaneStatement): Promise<pg.QueryResult<Row>> {
    const lane = await this.enter()
    const opened = lane.client ?? this.open(lane)
    try {
      return (await sendTo(await opened, statement)) as unknown as pg.QueryResult<Row>
    } catch (error) {
      if (isDatabaseAway(error) && lane.client === opened) lane.client = undefined
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

  /** The lane with the fewest statements under way; waits, in order, while all are full. */
  private async enter(): Promise<Lane> {
    let lane = this.emptiest()
    if (this.waiting.length > 0 || lane.inFlight >= laneDepth) {
      await new Promise<void>(resolve => this.waiting.push(resolve))
      lane = this.emptiest()
    }
    lane.inFlight++
    return lane
  }

  private leave(lane: Lane): void {
    lane.inFlight--
    this.waiting.shift()?.()
  }

  private emptiest(): Lane {
    return this.lanes.reduce((least, lane) => (lane.inFlight < least.inFlight ? lane : least))
  }

  private open(lane: Lane): Promise<pg.Client> {
    if (this.closed) throw new Error('Cannot use a pool after calling end on the pool')
    const client = new pg.Client({ ...this.config, lock_timeout: lockTimeoutMs, pipeline: true } as LaneConfig)
    for (const watcher of this.watchers) watcher(client)
    const opening = client.connect().then(() => client)
    const forget = () => {
      if (lane.client === opening) lane.client = undefined
    }
    client.on('error', forget)
    client.on('end', forget)
    opening.catch(forget)
    lane.client = opening
    return opening
  }
}

const sendTo = (client: pg.Client, statement: LaneStatement): Promise<PreparedResult> =>
  new Promise((resolve, reject) => {
    const query = new PreparedQuery(statement)
    query.callback = (error, result) => (result ? resolve(result) : reject(error))
    client.query(query)
  })

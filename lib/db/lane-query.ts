import { Socket } from 'node:net'
import pg from 'pg'
import { asError, type Field, PreparedQuery, type Wire } from './prepared-query'
import { type ColumnReader, columnReader, readRow, textReader } from './wire/columns'
import { messageCutter } from './wire/incoming'

/** Kinds of PostgreSQL's messages that a lane reads by itself; pg reads the others. */
const [bindComplete, commandComplete, dataRow, readyForQuery] = [0x32, 0x43, 0x44, 0x5a]

interface Described {
  readers: ColumnReader[]
  binary: boolean[]
}

interface Lane {
  /** Those whose answers are still to come, in their order */
  sent: LaneQuery[]
  statements: Map<string, Described>
}

const lanes = new WeakMap<Wire, Lane>()

/** A prepared statement on a connection of a lane: its rows are read out of the octets that arrive, in the binary format where there is one. */
export class LaneQuery extends PreparedQuery {
  private readers: ColumnReader[] = []
  private fields: Field[] | undefined

  override submit(connection: unknown): Error | null {
    const refused = super.submit(connection)
    if (!refused) lanes.get(connection as Wire)?.sent.push(this)
    return refused
  }

  protected override recall(wire: Wire): readonly boolean[] | undefined {
    const found = lanes.get(wire)?.statements.get(this.name)
    if (found) this.readers = found.readers
    return found?.binary
  }

  protected override remember(wire: Wire): void {
    const statements = lanes.get(wire)?.statements
    if (!statements || statements.has(this.name)) return
    const readers = (this.fields ?? []).map(({ dataTypeID }) => columnReader(dataTypeID))
    statements.set(this.name, { readers, binary: readers.map(({ binary }) => binary) })
  }

  override handleRowDescription({ fields }: { fields: Field[] }): void {
    this.fields = fields
    this.readers = fields.map(({ dataTypeID }) => textReader(dataTypeID))
  }

  /** A DataRow whose body begins at `from` */
  takeRow(bytes: Buffer, from: number): void {
    this.row(() => readRow(this.readers, bytes, from))
  }

  /** A CommandComplete: a word or two, the number of rows, a zero. */
  takeTag(bytes: Buffer, to: number): void {
    let [rows, place] = [0, 1]
    for (let at = to - 2; isDigit(bytes[at]); at--, place *= 10) rows += ((bytes[at] ?? 0) - 0x30) * place
    this.result.rowCount = rows
  }
}

const isDigit = (octet = 0): boolean => octet >= 0x30 && octet <= 0x39

const readBytes = 65_536

interface PgConnection extends Wire {
  stream: Socket
  ssl: unknown
}

const connectionOf = (client: pg.Client): PgConnection => (client as unknown as { connection: PgConnection }).connection

/**
 * A client whose answers to queries of lanes are read here; whatever else PostgreSQL says goes to pg, in whole messages. Without TLS its
 * socket reads into the same octets each time, where one of pg's would have 64 kB of its own for each answer.
 */
export function laneClient(config: pg.ClientConfig): pg.Client {
  const client = new pg.Client(config)
  const connection = connectionOf(client)
  const lane: Lane = { sent: [], statements: new Map() }
  lanes.set(connection, lane)
  if (connection.ssl) client.once('connect', () => readEncrypted(connection.stream, lane))
  else connection.stream = socketOf(lane)
  return client
}

/** After an error nobody knows any more whose the next answer is: then the socket is ended. */
function laneReader(lane: Lane, socket: Socket, pgTakes: (message: Buffer) => void): (chunk: Buffer) => void {
  const cut = messageCutter((kind, bytes, from, body, to) => {
    const [query] = lane.sent
    if (query && kind === dataRow) query.takeRow(bytes, body)
    else if (query && kind === commandComplete) query.takeTag(bytes, to)
    else if (!query || kind !== bindComplete) pgTakes(bytes.subarray(from, to))
    if (query && kind === readyForQuery) lane.sent.shift()
  })
  let broken = false
  return chunk => {
    if (broken) return
    try {
      cut(chunk)
    } catch (error) {
      broken = true
      socket.destroy(asError(error))
    }
  }
}

function socketOf(lane: Lane): Socket {
  const buffer = Buffer.allocUnsafeSlow(readBytes)
  const callback = (bytes: number) => {
    read(buffer.subarray(0, bytes))
    return true
  }
  // Declared for net.connect only; the constructor takes it as well.
  const socket: Socket = new Socket({ onread: { buffer, callback } } as unknown as ConstructorParameters<typeof Socket>[0])
  const read = laneReader(lane, socket, message => socket.emit('data', message))
  return socket
}

/** The socket of a connection that is open, between two messages. */
function readEncrypted(socket: Socket, lane: Lane): void {
  const takers = socket.listeners('data') as ((message: Buffer) => void)[]
  const read = laneReader(lane, socket, message => {
    for (const take of takers) take(message)
  })
  socket.removeAllListeners('data').on('data', read)
}

import pg from 'pg'

/** What a prepared statement answered: rows as arrays of values. */
export interface PreparedResult {
  rows: unknown[][]
  rowCount: number | null
}

type Parser = (text: string) => unknown

/** The part of pg's connection that a query of one's own works with. */
interface Wire {
  stream: { cork(): void; uncork(): void }
  /** Texts of the statements that this connection has prepared, by their names; the client keeps it. */
  parsedStatements: Record<string, string | undefined>
  /** Of those that are on their way to be prepared */
  submittedNamedStatements: Record<string, string | undefined>
  parse(statement: { name: string; text: string }): void
  bind(bound: { statement: string; values: (string | Buffer | null)[] }): void
  describe(portal: { type: 'P' }): void
  execute(): void
  sync(): void
}

/** How the columns of a connection's prepared statements are read. */
const described = new WeakMap<Wire, Map<string, Parser[]>>()

function remember(wire: Wire, name: string, parsers: Parser[]): void {
  const statements = described.get(wire)
  if (!statements) described.set(wire, new Map([[name, parsers]]))
  else if (!statements.has(name)) statements.set(name, parsers)
}

const arrayElement = (value: unknown): string => `"${String(value).replace(/["\\]/g, '\\$&')}"`

function wireValue(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return Array.isArray(value) ? `{${value.map(arrayElement).join()}}` : String(value)
}

/**
 * A prepared statement for pg's client. pg's own asks for the description of its columns with every call and builds readers for them; this
 * asks once for each connection.
 */
export class PreparedQuery implements pg.Submittable {
  readonly name: string
  readonly text: string
  readonly query_timeout: number | undefined
  /** Set by the client. */
  callback: ((error: Error | null, result?: PreparedResult) => void) | undefined
  private readonly values: unknown[]
  private readonly result: PreparedResult = { rows: [], rowCount: null }
  private wire: Wire | undefined
  private parsers: Parser[] | undefined
  private failure: Error | undefined

  constructor(statement: { name: string; text: string; values?: unknown[]; query_timeout?: number }) {
    this.name = statement.name
    this.text = statement.text
    this.values = statement.values ?? []
    this.query_timeout = statement.query_timeout
  }

  submit(connection: unknown): Error | null {
    const wire = connection as Wire
    this.wire = wire
    const known = wire.parsedStatements[this.name] ?? wire.submittedNamedStatements[this.name]
    if (known !== undefined && known !== this.text) return new Error(`Two statements are named ${this.name}.`)
    let values: ReturnType<typeof wireValue>[]
    try {
      values = this.values.map(wireValue)
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
    wire.stream.cork()
    try {
      if (known === undefined) {
        wire.parse({ name: this.name, text: this.text })
        wire.submittedNamedStatements[this.name] = this.text
      }
      wire.bind({ statement: this.name, values })
      this.parsers = known === undefined ? undefined : described.get(wire)?.get(this.name)
      if (!this.parsers) wire.describe({ type: 'P' })
      wire.execute()
      wire.sync()
    } finally {
      wire.stream.uncork()
    }
    return null
  }

  handleRowDescription({ fields }: { fields: { dataTypeID: number }[] }): void {
    this.parsers = fields.map(({ dataTypeID }): Parser => pg.types.getTypeParser(dataTypeID, 'text'))
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    try {
      this.result.rows.push(fields.map((text, i) => (text === null ? null : (this.parsers?.[i]?.(text) ?? text))))
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error))
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.result.rowCount = Number(text.slice(text.lastIndexOf(' ') + 1))
  }

  handleReadyForQuery(): void {
    if (this.wire) remember(this.wire, this.name, this.parsers ?? [])
    if (this.failure) this.callback?.(this.failure)
    else this.callback?.(null, this.result)
  }

  handleError(error: Error): void {
    this.callback?.(error)
  }

  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}
}

// A client that pipelines takes nothing but pg's own queries, because others may ask again before they are done: this one never does.
Object.setPrototypeOf(PreparedQuery.prototype, pg.Query.prototype)

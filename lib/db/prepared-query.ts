import pg from 'pg'
import { executeMessages, type WireValue } from './wire/outgoing'

/** What a prepared statement answered: rows as arrays of values. */
export interface PreparedResult {
  rows: unknown[][]
  rowCount: number | null
}

/** The part of pg's connection that a query of one's own works with. */
export interface Wire {
  stream: { writable: boolean; cork(): void; uncork(): void; write(octets: Buffer): boolean }
  /** Texts of the statements that this connection has prepared, by their names; the client keeps it. */
  parsedStatements: Record<string, string | undefined>
  /** Of those that are on their way to be prepared */
  submittedNamedStatements: Record<string, string | undefined>
  parse(statement: { name: string; text: string }): void
}

/** Of a column, the OID of its type */
export interface Field {
  dataTypeID: number
}

type Parser = (text: string) => unknown

/** How the columns of a connection's prepared statements are read. */
const described = new WeakMap<Wire, Map<string, Parser[]>>()

const arrayElement = (value: unknown): string => `"${String(value).replace(/["\\]/g, '\\$&')}"`

function wireValue(value: unknown): WireValue {
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
  protected readonly result: PreparedResult = { rows: [], rowCount: null }
  private failure: Error | undefined
  private readonly values: unknown[]
  private wire: Wire | undefined
  private parsers: Parser[] | undefined

  constructor(statement: { name: string; text: string; values?: unknown[]; query_timeout?: number }) {
    this.name = statement.name
    this.text = statement.text
    this.values = statement.values ?? []
    this.query_timeout = statement.query_timeout
  }

  submit(connection: unknown): Error | null {
    const wire = connection as Wire
    const known = wire.parsedStatements[this.name] ?? wire.submittedNamedStatements[this.name]
    if (known !== undefined && known !== this.text) return new Error(`Two statements are named ${this.name}.`)
    let octets: Buffer
    try {
      octets = executeMessages(this.name, this.values.map(wireValue), known === undefined ? undefined : this.recall(wire))
    } catch (error) {
      return asError(error)
    }
    this.wire = wire
    // Of a connection that has broken pg tells its queries when it hears of it.
    if (!wire.stream.writable) return null
    if (known === undefined) {
      wire.stream.cork()
      wire.parse({ name: this.name, text: this.text })
      wire.submittedNamedStatements[this.name] = this.text
      wire.stream.write(octets)
      wire.stream.uncork()
    } else wire.stream.write(octets)
    return null
  }

  /** Which columns are to come in the binary format, here none; undefined when they have not been described on this connection. */
  protected recall(wire: Wire): readonly boolean[] | undefined {
    this.parsers = described.get(wire)?.get(this.name)
    return this.parsers && []
  }

  /** Keeps for the connection what its columns are. */
  protected remember(wire: Wire): void {
    const statements = described.get(wire)
    if (!statements) described.set(wire, new Map([[this.name, this.parsers ?? []]]))
    else if (!statements.has(this.name)) statements.set(this.name, this.parsers ?? [])
  }

  handleRowDescription({ fields }: { fields: Field[] }): void {
    this.parsers = fields.map(({ dataTypeID }): Parser => pg.types.getTypeParser(dataTypeID, 'text'))
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.row(() => fields.map((text, i) => (text === null ? null : (this.parsers?.[i]?.(text) ?? text))))
  }

  /** Takes a row that may not be readable: then the query fails once it is answered. */
  protected row(read: () => unknown[]): void {
    try {
      this.result.rows.push(read())
    } catch (error) {
      this.failure = asError(error)
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.result.rowCount = Number(text.slice(text.lastIndexOf(' ') + 1))
  }

  handleReadyForQuery(): void {
    if (this.wire) this.remember(this.wire)
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

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

// A client that pipelines takes nothing but pg's own queries, because others may ask again before they are done: this one never does.
Object.setPrototypeOf(PreparedQuery.prototype, pg.Query.prototype)

/** Rows in PostgreSQL's binary COPY format, put together by hand: no text to be parsed, and octets go as they are. */

const signature = Buffer.from('PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const trailer = Buffer.of(0xff, 0xff)
const bufferBytes = 65_536
const none: readonly Buffer[] = []
/** A field's length, and the longest of those that are not text or octets. */
const fixedBytes = 4 + 16

/** PostgreSQL counts microseconds from 2000-01-01. */
const epochMs = Date.UTC(2000, 0, 1)

const textArrayOid = 25

/** Writes fields one after the other; the caller keeps to the columns and their types. */
export class CopyEncoder {
  #buffer = Buffer.allocUnsafeSlow(bufferBytes)
  #at = 0
  readonly #full: Buffer[] = []

  constructor() {
    this.raw(signature)
  }

  /** Begins a row. */
  row(columns: number): void {
    this.#room(2)
    this.#at = this.#buffer.writeInt16BE(columns, this.#at)
  }

  null(): void {
    this.#room(4)
    this.#at = this.#buffer.writeInt32BE(-1, this.#at)
  }

  text(value: string | null): void {
    if (value === null) {
      this.null()
      return
    }
    const { length } = value
    // At most three octets a UTF-16 unit
    this.#room(4 + 3 * length)
    const count = this.#buffer.write(value, this.#at + 4)
    this.#buffer.writeInt32BE(count, this.#at)
    this.#at += 4 + count
  }

  bytes(value: Uint8Array): void {
    this.#room(4)
    this.#at = this.#buffer.writeInt32BE(value.length, this.#at)
    this.raw(value)
  }

  int4(value: number): void {
    this.#room(fixedBytes)
    this.#at = this.#buffer.writeInt32BE(4, this.#at)
    this.#at = this.#buffer.writeInt32BE(value, this.#at)
  }

  int8(value: bigint): void {
    this.#room(fixedBytes)
    this.#at = this.#buffer.writeInt32BE(8, this.#at)
    this.#at = this.#buffer.writeBigInt64BE(value, this.#at)
  }

  boolean(value: boolean): void {
    this.#room(fixedBytes)
    this.#at = this.#buffer.writeInt32BE(1, this.#at)
    this.#at = this.#buffer.writeUInt8(value ? 1 : 0, this.#at)
  }

  /** Octets of fields that were made before: those that are the same in every row. */
  raw(octets: Uint8Array): void {
    if (octets.length > bufferBytes / 2) {
      this.#cut()
      this.#full.push(Buffer.from(octets))
      return
    }
    this.#room(octets.length)
    this.#buffer.set(octets, this.#at)
    this.#at += octets.length
  }

  /** What is complete, to be sent: asked for after each row, so that a chunk's rows never stand in memory twice. */
  take(): readonly Buffer[] {
    return this.#full.length ? this.#full.splice(0) : none
  }

  end(): readonly Buffer[] {
    this.raw(trailer)
    this.#cut()
    return this.take()
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    this.#cut()
    if (bytes > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(bytes)
  }

  #cut(): void {
    if (this.#at === 0) return
    this.#full.push(this.#buffer.subarray(0, this.#at))
    this.#buffer = Buffer.allocUnsafeSlow(bufferBytes)
    this.#at = 0
  }
}

/** Fields that are the same in every row, encoded once. */
export function encodedFields(write: (encoder: CopyEncoder) => void): Buffer {
  const encoder = new CopyEncoder()
  write(encoder)
  const all = Buffer.concat(encoder.end())
  return all.subarray(signature.length, all.length - trailer.length)
}

/** The octets of a COPY, row by row. */
export function* copyOctets<Row>(rows: Iterable<Row>, write: (encoder: CopyEncoder, row: Row) => void): Generator<Buffer, void> {
  const encoder = new CopyEncoder()
  for (const row of rows) {
    write(encoder, row)
    yield* encoder.take()
  }
  yield* encoder.end()
}

export function timestampField(encoder: CopyEncoder, at: Date): void {
  encoder.int8(BigInt(at.getTime() - epochMs) * 1000n)
}

export const uuidField = (encoder: CopyEncoder, uuid: string): void => encoder.bytes(Buffer.from(uuid.replaceAll('-', ''), 'hex'))

/** text[] of one dimension, without nulls. */
export function textArrayField(encoder: CopyEncoder, values: readonly string[]): void {
  const octets = values.map(value => Buffer.from(value))
  const header = Buffer.alloc(values.length ? 20 : 12)
  header.writeInt32BE(values.length ? 1 : 0, 0)
  header.writeInt32BE(textArrayOid, 8)
  if (values.length) {
    header.writeInt32BE(values.length, 12)
    header.writeInt32BE(1, 16)
  }
  const parts = octets.flatMap(value => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(value.length)
    return [length, value]
  })
  encoder.bytes(Buffer.concat([header, ...parts]))
}

import pg from 'pg'

/** How a column of an answer is read out of the octets that arrived; what it answers keeps none of them from being overwritten. */
export interface ColumnReader {
  /** Whether it is asked for, and read, in PostgreSQL's binary format */
  binary: boolean
  read(bytes: Buffer, from: number, to: number): unknown
}

const asText = (bytes: Buffer, from: number, to: number): string => bytes.toString(undefined, from, to)

/** Microseconds from 2000-01-01 on, as in a timestamp in the binary format. */
const epochMs = Date.UTC(2000, 0, 1)

function readTimestamp(bytes: Buffer, from: number): Date | number {
  const high = bytes.readInt32BE(from)
  const low = bytes.readUInt32BE(from + 4)
  if (high === 0x7fffffff && low === 0xffffffff) return Number.POSITIVE_INFINITY
  if (high === -0x80000000 && low === 0) return Number.NEGATIVE_INFINITY
  // In milliseconds 2^32 are 4,294,967 and a rest of 296 thousandths: all together would be more than a number holds exactly.
  return new Date(high * 4_294_967 + Math.floor((high * 296 + low) / 1_000) + epochMs)
}

const binary = (read: ColumnReader['read']): ColumnReader => ({ binary: true, read })

/** By the OID of the type: bool, bytea, int2, int4, text, varchar, timestamptz. */
const readers = new Map<number, ColumnReader>([
  [16, binary((bytes, from) => bytes[from] === 1)],
  [17, binary((bytes, from, to) => Buffer.from(bytes.subarray(from, to)))],
  [21, binary((bytes, from) => bytes.readInt16BE(from))],
  [23, binary((bytes, from) => bytes.readInt32BE(from))],
  [25, binary(asText)],
  [1043, binary(asText)],
  [1184, binary(readTimestamp)],
])

/** A type as pg reads it from its text. */
export function textReader(dataTypeId: number): ColumnReader {
  const parse = pg.types.getTypeParser(dataTypeId, 'text')
  return { binary: false, read: (bytes, from, to) => parse(asText(bytes, from, to)) }
}

/** How a type is read where one may ask for its format: the values are those that pg gives. */
export const columnReader = (dataTypeId: number): ColumnReader => readers.get(dataTypeId) ?? textReader(dataTypeId)

/** The values of a DataRow, whose body begins at `from`. */
export function readRow(columns: readonly ColumnReader[], bytes: Buffer, from: number): unknown[] {
  const count = bytes.readInt16BE(from)
  const row = new Array<unknown>(count)
  let at = from + 2
  for (let i = 0; i < count; i++) {
    const length = bytes.readInt32BE(at)
    at += 4
    row[i] = length < 0 ? null : columns[i]?.read(bytes, at, at + length)
    if (length > 0) at += length
  }
  return row
}

/** Value of a parameter as it goes out: text, octets in PostgreSQL's binary format, or NULL. */
export type WireValue = string | Buffer | null

const [bindCode, textFormat, binaryFormat] = [0x42, 0, 1]

/** Describe of the unnamed portal */
const describePortal = Buffer.from([0x44, 0, 0, 0, 6, 0x50, 0])
/** Execute of the unnamed portal, all rows; Sync */
const executeAndSync = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0x53, 0, 0, 0, 4])

const bytesOf = (value: WireValue): number => (value === null ? 0 : typeof value === 'string' ? Buffer.byteLength(value) : value.length)

/**
 * Bind of a prepared statement to the unnamed portal, Execute and Sync, in one piece (PostgreSQL's protocol 3.0, extended query).
 * @param binaryColumns for each column of the answer, whether it comes in the binary format; undefined asks for the description of the
 * columns, and they come as text
 */
export function executeMessages(statement: string, values: readonly WireValue[], binaryColumns?: readonly boolean[]): Buffer {
  const lengths = values.map(bytesOf)
  const nameBytes = Buffer.byteLength(statement)
  const columns = binaryColumns ?? []
  let bindBytes = 4 + 1 + nameBytes + 1 + 2 + 2 * values.length + 2 + 4 * values.length + 2 + 2 * columns.length
  for (const length of lengths) bindBytes += length
  const describe = binaryColumns ? undefined : describePortal
  const out = Buffer.allocUnsafe(1 + bindBytes + (describe?.length ?? 0) + executeAndSync.length)

  let at = out.writeUInt8(bindCode, 0)
  at = out.writeInt32BE(bindBytes, at)
  at = out.writeUInt8(0, at)
  at += out.write(statement, at)
  at = out.writeUInt8(0, at)
  at = out.writeInt16BE(values.length, at)
  for (const value of values) at = out.writeInt16BE(Buffer.isBuffer(value) ? binaryFormat : textFormat, at)
  at = out.writeInt16BE(values.length, at)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null
    const length = lengths[i] ?? 0
    at = out.writeInt32BE(value === null ? -1 : length, at)
    if (typeof value === 'string') out.write(value, at, length)
    else if (value !== null) out.set(value, at)
    at += length
  }
  at = out.writeInt16BE(columns.length, at)
  for (const binary of columns) at = out.writeInt16BE(binary ? binaryFormat : textFormat, at)
  if (describe) {
    out.set(describe, at)
    at += describe.length
  }
  out.set(executeAndSync, at)
  return out
}

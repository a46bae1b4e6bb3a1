/** Takes a message of PostgreSQL whose kind is the octet at `from` and whose body begins at `body`; the octets are only good until it returns. */
export type TakeMessage = (kind: number, bytes: Buffer, from: number, body: number, to: number) => void

const headerBytes = 5
/** Of its own octets alone */
const leastLength = 4

/**
 * Cuts what comes from PostgreSQL into messages: one octet of kind, four of length, which counts itself, the body.
 * @throws RangeError when a length cannot be one; after that, and after an error of `take`, nothing more is to be cut
 */
export function messageCutter(take: TakeMessage): (chunk: Buffer) => void {
  let parts: Buffer[] = []
  let held = 0
  /** Octets from which on there is something to do */
  let wanted = headerBytes

  const cut = (bytes: Buffer): void => {
    let at = 0
    wanted = headerBytes
    while (at + headerBytes <= bytes.length) {
      const length = bytes.readUInt32BE(at + 1)
      if (length < leastLength) throw new RangeError('PostgreSQL sent a message that is shorter than its length')
      const octets = 1 + length
      if (at + octets > bytes.length) {
        wanted = octets
        break
      }
      take(bytes.readUInt8(at), bytes, at, at + headerBytes, at + octets)
      at += octets
    }
    held = bytes.length - at
    parts = held > 0 ? [Buffer.from(bytes.subarray(at))] : []
  }
  return chunk => {
    if (held === 0) return cut(chunk)
    held += chunk.length
    parts.push(Buffer.from(chunk))
    if (held >= wanted) cut(Buffer.concat(parts, held))
  }
}

/** Takes a message of PostgreSQL whose kind is the octet at `from` and whose body begins at `body`; the octets are only good until it returns. */
export type TakeMessage = (kind: number, bytes: Buffer, from: number, body: number, to: number) => void

const headerBytes = 5

/** Cuts what comes from PostgreSQL into messages: one octet of kind, four of length, which counts itself, the body. */
export function messageCutter(take: TakeMessage): (chunk: Buffer) => void {
  let rest: Buffer | undefined
  return chunk => {
    const bytes = rest ? Buffer.concat([rest, chunk]) : chunk
    let at = 0
    while (at + headerBytes <= bytes.length) {
      const end = at + 1 + bytes.readUInt32BE(at + 1)
      if (end > bytes.length) break
      take(bytes.readUInt8(at), bytes, at, at + headerBytes, end)
      at = end
    }
    rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : undefined
  }
}

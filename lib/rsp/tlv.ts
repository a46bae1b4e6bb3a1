/** DER that does not follow X.690: a truncated, non-minimal or unexpected element. */
export class TlvError extends Error {
  override name = 'TlvError'
}

/**
 * One element as it arrived. `raw` and `value` are views into the input, never copies,
 * so a signature can be checked over the very octets that were received.
 */
export interface Tlv {
  /** The tag octets as one number: 0x30, 0xBF38, 0x5F37. */
  tag: number
  /** Tag, length and value. */
  raw: Buffer
  value: Buffer
}

/** Its views are made when they are asked for: most elements are asked for one, many for none. */
class Element implements Tlv {
  constructor(
    readonly tag: number,
    private readonly bytes: Buffer,
    private readonly from: number,
    private readonly content: number,
    /** Where the next element begins */
    readonly end: number,
  ) {}

  get raw(): Buffer {
    return this.bytes.subarray(this.from, this.end)
  }

  get value(): Buffer {
    return this.bytes.subarray(this.content, this.end)
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * Reads the element that starts at `offset`; what follows it is left alone.
 * Lengths must be definite and minimal (DER), tags have at most three octets.
 * @throws TlvError
 */
export const readTlv = (bytes: Uint8Array, offset = 0): Tlv => readElement(asBuffer(bytes), offset)

function readElement(input: Buffer, offset: number): Element {
  let at = offset
  let tag = input[at++] ?? truncated()
  if ((tag & 0x1f) === 0x1f) {
    let next = input[at++] ?? truncated()
    if (next < 0x1f || next === 0x80) throw new TlvError('tag is not minimal')
    tag = tag * 256 + next
    if (next & 0x80) {
      next = input[at++] ?? truncated()
      if (next & 0x80) throw new TlvError('tag is too long')
      tag = tag * 256 + next
    }
  }
  let length = input[at++] ?? truncated()
  if (length === 0x80) throw new TlvError('indefinite length')
  if (length > 0x80) {
    const count = length & 0x7f
    if (count > 4) throw new TlvError('length is too long')
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + (input[at++] ?? truncated())
    if (length < 0x80 || length < 256 ** (count - 1)) throw new TlvError('length is not minimal')
  }
  if (at + length > input.length) truncated()
  return new Element(tag, input, offset, at, at + length)
}

function truncated(): never {
  throw new TlvError('truncated element')
}

/** Reads `bytes` as exactly one element, of the given tag when one is named. @throws TlvError */
export function readSingle(bytes: Uint8Array, tag?: number): Tlv {
  const element = readElement(asBuffer(bytes), 0)
  if (element.end !== bytes.length) throw new TlvError('octets after the element')
  if (tag !== undefined && element.tag !== tag) throw wrongTag(tag, element.tag)
  return element
}

/** Reads `bytes` as a row of elements with nothing left over. @throws TlvError */
export function readAll(bytes: Uint8Array): Tlv[] {
  const input = asBuffer(bytes)
  const elements: Tlv[] = []
  for (let at = 0; at < input.length; ) {
    const element = readElement(input, at)
    elements.push(element)
    at = element.end
  }
  return elements
}

/** Walks through the members of a SEQUENCE in their order; members that nobody asks for may follow (EXTENSIBILITY IMPLIED). */
export class TlvReader {
  private readonly bytes: Buffer
  private at = 0
  private ahead: Element | undefined

  constructor(bytes: Uint8Array) {
    this.bytes = asBuffer(bytes)
  }

  /** The next element without consuming it; undefined at the end. */
  peek(): Tlv | undefined {
    return this.lookAhead()
  }

  private lookAhead(): Element | undefined {
    if (!this.ahead && this.at < this.bytes.length) this.ahead = readElement(this.bytes, this.at)
    return this.ahead
  }

  /** Consumes the next element, which must have this tag. @throws TlvError */
  next(tag: number): Tlv {
    const element = this.lookAhead()
    if (!element) throw new TlvError(`element ${hexTag(tag)} is missing`)
    if (element.tag !== tag) throw wrongTag(tag, element.tag)
    return this.take(element)
  }

  /** Consumes the next element if it has this tag. */
  optional(tag: number): Tlv | undefined {
    const element = this.lookAhead()
    return element?.tag === tag ? this.take(element) : undefined
  }

  /** Passes over unknown members up to the first with this tag, and consumes it; undefined if there is none. */
  find(tag: number): Tlv | undefined {
    for (let element = this.lookAhead(); element; element = this.lookAhead()) {
      this.take(element)
      if (element.tag === tag) return element
    }
    return undefined
  }

  /** @throws TlvError when members are left. */
  end(): void {
    const element = this.lookAhead()
    if (element) throw new TlvError(`unexpected element ${hexTag(element.tag)}`)
  }

  private take(element: Element): Tlv {
    this.at = element.end
    this.ahead = undefined
    return element
  }
}

const tagBytes = (tag: number): number => (tag > 0xffff ? 3 : tag > 0xff ? 2 : 1)
const lengthBytes = (length: number): number => (length < 0x80 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 4)

/** Writes tag and length at the start of `out`; answers how many octets they are. */
function writeHeader(out: Buffer, tag: number, length: number): number {
  const atLength = out.writeUIntBE(tag, 0, tagBytes(tag))
  const more = lengthBytes(length) - 1
  if (more === 0) return out.writeUInt8(length, atLength)
  out.writeUInt8(0x80 | more, atLength)
  return out.writeUIntBE(length, atLength + 1, more)
}

/** Octets of tag and length in front of a value of `length` octets. */
export function tlvHeader(tag: number, length: number): Buffer {
  const header = Buffer.allocUnsafe(tagBytes(tag) + lengthBytes(length))
  writeHeader(header, tag, length)
  return header
}

/** Writes one element whose value is the given parts in a row; `undefined` parts are left out. */
export function tlv(tag: number, ...parts: (Uint8Array | undefined)[]): Buffer {
  let length = 0
  for (const part of parts) length += part?.length ?? 0
  const element = Buffer.allocUnsafe(tagBytes(tag) + lengthBytes(length) + length)
  let at = writeHeader(element, tag, length)
  for (const part of parts) {
    if (!part) continue
    element.set(part, at)
    at += part.length
  }
  return element
}

/** DER INTEGER content of a non-negative number below 2^48. */
export function integerValue(value: number): Buffer {
  let hex = value.toString(16)
  if (hex.length % 2) hex = `0${hex}`
  const octets = Buffer.from(hex, 'hex')
  return (octets[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets
}

/** Reads INTEGER content as a non-negative number. @throws TlvError when empty, negative or over 48 bits. */
export function readInteger(value: Buffer): number {
  if (value.length === 0 || value.length > 7 || (value[0] ?? 0) & 0x80) throw new TlvError('integer out of range')
  const number = Number(BigInt(`0x${value.toString('hex')}`))
  if (!Number.isSafeInteger(number)) throw new TlvError('integer out of range')
  return number
}

/** Content of an OBJECT IDENTIFIER from its dotted form. */
export function oidValue(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const octets: number[] = []
  for (const arc of [first * 40 + second, ...rest]) {
    const group = [arc % 128]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) group.unshift((left % 128) | 0x80)
    octets.push(...group)
  }
  return Buffer.from(octets)
}

/** Dotted form of OBJECT IDENTIFIER content. @throws TlvError */
export function readOid(value: Buffer): string {
  if (value.length === 0 || (value[value.length - 1] ?? 0) & 0x80) throw new TlvError('object identifier is malformed')
  const arcs: number[] = []
  let arc = 0
  for (const octet of value) {
    arc = arc * 128 + (octet & 0x7f)
    if (arc > Number.MAX_SAFE_INTEGER) throw new TlvError('object identifier is malformed')
    if (octet & 0x80) continue
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(arc / 40))
      arcs.push(first, arc - first * 40)
    } else arcs.push(arc)
    arc = 0
  }
  return arcs.join('.')
}

/** Numbers of the bits set in BIT STRING content; the count of unused bits is not trusted, only the bits are looked at. */
export function readBits(value: Buffer): Set<number> {
  const bits = new Set<number>()
  for (let i = 1; i < value.length; i++) for (let bit = 0; bit < 8; bit++) if ((value[i] ?? 0) & (0x80 >> bit)) bits.add((i - 1) * 8 + bit)
  return bits
}

/** DER BIT STRING content (named bits: trailing zero bits are cut). */
export function bitsValue(bits: Iterable<number>): Buffer {
  const set = [...bits]
  if (set.length === 0) return Buffer.of(0)
  const top = Math.max(...set)
  const value = Buffer.alloc(2 + (top >> 3))
  value[0] = 7 - (top & 7)
  for (const bit of set) value[1 + (bit >> 3)] = (value[1 + (bit >> 3)] ?? 0) | (0x80 >> (bit & 7))
  return value
}

export const hexTag = (tag: number): string => tag.toString(16).toUpperCase().padStart(2, '0')

const wrongTag = (expected: number, found: number) => new TlvError(`expected element ${hexTag(expected)}, found ${hexTag(found)}`)

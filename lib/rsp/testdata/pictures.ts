import { crc32, deflateSync } from 'node:zlib'

const uint32 = (value: number): Buffer => {
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(value >>> 0)
  return octets
}

const chunk = (type: string, data: Buffer): Buffer => {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data])
  return Buffer.concat([uint32(data.length), content, uint32(crc32(content))])
}

/** A PNG of one colour that every browser shows. @param options.bytes how long it is to be, with a comment as filler */
export function craftedPng(width: number, height: number, { bytes, red = 0 }: { bytes?: number; red?: number } = {}): Buffer {
  // 8 bits each of red, green and blue; every line begins with its filter.
  const header = Buffer.concat([uint32(width), uint32(height), Buffer.of(8, 2, 0, 0, 0)])
  const line = Buffer.concat([Buffer.of(0), Buffer.alloc(3 * width, Buffer.of(red, 0x60, 0x80))])
  const image = deflateSync(Buffer.concat(Array.from({ length: height }, () => line)), { level: 9 })
  const parts = (comment: Buffer[]) =>
    Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), ...comment, chunk('IDAT', image), chunk('IEND', Buffer.of())])
  if (bytes === undefined) return parts([])
  return parts([chunk('tEXt', Buffer.alloc(bytes - parts([]).length - 12, 0x20))])
}

/** The markers of a JPEG without a picture in it. */
export function craftedJpeg(width: number, height: number, { frame = 0xc0 }: { frame?: number } = {}): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt16BE(height, 0)
  size.writeUInt16BE(width, 2)
  const app0 = Buffer.from('ffe000104a46494600010100000100010000', 'hex')
  const tables = Buffer.from('ffc4000500aabb', 'hex')
  const start = Buffer.concat([Buffer.of(0xff, frame, 0, 11, 8), size, Buffer.of(1, 1, 0x11, 0)])
  return Buffer.concat([Buffer.from('ffd8', 'hex'), app0, tables, start, Buffer.from('ffda000801010000003f00ffd9', 'hex')])
}

import { crc32, deflateSync } from 'node:zlib'
import { type QrSymbol, quietZone } from './qr-symbol'

const pixelsPerModule = 16
const octetsPerModule = pixelsPerModule / 8
// 300 dots an inch: a module of 1.35 mm
const pixelsPerMetre = 11_811

const signature = Buffer.from('89504e470d0a1a0a', 'hex')
const greyscale = 0
const filter = { none: 0, up: 2 }

function chunk(type: string, data: Buffer): Buffer {
  const octets = Buffer.alloc(12 + data.length)
  octets.writeUInt32BE(data.length, 0)
  octets.write(type, 4, 'latin1')
  data.copy(octets, 8)
  octets.writeUInt32BE(crc32(octets.subarray(4, 8 + data.length)), 8 + data.length)
  return octets
}

const density = (() => {
  const data = Buffer.alloc(9)
  data.writeUInt32BE(pixelsPerMetre, 0)
  data.writeUInt32BE(pixelsPerMetre, 4)
  data.writeUInt8(1, 8)
  return chunk('pHYs', data)
})()
const end = chunk('IEND', Buffer.alloc(0))

/** A symbol with its quiet zone as a PNG of one bit a pixel. Some hundred times as fast as a general encoder, and smaller. */
export function qrPng({ size, modules }: QrSymbol): Buffer {
  const side = size + 2 * quietZone
  const rowOctets = 1 + side * octetsPerModule
  // All rows of a module's height but the first equal the one above: with the filter "up" they are zeros.
  const pixels = Buffer.alloc(rowOctets * side * pixelsPerModule)
  for (let y = 0; y < side; y++) {
    const row = rowOctets * y * pixelsPerModule
    pixels[row] = filter.none
    pixels.fill(0xff, row + 1, row + rowOctets)
    const line = y - quietZone
    if (line >= 0 && line < size) {
      for (let x = 0; x < size; x++) {
        const at = row + 1 + (x + quietZone) * octetsPerModule
        if (modules[line * size + x]) pixels.fill(0, at, at + octetsPerModule)
      }
    }
    for (let again = 1; again < pixelsPerModule; again++) pixels[row + again * rowOctets] = filter.up
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side * pixelsPerModule, 0)
  header.writeUInt32BE(side * pixelsPerModule, 4)
  header.writeUInt8(1, 8)
  header.writeUInt8(greyscale, 9)
  return Buffer.concat([signature, chunk('IHDR', header), density, chunk('IDAT', deflateSync(pixels, { level: 6 })), end])
}

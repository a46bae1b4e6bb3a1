import { inflateSync } from 'node:zlib'
import { readPicture } from '@/lib/rsp/icon'

const signatureOctets = 8
const mostPixels = 4_000_000
const samples: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const lastFilter = 4

/** The parts of a PNG that is whole. */
function* chunksOf(png: Buffer): Generator<{ type: string; data: Buffer }> {
  for (let at = signatureOctets; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at)
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) }
    at += 12 + length
  }
}

/** Whether all pixels of a PNG can be read: what writes PDF does so later, where an error would end the process. */
function isSoundPng(png: Buffer): boolean {
  const chunks = [...chunksOf(png)]
  const header = chunks[0]
  if (header?.type !== 'IHDR' || header.data.length !== 13) return false
  const [width, height] = [header.data.readUInt32BE(0), header.data.readUInt32BE(4)]
  const [depth = 0, colour = -1, , , interlace] = header.data.subarray(8)
  if (interlace !== 0 || width * height > mostPixels || width * height === 0) return false
  const rowOctets = 1 + Math.ceil((width * (samples[colour] ?? Number.NaN) * depth) / 8)
  const data = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(chunk => chunk.data))
  const pixels = inflateSync(data, { maxOutputLength: rowOctets * height + 1 })
  if (pixels.length !== rowOctets * height) return false
  return Array.from({ length: height }, (_, row) => pixels[row * rowOctets] ?? lastFilter + 1).every(filter => filter <= lastFilter)
}

/** A logo as PDF takes it, PNG or JPEG as a data URL; undefined when it cannot be read, and then the name has to do. */
export function logoOf(picture: Buffer | undefined): string | undefined {
  if (!picture) return undefined
  try {
    const type = readPicture(picture)?.iconType
    if (!type || (type === 'png' && !isSoundPng(picture))) return undefined
    return `data:image/${type};base64,${picture.toString('base64')}`
  } catch {
    return undefined
  }
}

/** An icon's side in pixels (SGP.22 §5.5.3). */
export const iconSidePixels = 64

/** SGP.22 §5.5.3: icon OCTET STRING (SIZE(0..1024)) */
export const maxIconBytes = 1024

export interface Picture {
  iconType: 'jpg' | 'png'
  width: number
  height: number
}

/** What a picture is by its own octets; undefined when it is neither a whole PNG nor a whole JPEG. */
export function readPicture(bytes: Uint8Array): Picture | undefined {
  return readPng(bytes) ?? readJpeg(bytes)
}

/** Why a picture cannot be an icon, as a sentence for people; undefined when it can. */
export function iconProblem(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'The icon is empty.'
  if (bytes.length > maxIconBytes)
    return `The icon has ${bytes.length.toLocaleString('en')} bytes; it may have ${maxIconBytes.toLocaleString('en')}.`
  const picture = readPicture(bytes)
  if (!picture) return 'The icon is neither a whole PNG nor a whole JPEG.'
  const { width, height } = picture
  if (width === iconSidePixels && height === iconSidePixels) return undefined
  return `The icon is ${width} by ${height} pixels; it must be ${iconSidePixels} by ${iconSidePixels}.`
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

// Chunks: length (4), type (4), data, CRC (4); IHDR is the first, IEND the last.
function readPng(bytes: Uint8Array): Picture | undefined {
  if (bytes.length < 33 || pngSignature.some((octet, i) => bytes[i] !== octet)) return undefined
  const view = viewOf(bytes)
  const type = (at: number) => view.getUint32(at + 4)
  const [header, end] = [0x49484452, 0x49454e44]
  if (type(8) !== header || view.getUint32(8) !== 13) return undefined
  const picture: Picture = { iconType: 'png', width: view.getUint32(16), height: view.getUint32(20) }
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at))
    if (type(at) === end) return at + 12 === bytes.length ? picture : undefined
  return undefined
}

// Segments: FF, marker, length (2, itself included); the frame header (SOF) tells height and width, EOI ends the picture.
function readJpeg(bytes: Uint8Array): Picture | undefined {
  const view = viewOf(bytes)
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8 || view.getUint16(bytes.length - 2) !== 0xffd9) return undefined
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1] ?? 0
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) return { iconType: 'jpg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    if (marker === 0xda || view.getUint16(at + 2) < 2) return undefined
  }
  return undefined
}

import { create, type QRCodeSegment } from 'qrcode'

/** Light modules around a symbol, ISO/IEC 18004 */
export const quietZone = 4

/** Black squares and bars in units of one module, from the symbol's upper left corner. */
export interface Rectangle {
  x: number
  y: number
  width: number
  height: number
}

export interface QrSymbol {
  /** Modules on each side, without the quiet zone */
  size: number
  /** One octet a module, row by row, not 0 where it is black */
  modules: Uint8Array
}

const isAlphanumeric = (text: string): boolean => /^[0-9A-Z $%*+\-./:]+$/.test(text)

/** A QR code of error correction level M. */
export function qrSymbol(text: string): QrSymbol {
  const segments: QRCodeSegment[] = [{ data: text, mode: 'alphanumeric' }]
  const { modules } = create(isAlphanumeric(text) ? segments : text, { errorCorrectionLevel: 'M' })
  return { size: modules.size, modules: modules.data }
}

/** The black modules in few rectangles that do not overlap: runs in a row, joined with equal runs below. */
export function rectanglesOf({ size, modules }: QrSymbol): Rectangle[] {
  const all: Rectangle[] = []
  let above = new Map<number, Rectangle>()
  for (let y = 0; y < size; y++) {
    const row = new Map<number, Rectangle>()
    for (let x = 0; x < size; ) {
      if (!modules[y * size + x]) {
        x++
        continue
      }
      const from = x
      while (x < size && modules[y * size + x]) x++
      const before = above.get(from)
      if (before?.width === x - from) {
        before.height++
        row.set(from, before)
        continue
      }
      const rectangle = { x: from, y, width: x - from, height: 1 }
      all.push(rectangle)
      row.set(from, rectangle)
    }
    above = row
  }
  return all
}

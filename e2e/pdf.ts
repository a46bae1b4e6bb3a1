import path from 'node:path'
import jsQR from 'jsqr'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { type LabelSheet, placesOf } from '@/lib/orders/documents/label-sheets'

/** A page as a camera would see it. */
export interface PageImage {
  width: number
  height: number
  /** Red, green, blue, opacity of each pixel */
  data: Uint8ClampedArray
}

const fonts = `${path.resolve('node_modules/pdfjs-dist/standard_fonts')}/`
const open = (pdf: Uint8Array) => getDocument({ data: Uint8Array.from(pdf), standardFontDataUrl: fonts, verbosity: 0 })

/** Draws pages of a PDF, all of them if not told which, from 1 on. @param pixelsPerPoint 3 is 216 dots an inch */
export async function rasterise(
  pdf: Uint8Array,
  { pages, pixelsPerPoint = 3 }: { pages?: readonly number[]; pixelsPerPoint?: number } = {},
): Promise<PageImage[]> {
  const task = open(pdf)
  const document = await task.promise
  const images: PageImage[] = []
  for (const number of pages ?? Array.from({ length: document.numPages }, (_, i) => i + 1)) {
    const page = await document.getPage(number)
    const viewport = page.getViewport({ scale: pixelsPerPoint })
    const [width, height] = [Math.ceil(viewport.width), Math.ceil(viewport.height)]
    const factory = document.canvasFactory as { create(width: number, height: number): { canvas: HTMLCanvasElement } }
    const { canvas } = factory.create(width, height)
    await page.render({ canvas, viewport, background: '#ffffff' }).promise
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height)
    if (!pixels) throw new Error('A page was not drawn.')
    images.push({ width, height, data: pixels.data })
  }
  await task.destroy()
  return images
}

/** The words of each page. */
export async function textOf(pdf: Uint8Array): Promise<string[]> {
  const task = open(pdf)
  const document = await task.promise
  const texts: string[] = []
  for (let number = 1; number <= document.numPages; number++) {
    const { items } = await (await document.getPage(number)).getTextContent()
    texts.push(items.map(item => ('str' in item ? item.str : '')).join('\n'))
  }
  await task.destroy()
  return texts
}

/** Part of an image. */
export function cut({ data, width }: PageImage, box: { x: number; y: number; width: number; height: number }): PageImage {
  const [left, top, columns, rows] = [box.x, box.y, box.width, box.height].map(Math.round) as [number, number, number, number]
  const part = new Uint8ClampedArray(columns * rows * 4)
  for (let row = 0; row < rows; row++) {
    const from = ((top + row) * width + left) * 4
    part.set(data.subarray(from, from + columns * 4), row * columns * 4)
  }
  return { data: part, width: columns, height: rows }
}

/** The QR codes of a sheet of labels, row by row; undefined where none is read. */
export function readLabels(image: PageImage, sheet: LabelSheet): (string | undefined)[] {
  const scale = image.width / sheet.paper.width
  return placesOf(sheet).map(({ x, y }) => {
    const box = { x: x * scale, y: y * scale, width: sheet.label.width * scale, height: sheet.label.height * scale }
    const label = cut(image, box)
    return jsQR(label.data, label.width, label.height)?.data
  })
}

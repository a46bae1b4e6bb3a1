import PDFDocument from 'pdfkit'
import type { PaperSize } from './label-sheets'
import { pdfText } from './pdf-text'
import { type QrSymbol, quietZone, rectanglesOf } from './qr-symbol'
import { Turns } from './turns'

export interface TextStyle {
  size: number
  bold?: boolean
  /** #rrggbb, black when left out */
  colour?: string
}

const mostKnown = 500

const fontOf = ({ bold }: TextStyle) => (bold ? 'Helvetica-Bold' : 'Helvetica')

/** A page to draw on; all lengths in points from its upper left corner. */
export class Canvas {
  private readonly known = new Map<string, string[]>()

  constructor(private readonly document: PDFKit.PDFDocument) {}

  /** One line, cut off with an ellipsis where it is too wide. @returns its height */
  line(text: string, place: { x: number; y: number; width: number }, style: TextStyle): number {
    return this.write(this.fitted(pdfText(text), place.width, style), place, style)
  }

  /** As many lines as it takes, `most` at most. @returns their height */
  paragraph(text: string, place: { x: number; y: number; width: number }, style: TextStyle, most = Number.POSITIVE_INFINITY): number {
    let height = 0
    for (const line of this.lines(text, place.width, style, most)) height += this.write(line, { ...place, y: place.y + height }, style)
    return height
  }

  /** A QR code with its quiet zone, in vectors, black on white. `side` counts the quiet zone in. */
  qr(symbol: QrSymbol, { x, y, side }: { x: number; y: number; side: number }): void {
    const scale = side / (symbol.size + 2 * quietZone)
    // One path of whole numbers: no seams between modules, and few octets.
    const path = rectanglesOf(symbol).map(
      ({ x: left, y: top, width, height }) => `${left + quietZone} ${top + quietZone} ${width} ${height} re`,
    )
    this.rectangle({ x, y, width: side, height: side }, '#ffffff')
    this.document.save().translate(x, y).scale(scale).fillColor('#000000')
    this.document.addContent(`${path.join(' ')} f`).restore()
  }

  rectangle({ x, y, width, height }: { x: number; y: number; width: number; height: number }, colour: string): void {
    this.document.rect(x, y, width, height).fill(colour)
  }

  /** A picture within a box, from its upper left. @param logo as `logoOf` gives it */
  picture(logo: string, { x, y, width, height }: { x: number; y: number; width: number; height: number }): void {
    this.document.image(logo, x, y, { fit: [width, height] })
  }

  link({ x, y, width, height }: { x: number; y: number; width: number; height: number }, address: string): void {
    this.document.link(x, y, width, height, address)
  }

  private write(text: string, { x, y }: { x: number; y: number }, style: TextStyle): number {
    const { document } = this
    document
      .font(fontOf(style))
      .fontSize(style.size)
      .fillColor(style.colour ?? '#000000')
    document.text(text, x, y, { lineBreak: false })
    return style.size * 1.22
  }

  private widthOf(text: string, style: TextStyle): number {
    return this.document.font(fontOf(style)).fontSize(style.size).widthOfString(text)
  }

  private fitted(text: string, width: number, style: TextStyle): string {
    if (this.widthOf(text, style) <= width) return text
    let end = text.length - 1
    while (end > 0 && this.widthOf(`${text.slice(0, end)}…`, style) > width) end--
    return `${text.slice(0, end)}…`
  }

  /** Measuring letters is most of the work, and most texts are the same on every page. */
  private lines(text: string, width: number, style: TextStyle, most: number): string[] {
    const key = [width, style.size, style.bold, most, text].join('|')
    const known = this.known.get(key)
    if (known) return known
    const lines = this.broken(pdfText(text), width, style, most)
    if (this.known.size >= mostKnown) this.known.clear()
    this.known.set(key, lines)
    return lines
  }

  private broken(text: string, width: number, style: TextStyle, most: number): string[] {
    const lines: string[] = []
    let rest = text.trim()
    while (rest && lines.length < most - 1 && this.widthOf(rest, style) > width) {
      const line = this.beginning(rest, width, style)
      lines.push(line.trimEnd())
      rest = rest.slice(line.length).trimStart()
    }
    if (rest) lines.push(this.fitted(rest, width, style))
    return lines
  }

  /** Of a text that is too wide, the longest beginning that fits, up to a space if there is one. */
  private beginning(text: string, width: number, style: TextStyle): string {
    // Letters by themselves are as wide as together but for kerning, which only draws them closer.
    let end = 0
    for (let left = width; end < text.length; end++) {
      left -= this.widthOf(text.charAt(end), style)
      if (left < 0) break
    }
    end = Math.max(1, end)
    const space = text.lastIndexOf(' ', end)
    return text.slice(0, space > 0 ? space : end)
  }
}

/** What is drawn on, page by page. */
export interface PdfWriter {
  canvas: Canvas
  nextPage(): void
}

/**
 * A PDF, written as it is taken: `draw` yields whenever a page is done, and no more than a page waits in memory.
 * @param title and language as readers of the file show them
 */
export async function* pdfOf(
  { title, language, paper, createdAt }: { title: string; language: string; paper: PaperSize; createdAt: Date },
  draw: (writer: PdfWriter) => AsyncIterable<void>,
): AsyncGenerator<Buffer, void> {
  const document = new PDFDocument({
    autoFirstPage: false,
    size: [paper.width, paper.height],
    margin: 0,
    lang: language,
    displayTitle: true,
    info: { Title: pdfText(title), Producer: 'Slipway', Creator: 'Slipway', CreationDate: createdAt },
  })
  let octets: Uint8Array[] = [document.read()]
  // Its stream would make an event of each of the many small parts; at the end, with an index of all pages, that took a third of a second.
  const ended = new Promise<void>(resolve => {
    document.push = (chunk: Uint8Array | null) => {
      if (chunk) octets.push(chunk)
      else resolve()
      return true
    }
  })
  const taken = (): Buffer => {
    const all = Buffer.concat(octets)
    octets = []
    return all
  }
  const turns = new Turns()
  for await (const _ of draw({ canvas: new Canvas(document), nextPage: () => void document.addPage() })) {
    await turns.next()
    if (octets.length > 0) yield taken()
  }
  // Readers refuse a file without a page.
  if (!document.page) document.addPage()
  document.end()
  await ended
  yield taken()
}

import type { LabelLanguage, LabelOptions } from './document-options'
import { drawCard } from './draw-card'
import type { Label, LabelBrand } from './label'
import { cardPaper, type LabelSheet, placesOf, SHEETS } from './label-sheets'
import { inFours, LABEL_WORDS, momentIn } from './label-words'
import { type Canvas, type PdfWriter, pdfOf } from './pdf-canvas'
import { logoOf } from './pdf-logo'
import { qrSymbol } from './qr-symbol'
import { Turns } from './turns'

/** Labels or cards as a PDF, written as fast as it is taken. */
export function pdfOfLabels(
  labels: AsyncIterable<Label>,
  { layout, language, brand, title, createdAt }: LabelOptions & { brand: LabelBrand; title: string; createdAt: Date },
): AsyncGenerator<Buffer, void> {
  if (layout === 'card') {
    const logo = logoOf(brand.logo)
    return pdfOf({ title, language, paper: cardPaper, createdAt }, async function* ({ canvas, nextPage }) {
      for await (const label of labels) {
        nextPage()
        drawCard(canvas, label, { language, brand, logo })
        yield
      }
    })
  }
  const sheet = SHEETS[layout]
  return pdfOf({ title, language, paper: sheet.paper, createdAt }, writer => drawSheets(writer, labels, { sheet, language, brand }))
}

async function* drawSheets(
  { canvas, nextPage }: PdfWriter,
  labels: AsyncIterable<Label>,
  { sheet, language, brand }: { sheet: LabelSheet; language: LabelLanguage; brand: LabelBrand },
): AsyncGenerator<void> {
  const places = placesOf(sheet)
  const turns = new Turns()
  let count = 0
  for await (const label of labels) {
    const place = places[count++ % places.length]
    if (!place) return
    if (place === places[0]) {
      if (count > 1) yield
      nextPage()
    }
    drawLabel(canvas, label, { ...place, ...sheet.label }, { language, brand })
    await turns.next()
  }
}

// Printers shift a sheet by a millimetre or two.
const margin = 4

function drawLabel(
  canvas: Canvas,
  label: Label,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  { language, brand }: { language: LabelLanguage; brand: LabelBrand },
): void {
  const words = LABEL_WORDS[language]
  const side = height - 2 * margin
  canvas.qr(qrSymbol(label.qrText), { x: x + margin, y: y + margin, side })
  const left = x + margin + side + 2
  const place = { x: left, width: x + width - margin - left }
  let top = y + margin + 3
  const small = { size: 5.5, colour: '#444444' }
  const write = (text: string, style: { size: number; bold?: boolean; colour?: string }, most = 1) => {
    top += canvas.paragraph(text, { ...place, y: top }, style, most)
  }
  write(brand.name, { size: 7, bold: true, colour: brand.colour })
  write(inFours(label.iccid), { size: 6.5 })
  if (label.reference) write(label.reference, { size: 6 }, 2)
  if (label.confirmationCode) {
    write(words.confirmationCode, small)
    write(label.confirmationCode, { size: 8, bold: true })
  } else if (label.confirmationCodeRequired) write(words.confirmationCodeNeeded, small, 2)
  if (label.expiresAt) write(words.until(momentIn(language, label.expiresAt)), small, 2)
}

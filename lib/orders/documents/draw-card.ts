import type { LabelLanguage } from './document-options'
import type { Label, LabelBrand } from './label'
import { cardPaper, millimetres } from './label-sheets'
import { inFours, LABEL_WORDS, momentIn } from './label-words'
import type { Canvas, TextStyle } from './pdf-canvas'
import { qrSymbol } from './qr-symbol'

const margin = millimetres(12)
const width = cardPaper.width - 2 * margin
const qrSide = millimetres(56)
const bandHeight = millimetres(18)

const text: TextStyle = { size: 9 }
const heading: TextStyle = { size: 10, bold: true }
const small: TextStyle = { size: 8, colour: '#444444' }

/** White or black, whichever is read better on a colour. */
export function inkOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map(at => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map(value => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff'
}

/** A page for one customer: the code, how to install it on the phones there are, and how to type it in. */
export function drawCard(
  canvas: Canvas,
  label: Label,
  { language, brand, logo }: { language: LabelLanguage; brand: LabelBrand; logo: string | undefined },
): void {
  const words = LABEL_WORDS[language]
  drawBand(canvas, brand, logo)
  let y = bandHeight + millimetres(6)
  const write = (line: string, style: TextStyle, x = margin, most?: number) => {
    y += canvas.paragraph(line, { x, y, width: margin + width - x }, style, most)
  }
  write(words.title, { size: 18, bold: true })
  y += 2
  const beside = margin + qrSide + millimetres(5)
  const top = y
  canvas.qr(qrSymbol(label.qrText), { x: margin, y, side: qrSide })
  y += millimetres(5)
  write(words.scan, { size: 11 }, beside)
  y += 4
  if (label.confirmationCode) {
    write(words.confirmationCode, small, beside)
    write(label.confirmationCode, { size: 14, bold: true }, beside)
  } else if (label.confirmationCodeRequired) write(words.confirmationCodeElsewhere, text, beside)
  y += 4
  if (label.expiresAt) write(words.until(momentIn(language, label.expiresAt)), text, beside)
  write(`ICCID ${inFours(label.iccid)}`, small, beside)
  if (label.reference) write(`${words.reference}: ${label.reference}`, small, beside, 3)
  y = Math.max(y, top + qrSide) + 8

  for (const [device, steps] of [
    [words.iphone, words.iphoneSteps],
    [words.android, words.androidSteps],
  ] as const) {
    write(device, heading)
    for (const [i, step] of steps.entries()) {
      canvas.line(`${i + 1}.`, { x: margin, y, width: 12 }, text)
      write(step, text, margin + 14)
    }
    y += 5
  }
  write(words.byHand, text)
  for (const [name, value] of [
    [words.address, label.smdpAddress],
    [words.matchingId, label.matchingId],
  ] as const) {
    if (!value) continue
    canvas.line(name, { x: margin, y, width: 96 }, small)
    write(value, { size: 9, bold: true }, margin + 100)
  }
  y += 5
  write(words.care, small)
  drawHelp(canvas, label, { words, brand, y: y + 3 })
}

function drawBand(canvas: Canvas, brand: LabelBrand, logo: string | undefined): void {
  canvas.rectangle({ x: 0, y: 0, width: cardPaper.width, height: bandHeight }, brand.colour)
  let x = margin
  if (logo) {
    const side = bandHeight - millimetres(6)
    // On white: a logo is drawn for paper, not for its own colour.
    canvas.rectangle({ x, y: millimetres(2), width: 2 * side, height: bandHeight - millimetres(4) }, '#ffffff')
    canvas.picture(logo, { x: x + 3, y: millimetres(3), width: 2 * side - 6, height: side })
    x += 2 * side + millimetres(4)
  }
  const style = { size: 15, bold: true, colour: inkOn(brand.colour) }
  canvas.line(brand.name, { x, y: bandHeight / 2 - 8, width: cardPaper.width - margin - x }, style)
}

function drawHelp(
  canvas: Canvas,
  label: Label,
  { words, brand, y }: { words: (typeof LABEL_WORDS)['en']; brand: LabelBrand; y: number },
): void {
  let top = y
  const accent: TextStyle = { size: 8, bold: true }
  if (label.page) {
    const height = canvas.line(words.online, { x: margin, y: top, width }, accent)
    const address = canvas.paragraph(label.page, { x: margin, y: top + height, width }, { size: 7, colour: '#444444' }, 2)
    canvas.link({ x: margin, y: top, width, height: height + address }, label.page)
    top += height + address + 2
  }
  const help = [brand.helpText, brand.helpUrl].filter(Boolean).join(' · ')
  if (help) canvas.paragraph(`${words.help}: ${help}`, { x: margin, y: top, width }, small, 3)
}

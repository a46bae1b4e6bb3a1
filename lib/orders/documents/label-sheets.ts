import type { Layout } from './document-options'

/** Lengths in points, as PDF counts. */
const inch = 72
export const millimetres = (length: number): number => (length * inch) / 25.4

export interface PaperSize {
  /** In points */
  width: number
  height: number
}

/** Sheets of labels as shops sell them; lengths in points. */
export interface LabelSheet {
  paper: PaperSize
  columns: number
  rows: number
  label: { width: number; height: number }
  /** Upper left corner of the first label */
  left: number
  top: number
  /** Between two columns; rows touch each other */
  gap: number
}

export const SHEETS: Record<Exclude<Layout, 'card'>, LabelSheet> = {
  // 24 labels of 63.5 × 33.9 mm
  'a4-grid': {
    paper: { width: millimetres(210), height: millimetres(297) },
    columns: 3,
    rows: 8,
    label: { width: millimetres(63.5), height: millimetres(33.9) },
    left: millimetres(7.25),
    top: millimetres(12.9),
    gap: millimetres(2.5),
  },
  // 30 labels of 1 × 2⅝ in
  'letter-grid': {
    paper: { width: 8.5 * inch, height: 11 * inch },
    columns: 3,
    rows: 10,
    label: { width: 2.625 * inch, height: inch },
    left: 0.1875 * inch,
    top: 0.5 * inch,
    gap: 0.125 * inch,
  },
}

export const cardPaper: PaperSize = { width: millimetres(148), height: millimetres(210) }

/** Where the labels of a sheet stand, row by row. */
export const placesOf = ({ columns, rows, label, left, top, gap }: LabelSheet): { x: number; y: number }[] =>
  Array.from({ length: columns * rows }, (_, i) => ({
    x: left + (i % columns) * (label.width + gap),
    y: top + Math.floor(i / columns) * label.height,
  }))

import type { Reorder } from './kept-reorders'
import { bodyOf, iccidOf, numbersOf } from './next-range'

/** How an order is written for a vendor: first values and how many, or each number in a row of its own. */
export const REORDER_FORMATS = ['inp', 'csv'] as const
export type ReorderFormat = (typeof REORDER_FORMATS)[number]

const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim()

/** What the vendor is asked to give back, in the words of its output files; K travels encrypted. */
const wanted = 'ICCID/IMSI/PIN1/PUK1/PIN2/PUK2/ADM1/KI/OPC/ACC'
const stars = '*'.repeat(60)

/** The classic input file of card vendors: header, first values, and what the output file is to hold. */
function* inputFile(order: Reorder): Generator<string> {
  const header: [string, string][] = [
    ['Quantity', String(order.quantity)],
    ['Type', oneLine(order.typeName)],
    ['Profile', oneLine(order.typeName)],
    ['Batch', order.at.slice(0, 10).replaceAll('-', '')],
    ['Transport_key', ''],
    ...(order.vendor ? ([['Vendor', oneLine(order.vendor)]] as [string, string][]) : []),
  ]
  const values: [string, string][] = [
    ['ICCID', order.iccid.first],
    ...(order.imsi ? ([['IMSI', order.imsi.first]] as [string, string][]) : []),
  ]
  const lines = [
    `* HEADER DESCRIPTION`,
    stars,
    ...header.map(([name, value]) => `${name}: ${value}`.trimEnd()),
    stars,
    `* INPUT VARIABLES`,
    stars,
    'var_In:',
    ...values.map(([name, value]) => `${name}: ${value}`),
    stars,
    `* OUTPUT VARIABLES`,
    stars,
    `var_Out: ${order.imsi ? wanted : wanted.replace('IMSI/', '')}`,
  ]
  yield `${lines.join('\r\n')}\r\n`
}

const rowsAtOnce = 1_000

function* table(order: Reorder): Generator<string> {
  const form = { digits: order.iccid.first.length, checkDigit: order.checkDigit }
  const imsis = order.imsi && numbersOf(order.imsi)
  yield imsis ? 'ICCID,IMSI\r\n' : 'ICCID\r\n'
  let rows: string[] = []
  for (const body of numbersOf({ first: bodyOf(order.iccid.first, form), last: bodyOf(order.iccid.last, form) })) {
    const iccid = iccidOf(body, form)
    rows.push(imsis ? `${iccid},${imsis.next().value}\r\n` : `${iccid}\r\n`)
    if (rows.length === rowsAtOnce) {
      yield rows.join('')
      rows = []
    }
  }
  if (rows.length > 0) yield rows.join('')
}

/** The file for the vendor, in pieces of some kilobytes. */
export const reorderFile = (order: Reorder, format: ReorderFormat): Generator<string> =>
  format === 'inp' ? inputFile(order) : table(order)

/** Such as `reorder-consumer-20260503.inp`. */
export const reorderFileName = ({ typeName, at }: Reorder, format: ReorderFormat): string => {
  const name =
    typeName
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'type'
  return `reorder-${name}-${at.slice(0, 10).replaceAll('-', '')}.${format}`
}

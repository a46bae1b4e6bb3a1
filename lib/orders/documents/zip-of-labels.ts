import { csvOfLabels } from './csv-of-labels'
import type { Label } from './label'
import { qrPng } from './qr-png'
import { qrSvg } from './qr-svg'
import { qrSymbol } from './qr-symbol'
import { Turns } from './turns'
import { type ZipEntry, zipped } from './zip-writer'

const bytesAtOnce = 65_536

/** An archive of codes.csv and, for each label, its QR code as ICCID.png and ICCID.svg. @param labels is gone through twice */
export async function* zipOfLabels(
  labels: { forCsv: AsyncIterable<Label>; forPictures: AsyncIterable<Label> },
  createdAt: Date,
): AsyncGenerator<Buffer, void> {
  let pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of zipped(entriesOf(labels), createdAt)) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes < bytesAtOnce) continue
    yield Buffer.concat(pieces)
    pieces = []
    bytes = 0
  }
  yield Buffer.concat(pieces)
}

async function* entriesOf({ forCsv, forPictures }: Parameters<typeof zipOfLabels>[0]): AsyncGenerator<ZipEntry> {
  yield { name: 'codes.csv', content: csvOfLabels(forCsv) }
  const turns = new Turns()
  for await (const { iccid, qrText } of forPictures) {
    const symbol = qrSymbol(qrText)
    yield { name: `${iccid}.png`, content: qrPng(symbol) }
    yield { name: `${iccid}.svg`, content: Buffer.from(qrSvg(symbol, iccid)), compress: true }
    await turns.next()
  }
}

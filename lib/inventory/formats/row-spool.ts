import { chunksOf } from './byte-source'
import { IccidIndex } from './iccid-index'
import type { BatchRow } from './row'
import { openSpool, type SealedSpool } from './sealed-spool'

/** Rows of a table set aside, to be found by their ICCID: sealed on disk, some 25 octets of memory a row. */
export interface RowSpool {
  add(row: BatchRow): Promise<void>
  /** The first row of this ICCID that was not taken yet. */
  take(iccid: string): Promise<BatchRow | undefined>
  /** Rows that nobody took, in their order. */
  left(): AsyncGenerator<BatchRow, void>
  close(): Promise<void>
}

/** @param folder on the disk that shall hold the rows */
export async function openRowSpool(folder: string): Promise<RowSpool> {
  const spool = await openSpool(folder)
  const index = new IccidIndex()
  return {
    async add(row) {
      const text = Buffer.from(JSON.stringify(row))
      const length = Buffer.alloc(4)
      length.writeUInt32BE(text.length)
      index.add(row.iccid ?? '', spool.size)
      await spool.append(Buffer.concat([length, text]))
    },
    async take(iccid) {
      for (const number of index.candidates(iccid)) {
        const row = await readRow(spool, index.offset(number))
        if (row.iccid !== iccid) continue
        index.take(number)
        return row
      }
      return undefined
    },
    async *left() {
      let rest: Buffer = Buffer.alloc(0)
      let number = 0
      for await (const chunk of chunksOf(spool)) {
        rest = rest.length ? Buffer.concat([rest, chunk]) : chunk
        let at = 0
        while (rest.length - at >= 4 && rest.length - at >= 4 + rest.readUInt32BE(at)) {
          const end = at + 4 + rest.readUInt32BE(at)
          if (!index.isTaken(number++)) yield JSON.parse(rest.toString('utf8', at + 4, end)) as BatchRow
          at = end
        }
        rest = rest.subarray(at)
      }
    },
    close: () => spool.close(),
  }
}

// Most rows fit, so that one look at the disk is enough.
const usualBytes = 1024

async function readRow(spool: SealedSpool, offset: number): Promise<BatchRow> {
  const start = Buffer.alloc(usualBytes)
  await spool.read(start, offset)
  const length = start.readUInt32BE()
  if (4 + length <= usualBytes) return JSON.parse(start.toString('utf8', 4, 4 + length)) as BatchRow
  const text = Buffer.alloc(length)
  await spool.read(text, offset + 4)
  return JSON.parse(text.toString()) as BatchRow
}

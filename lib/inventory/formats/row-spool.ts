import type { BatchRow } from './row'
import { openSpool, type SealedSpool } from './sealed-spool'

/** Rows of a table set aside, to be found by their ICCID: sealed on disk, some 80 octets of memory a row. */
export interface RowSpool {
  add(row: BatchRow): Promise<void>
  /** The first row of this ICCID that was not taken yet. */
  take(iccid: string): Promise<BatchRow | undefined>
  /** Rows that nobody took, in their order. */
  left(): AsyncGenerator<BatchRow, void>
  close(): Promise<void>
}

// Rows of one ICCID are a mistake in the file; more of them than this are not searched, and stay among those that are left.
const maxAlike = 100

/** @param folder on the disk that shall hold the rows */
export async function openRowSpool(folder: string): Promise<RowSpool> {
  const spool = await openSpool(folder)
  const offsets: number[] = []
  const taken: boolean[] = []
  const byTail = new Map<number, number | number[]>()
  const numbersOf = (tail: number): number[] => {
    const found = byTail.get(tail)
    return found === undefined ? [] : typeof found === 'number' ? [found] : found
  }
  return {
    async add(row) {
      const text = Buffer.from(JSON.stringify(row))
      const length = Buffer.alloc(4)
      length.writeUInt32BE(text.length)
      const number = offsets.push(spool.size) - 1
      taken.push(false)
      await spool.append(Buffer.concat([length, text]))
      if (row.iccid === undefined) return
      const tail = tailOf(row.iccid)
      const alike = numbersOf(tail)
      if (alike.length === 0) byTail.set(tail, number)
      else if (alike.length < maxAlike) byTail.set(tail, [...alike, number])
    },
    async take(iccid) {
      for (const number of numbersOf(tailOf(iccid))) {
        if (taken[number]) continue
        const row = await readRow(spool, offsets[number] ?? 0)
        if (row.iccid !== iccid) continue
        taken[number] = true
        return row
      }
      return undefined
    },
    async *left() {
      for (const [number, offset] of offsets.entries()) if (!taken[number]) yield await readRow(spool, offset)
    },
    close: () => spool.close(),
  }
}

async function readRow(spool: SealedSpool, offset: number): Promise<BatchRow> {
  const length = Buffer.alloc(4)
  await spool.read(length, offset)
  const text = Buffer.alloc(length.readUInt32BE())
  await spool.read(text, offset + 4)
  return JSON.parse(text.toString()) as BatchRow
}

// The last nine digits tell the rows of a batch apart, and are a small integer; rows that share them are compared in full.
const tailOf = (iccid: string): number => Number(iccid.slice(-9)) || 0

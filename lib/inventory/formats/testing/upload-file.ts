import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import { openUpload, type Upload, type UploadOptions } from '../open-upload'
import type { BatchRow } from '../row'

export const tableHeader = 'ICCID,IMSI,K,OPc,MSISDN,PIN1,PUK1,PIN2,PUK2,ADM1'

const hexOf = (n: number, salt: number) =>
  Array.from({ length: 4 }, (_, i) => ((n * 2654435761 + salt * 40503 + i * 97531) >>> 0).toString(16).padStart(8, '0'))
    .join('')
    .toUpperCase()

/** Row `n` of a made-up batch, its cells in the order of `tableHeader`. */
export const tableCells = (n: number): string[] => [
  testIccid(n),
  `00101${String(n).padStart(10, '0')}`,
  hexOf(n, 1),
  hexOf(n, 2),
  `+4915${String(n).padStart(9, '0')}`,
  '1234',
  String(10_000_000 + n),
  '5678',
  String(20_000_000 + n),
  String(30_000_000 + n),
]

export const tableLines = (count: number): string[] => [tableHeader, ...Array.from({ length: count }, (_, n) => tableCells(n).join(','))]

/** Puts octets on disk under a name that says nothing, opens them and reads them to the end; nothing is left behind. */
export async function withUpload<T>(
  bytes: Buffer | string,
  options: UploadOptions & { besideBytes?: Buffer | string },
  use: (upload: Upload, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'upload-'))
  try {
    const path = join(folder, 'upload')
    await writeFile(path, bytes)
    const { besideBytes, ...rest } = options
    if (besideBytes !== undefined) await writeFile(join(folder, 'beside'), besideBytes)
    const upload = await openUpload(path, { ...rest, ...(besideBytes === undefined ? {} : { beside: join(folder, 'beside') }) })
    try {
      return await use(upload, folder)
    } finally {
      await upload.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export async function allRows(upload: Upload): Promise<BatchRow[]> {
  const rows: BatchRow[] = []
  for await (const row of upload.rows()) rows.push(row)
  return rows
}

export const rowsOf = (bytes: Buffer | string, options: UploadOptions & { besideBytes?: Buffer | string } = {}): Promise<BatchRow[]> =>
  withUpload(bytes, options, allRows)

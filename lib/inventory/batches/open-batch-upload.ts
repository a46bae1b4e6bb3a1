import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BatchRecord } from '@/lib/db/batches/batch-rows'
import type { Database } from '@/lib/db/pool'
import type { ByteSource } from '../formats/byte-source'
import { FileError } from '../formats/file-error'
import type { TableLayout } from '../formats/guess-mapping'
import { CsvMapping } from '../formats/mapping'
import { openUpload, type Upload } from '../formats/open-upload'
import { pgpPrivateKeys } from '../pgp-keys'
import { transportKeyLookup } from '../transport-keys'
import type { CheckContext } from './context'
import { openSealedUpload } from './sealed-upload'
import { besideOf, uploadsFolder } from './uploads-folder'

/** Whether the file of a batch lies in this data folder: another server's may have it. */
export const uploadIsHere = (dataDir: string, file: string | null): boolean =>
  file !== null && existsSync(join(uploadsFolder(dataDir), file))

/**
 * Opens the file of a batch as it will be read, with the keys that its vendor uses; the caller closes it.
 * @param layout of its table, whose columns are guessed anew instead of taken as they are kept
 * @throws FileError
 */
export async function openBatchUpload(
  db: Database,
  { vault, dataDir }: CheckContext,
  batch: BatchRecord,
  signal?: AbortSignal,
  layout?: TableLayout,
): Promise<Upload> {
  const { file } = batch
  if (file === null) throw new FileError('The file of this batch was deleted when it was decided about.')
  const folder = uploadsFolder(dataDir)
  const mapping = CsvMapping.safeParse(batch.mapping)
  const pgpPrivateKey = await pgpPrivateKeys(db, vault)
  const open: ByteSource[] = []
  try {
    const source = await openSealedUpload(join(folder, file), file, vault)
    open.push(source)
    const besideFile = besideOf(file)
    const beside = uploadIsHere(dataDir, besideFile) ? await openSealedUpload(join(folder, besideFile), besideFile, vault) : undefined
    if (beside) open.push(beside)
    return await openUpload(open.shift() ?? source, {
      ...(layout ? { layout } : mapping.success ? { mapping: mapping.data } : {}),
      ...(pgpPrivateKey ? { pgpPrivateKey } : {}),
      ...(beside ? { beside: open.shift() ?? beside } : {}),
      transportKey: transportKeyLookup(db, vault, batch.vendor),
      spoolFolder: folder,
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    for (const source of open) await source.close()
    throw error
  }
}

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { filesOfBatches } from '@/lib/db/batches/batch-rows'
import type { Queryable } from '@/lib/db/pool'
import { isAlive } from './worker-name'

/** Where uploads lie, sealed, until their batch is decided about. */
export const uploadsFolder = (dataDir: string): string => join(dataDir, 'uploads')

/** A name for a file that is being uploaded; it says which process will remove it should it come to nothing. */
export async function newUploadName(dataDir: string): Promise<string> {
  await mkdir(uploadsFolder(dataDir), { recursive: true, mode: 0o700 })
  return `${process.pid}-${randomBytes(16).toString('hex')}`
}

/** A table that came beside a ZIP file has a name of its own. */
export const besideOf = (file: string): string => `${file}.table`

/** Removes the files of a batch, if they lie here. */
export async function removeUpload(dataDir: string, file: string | null): Promise<void> {
  if (file === null) return
  for (const name of [file, besideOf(file)]) await rm(join(uploadsFolder(dataDir), name), { force: true })
}

/**
 * Removes what processes that are gone have left and no batch refers to. To be called before this process takes uploads: until then its own number on a
 * file is that of an earlier one.
 * @returns how many
 */
export async function removeLeftUploads(db: Queryable, dataDir: string): Promise<number> {
  const folder = uploadsFolder(dataDir)
  const names = await readdir(folder).catch(() => [])
  const ownerless = names.filter(name => {
    const pid = Number(/^(\d+)-/.exec(name)?.[1])
    return !pid || pid === process.pid || !isAlive(pid)
  })
  const kept = await filesOfBatches(
    db,
    ownerless.map(name => name.replace(/\.table$/, '')),
  )
  const left = ownerless.filter(name => !kept.has(name.replace(/\.table$/, '')))
  await Promise.all(left.map(name => rm(join(folder, name), { force: true })))
  return left.length
}

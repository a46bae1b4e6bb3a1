import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const folderOf = (dataDir: string): string => join(dataDir, 'uploads')

/** A path for a file that is being uploaded; its name says which process will remove it. */
export async function newUploadPath(dataDir: string): Promise<string> {
  const folder = folderOf(dataDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return join(folder, `${process.pid}-${randomBytes(16).toString('hex')}`)
}

/** Signal 0 only asks; EPERM: there is one, of somebody else. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Removes what processes that are gone have left: packages in plain text. To be called before this process takes uploads: until then
 * its own number on a file is that of an earlier one.
 * @returns how many
 */
export async function removeLeftUploads(dataDir: string): Promise<number> {
  const folder = folderOf(dataDir)
  const names = await readdir(folder).catch(() => [])
  const left = names.filter(name => {
    const pid = Number(/^(\d+)-/.exec(name)?.[1])
    return !pid || pid === process.pid || !isAlive(pid)
  })
  await Promise.all(left.map(name => rm(join(folder, name), { force: true })))
  return left.length
}

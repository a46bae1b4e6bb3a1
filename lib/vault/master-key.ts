import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { keyBytes, VaultError } from './cipher'
import { printedBy } from './key-command'
import { masterKeyId } from './wrapped-key'

/** Where the master key comes from: a command, else a file, else `master.key` of the data folder. */
export interface MasterKeySettings {
  dataDir: string
  /** Absolute; with one key a line, base64 or hexadecimal */
  file?: string | undefined
  /** Prints the same */
  command?: string | undefined
}

/** The keys of a file or a command, the one for what is new first. @throws VaultError naming `source`, never a key */
export function readKeys(text: string, source: string): Buffer[] {
  const lines = text.split(/\r?\n/).map(line => line.trim())
  const keys = lines.filter(Boolean).map(line => Buffer.from(line, /^[0-9a-f]{64}$/i.test(line) ? 'hex' : 'base64'))
  if (keys.length === 0) throw new VaultError(`The master key in ${source} is missing: there is nothing in it.`)
  if (keys.some(key => key.length !== keyBytes))
    throw new VaultError(`The master key in ${source} is damaged: it must be ${keyBytes} octets in base64 or hexadecimal.`)
  return keys
}

const errorCode = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)

/** @throws VaultError in a sentence */
export async function keysOfFile(path: string): Promise<Buffer[]> {
  const text = await readFile(path, 'utf8').catch(error => {
    throw new VaultError(`The master key in ${path} cannot be read${errorCode(error) === 'ENOENT' ? ': there is no such file' : ''}.`)
  })
  return readKeys(text, path)
}

/** @param name of the setting, for messages. @throws VaultError in a sentence, without what the command said */
export const keysOfCommand = async (command: string, name = 'MASTER_KEY_COMMAND'): Promise<Buffer[]> =>
  readKeys(await printedBy(command, { name }), `what ${name} prints`)

const pathOf = (dataDir: string): string => join(dataDir, 'master.key')

/** Writes a key that no other start of this program takes for its own before it is whole. False when the file is there. */
async function writeKey(path: string, key: Buffer): Promise<boolean> {
  const draft = join(dirname(path), `.draft-${process.pid}-${randomBytes(4).toString('hex')}.key`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${key.toString('base64')}\n`)
    await file.sync()
    await file.close()
    await link(draft, path)
    await syncFolder(dirname(path))
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder, and needs no such call.
  const handle = await open(folder).catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

const besidePath = (dataDir: string, key: Buffer): string => `${pathOf(dataDir)}.${masterKeyId(key).toLowerCase()}`

/** `master.key` first, then those that a change has put beside it. */
async function keysOfFolder(dataDir: string): Promise<Buffer[]> {
  const path = pathOf(dataDir)
  const names: string[] = await readdir(dataDir).catch(() => [])
  const beside = names.filter(name => name.startsWith('master.key.')).sort()
  const found = await Promise.all(beside.map(name => keysOfFile(join(dataDir, name)).catch(() => [])))
  if (!names.includes('master.key')) return found.flat()
  const keys = await keysOfFile(path)
  await chmod(path, 0o600)
  return [...keys, ...found.flat()]
}

/** Reads the master key of the data folder, making it (0600) on the first start; of two that make it at once, one wins. */
export async function masterKey(dataDir: string): Promise<Buffer> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  let [key] = await keysOfFolder(dataDir)
  if (!key) {
    await writeKey(pathOf(dataDir), randomBytes(keyBytes))
    ;[key] = await keysOfFolder(dataDir)
  }
  if (!key) throw new VaultError('The master key cannot be kept in the data folder.')
  return key
}

/** Whether the key is kept outside the data folder. */
export const isOutside = ({ file, command }: MasterKeySettings): boolean => file !== undefined || command !== undefined

/** For people: where the key is. */
export const sourceName = ({ file, command }: MasterKeySettings): string =>
  command ? 'MASTER_KEY_COMMAND' : file ? `MASTER_KEY_FILE (${file})` : 'master.key of the data folder'

/**
 * All keys to try, in the order of preference. That of the data folder stays among them until it is removed, so that a deployment can move to
 * an outside vault without a pause.
 * @throws VaultError
 */
export async function candidateKeys(settings: MasterKeySettings): Promise<Buffer[]> {
  const { dataDir, file, command } = settings
  const outside = command ? await keysOfCommand(command) : file ? await keysOfFile(file) : []
  if (outside.length === 0) return keysOfFolder(dataDir)
  return [...outside, ...(await keysOfFolder(dataDir).catch(() => []))]
}

/** The key for a database that has none yet. @throws VaultError */
export async function firstKey(settings: MasterKeySettings): Promise<Buffer> {
  if (!isOutside(settings)) return masterKey(settings.dataDir)
  const [key] = await candidateKeys(settings)
  if (!key) throw new VaultError(`There is no master key in ${sourceName(settings)}.`)
  return key
}

/** Puts a key beside `master.key`, where every start tries it too. */
export async function keepBeside(dataDir: string, key: Buffer): Promise<void> {
  await writeKey(besidePath(dataDir, key), key)
}

/** Makes a key that lies beside `master.key` the master key; the one before lies beside from then on, for older backups. */
export async function putInPlace(dataDir: string, key: Buffer): Promise<void> {
  const path = pathOf(dataDir)
  const before = await keysOfFile(path).catch(() => [])
  if (before[0]?.equals(key)) return
  for (const old of before) await writeKey(besidePath(dataDir, old), old)
  // Another process that does the same has done it then.
  await rename(besidePath(dataDir, key), path).catch(error => {
    if (errorCode(error) !== 'ENOENT') throw error
  })
  await syncFolder(dataDir)
}

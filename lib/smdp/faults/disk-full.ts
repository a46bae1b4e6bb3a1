import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { undoLater } from './cleanup'
import { awake, killPostmaster } from './database-faults'
import { beginDownloads, finishAll } from './downloads'
import { type Report, sound } from './report'
import { Site } from './site'

const name = 'The disk is full'
const diskBytes = 220 * 1_048_576

/** Gives the deployment a small disk of its own, fills it during downloads, and makes room again. Needs root for the disk. */
export async function diskFullCase(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-faults-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes},mode=700`, 'slipway-faults', folder], { encoding: 'utf8' })
  const unmount = undoLater(() => {
    if (mounted.status === 0) spawnSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  try {
    if (mounted.status !== 0) {
      report.skip(name, `not tried, because a small disk cannot be mounted here (${(mounted.stderr || String(mounted.error)).trim()})`)
      return
    }
    await report.case(name, () => fill(folder))
  } finally {
    await unmount()
  }
}

async function fill(folder: string): Promise<string> {
  const site = await Site.open(join(folder, 'data'))
  try {
    const running = await beginDownloads(site, 6, { persistMs: 60_000 })
    const filler = join(folder, 'filler')
    fillDisk(folder, filler)
    const stocked = await fillDatabase(site)
    const before = site.ledger.statuses.get(503) ?? 0
    const more = running.length
    // It cannot even start while there is no room for its lock file.
    const killed = killPostmaster(site)
    await delay(4_000)
    const during = (site.ledger.statuses.get(503) ?? 0) - before
    rmSync(filler)
    await awake(site, killed)
    // What had come into stock while there was room left.
    site.countStock(stocked.added())
    await finishAll(site, running)
    const later = await beginDownloads(site, 2)
    await finishAll(site, later)
    await site.check()
    return `${more + later.length} downloads came to their end once there was room, PostgreSQL killed meanwhile too; ${during + stocked.refused()} calls were put off`
  } finally {
    await site.close()
  }
}

function fillDisk(folder: string, filler: string): void {
  const file = openSync(filler, 'w', 0o600)
  const chunk = Buffer.alloc(65_536)
  try {
    for (;;) {
      const { bavail, bsize } = statfsSync(folder)
      if (bavail * bsize < 131_072) return
      writeSync(file, chunk)
    }
  } catch {
    // It is full.
  } finally {
    closeSync(file)
  }
}

/** Imports until PostgreSQL has no room left. */
async function fillDatabase(site: Site): Promise<{ added(): number; refused(): number }> {
  let added = 0
  let refused = 0
  for (let tries = 0; tries < 2_000 && refused < 10; tries++) {
    const [each] = site.packages(1)
    await site.server
      .tell({ do: 'import', packages: [each?.upp.toString('base64') ?? ''], type: 'plain' })
      .then(() => added++)
      .catch(() => refused++)
  }
  sound(refused === 0 && 'PostgreSQL never ran out of room')
  return { added: () => added, refused: () => refused }
}

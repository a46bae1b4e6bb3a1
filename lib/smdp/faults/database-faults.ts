import { setTimeout as delay } from 'node:timers/promises'
import { clusterIn } from '@/lib/db/embedded/cluster'
import { runningPostmaster } from '@/lib/db/embedded/postmaster'
import { beginDownloads, finishAll, finishDownload } from './downloads'
import { type Report, sound } from './report'
import { Site } from './site'
import { openProxy } from './tcp-proxy'

/** PostgreSQL killed, its connections cut, its wire dead. */
export async function databaseCases(report: Report, { short }: { short: boolean }): Promise<void> {
  const site = await Site.open()
  try {
    await report.case('PostgreSQL killed during downloads', () => killPostgres(site, short ? 1 : 4, short ? 4 : 8))
    await report.case('PostgreSQL killed during import, issue and cancel', () => killDuringVerbs(site, short ? 1 : 4))
    await cutCases(report, site, short)
  } finally {
    await site.close()
  }
}

/** SIGKILL for the postmaster. @returns its number */
export function killPostmaster(site: Site): number {
  const pid = runningPostmaster(clusterIn(site.dataDir).files)?.pid
  if (!pid) throw new Error('The embedded PostgreSQL does not run.')
  process.kill(pid, 'SIGKILL')
  return pid
}

async function killPostgres(site: Site, rounds: number, phones: number): Promise<string> {
  let away = 0
  for (let round = 0; round < rounds; round++) {
    const before = site.ledger.statuses.get(503) ?? 0
    const running = await beginDownloads(site, phones)
    // Somewhere in the downloads, another place each time.
    await delay(5 + 23 * round)
    const killed = killPostmaster(site)
    await finishAll(site, running)
    await awake(site, killed)
    await site.check()
    away += (site.ledger.statuses.get(503) ?? 0) - before
  }
  return `${rounds} × SIGKILL, ${rounds * phones} downloads came to their end, ${away} × 503 meanwhile, nothing acknowledged was lost`
}

async function killDuringVerbs(site: Site, rounds: number): Promise<string> {
  let failed = 0
  for (let round = 0; round < rounds; round++) {
    const packages = site.packages(4)
    site.countStock(packages.length)
    const iccids = packages.map(({ iccid }) => iccid)
    const imported = () => site.server.tell({ do: 'import', packages: packages.map(({ upp }) => upp.toString('base64')), type: 'plain' })
    const issued = () => site.server.tell({ do: 'issue', iccids })
    const cancelled = () => Promise.all(iccids.map(iccid => site.server.tell({ do: 'cancel', iccid, to: 'Available' })))
    for (const [verb, goal] of [
      [imported, 'Available'],
      [issued, 'Released'],
      [cancelled, 'Available'],
    ] as const) {
      const states = async () =>
        (await site.sql<{ state: string }>('SELECT state FROM stock WHERE iccid = ANY($1)', [iccids])).map(row => row.state)
      const doing = verb().catch(() => failed++)
      await delay(2 + 3 * round)
      const killed = killPostmaster(site)
      await doing
      await awake(site, killed)
      for (let tries = 0; tries < 20 && !(await reached(states, goal, iccids.length)); tries++) await verb().catch(() => delay(100))
      sound(!(await reached(states, goal, iccids.length)) && `the profiles are ${await states()} and should be ${goal}`)
      await site.check()
    }
  }
  return `${rounds * 3} × SIGKILL, ${failed} calls failed and went through when they were done again`
}

const reached = async (states: () => Promise<string[]>, goal: string, count: number) => {
  const found = await states()
  return found.length === count && found.every(state => state === goal)
}

/** Waits until another PostgreSQL than the one that was killed answers; what was left of that one may still answer for a moment. */
export async function awake(site: Site, killed?: number): Promise<void> {
  const { files } = clusterIn(site.dataDir)
  for (const until = Date.now() + 30_000; Date.now() < until; await delay(50)) {
    const running = runningPostmaster(files)
    if (!running || running.pid === killed || running.status !== 'ready') continue
    const answered = await site.db.query({ text: 'SELECT 1' }).then(
      () => true,
      () => false,
    )
    if (answered) return
  }
  throw new Error('PostgreSQL does not come back.')
}

async function cutCases(report: Report, site: Site, short: boolean): Promise<void> {
  const proxy = await openProxy(Number(new URL(site.databaseUrl).port))
  try {
    const through = new URL(site.databaseUrl)
    through.port = String(proxy.port)
    // The embedded PostgreSQL would be reached by its Unix socket.
    through.searchParams.delete('host')
    const server = await site.another(through.toString())
    const port = () => server.port
    for (const direction of ['toServer', 'toClient'] as const)
      await report.case(
        `Connection to PostgreSQL cut ${direction === 'toServer' ? 'before a statement arrives' : 'before its reply comes'}`,
        async () => {
          const cuts = short ? [1, 3, 4] : Array.from({ length: 16 }, (_, i) => i + 1)
          for (const nth of cuts) {
            const ordered = await site.order({ type: 'patient' })
            const phone = await site.phone({ port, persistMs: 20_000 })
            proxy.cutAt(direction, nth)
            await finishDownload(phone, ordered)
            proxy.cutAt(direction, 0)
            await site.checkInstalled(phone, ordered)
          }
          await site.check()
          return `${cuts.length} cuts, every download repeated to its end`
        },
      )
    await report.case('All connections to PostgreSQL cut again and again', async () => {
      const running = await beginDownloads(site, short ? 4 : 12, { port })
      let cuts = 0
      for (; cuts < (short ? 5 : 20); cuts++) {
        await delay(40)
        proxy.cut()
      }
      await finishAll(site, running)
      await site.check()
      return `${cuts} × all connections, ${running.length} downloads came to their end`
    })
    if (!short) await report.case('PostgreSQL silent: neither answers nor closes', () => silence(site, proxy, port))
  } finally {
    await proxy.close()
  }
}

const patienceMs = 35_000

async function silence(site: Site, proxy: Awaited<ReturnType<typeof openProxy>>, port: () => number): Promise<string> {
  const ordered = await site.order({ type: 'patient' })
  const phone = await site.phone({ port })
  proxy.freeze()
  const startedAt = performance.now()
  const outcome = await Promise.race([
    phone.download({ activationCode: ordered.activationCode }).then(
      () => 'it went through',
      (error: Error) => error.message,
    ),
    delay(patienceMs, 'it waits without an end'),
  ])
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  proxy.thaw()
  proxy.cut()
  sound(!/503/.test(outcome) && `a phone should be told 503 and was told: ${outcome}`)
  const again = await site.phone({ port, persistMs: 20_000 })
  await finishDownload(again, ordered)
  await site.checkInstalled(again, ordered)
  await site.check()
  return `503 after ${seconds} s, and the download went through later`
}
